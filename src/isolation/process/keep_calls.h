// The system calls of a keep that listens, besides those of every cell (cell_calls.h).
#pragma once
#include <seccomp.h>

namespace edgekeep::isolation {

inline constexpr int kKeeping[] = {
    // its two doors, and who knocks there
    SCMP_SYS(accept4), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(shutdown), SCMP_SYS(sendto),
    SCMP_SYS(recvfrom), SCMP_SYS(eventfd2),
    // its own directories (landlock bounds them), and what is passed to a cell
    SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(dup), SCMP_SYS(sync_file_range),
    // the memory of rings
    SCMP_SYS(memfd_create),
    // memory that stays out of swap
    SCMP_SYS(mlock), SCMP_SYS(mlock2), SCMP_SYS(munlock)};

}  // namespace edgekeep::isolation
