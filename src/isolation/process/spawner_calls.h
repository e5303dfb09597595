// The system calls of the spawner and of programs that start, besides those of cells and of the keep: a filter holds
// for all who are started under it.
#pragma once
#include <seccomp.h>

namespace edgekeep::isolation {

// Starting and ending processes.
inline constexpr int kSpawning[] = {SCMP_SYS(clone),     SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(wait4),
                                    SCMP_SYS(kill),      SCMP_SYS(pipe2),  SCMP_SYS(dup2),     SCMP_SYS(dup3),
                                    SCMP_SYS(signalfd4), SCMP_SYS(setsid), SCMP_SYS(fcntl),    SCMP_SYS(close_range)};

// Confining them.
inline constexpr int kConfining[] = {
    SCMP_SYS(mount),     SCMP_SYS(umount2),   SCMP_SYS(pivot_root), SCMP_SYS(chdir),  SCMP_SYS(unshare),
    SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(setgroups),  SCMP_SYS(capget), SCMP_SYS(capset),
    SCMP_SYS(prctl),     SCMP_SYS(setrlimit), SCMP_SYS(getrlimit),  SCMP_SYS(umask)};

// Programs that start: the dynamic loader, their memory, and the keep's two doors.
inline constexpr int kStarting[] = {
    SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address), SCMP_SYS(statfs),       SCMP_SYS(mmap),  SCMP_SYS(mprotect),
    SCMP_SYS(mlockall),   SCMP_SYS(memfd_create),    SCMP_SYS(memfd_secret), SCMP_SYS(bind),  SCMP_SYS(listen),
    SCMP_SYS(connect),    SCMP_SYS(accept4),         SCMP_SYS(fchmod),       SCMP_SYS(chmod), SCMP_SYS(setitimer),
    SCMP_SYS(getpgrp),    SCMP_SYS(getppid)};

}  // namespace edgekeep::isolation
