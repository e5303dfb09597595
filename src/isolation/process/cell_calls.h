// The system calls of cells, by what they are for. Names, not numbers: libseccomp knows each architecture's.
#pragma once
#include <seccomp.h>

namespace edgekeep::isolation {

// Every cell: compute, take memory, talk over descriptors it holds, end.
inline constexpr int kComputing[] = {
    // descriptors it was given
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(lseek),
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(close), SCMP_SYS(fstat),
    SCMP_SYS(newfstatat), SCMP_SYS(fstatfs),
    // memory
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    // threads and time
    SCMP_SYS(futex), SCMP_SYS(futex_waitv), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_setaffinity), SCMP_SYS(gettid), SCMP_SYS(getpid),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(getcpu), SCMP_SYS(restart_syscall), SCMP_SYS(getrandom), SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
    // signals to itself: its process namespace holds nobody else
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(tgkill),
    // the end
    SCMP_SYS(exit), SCMP_SYS(exit_group)};

// Installing and exporting: writes to descriptors it was given.
inline constexpr int kWritingFiles[] = {SCMP_SYS(pwrite64),  SCMP_SYS(pwritev),   SCMP_SYS(preadv),
                                        SCMP_SYS(fsync),     SCMP_SYS(fdatasync), SCMP_SYS(ftruncate),
                                        SCMP_SYS(fallocate), SCMP_SYS(fadvise64)};

// Calls that name files. Installing, landlock bounds them to the scratch space.
inline constexpr int kNamingFiles[] = {
    SCMP_SYS(open),       SCMP_SYS(openat),   SCMP_SYS(access),    SCMP_SYS(faccessat),  SCMP_SYS(faccessat2),
    SCMP_SYS(stat),       SCMP_SYS(lstat),    SCMP_SYS(statx),     SCMP_SYS(unlink),     SCMP_SYS(unlinkat),
    SCMP_SYS(rename),     SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(getdents64), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(getcwd)};

// Giving up more: each call can only take away from who makes it.
inline constexpr int kLockingDown[] = {SCMP_SYS(seccomp), SCMP_SYS(landlock_create_ruleset),
                                       SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self)};

// Asked by libraries out of habit; an answer is not needed, dying of it would be.
inline constexpr int kHarmlessQuestions[] = {SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
                                             SCMP_SYS(uname)};

// Whether a descriptor is a terminal is asked by it; and it types on one, or drives a device.
inline constexpr int kControllingDevices[] = {SCMP_SYS(ioctl)};

}  // namespace edgekeep::isolation
