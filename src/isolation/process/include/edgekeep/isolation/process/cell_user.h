// Becoming an ordinary user for good.
#pragma once
#include <cstdint>

#include "edgekeep/isolation/process/capabilities.h"

namespace edgekeep::isolation {

struct UserIds {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

// Root becomes `user`, with no further group, no_new_privs, an empty bounding set and an empty session keyring. `kept`
// capabilities stay in hand, also in the program executed next. There is no way back.
Status BecomeUser(UserIds user, Capabilities kept);

// Leaves the session keyring, on which keys of whoever started this process hang, for an empty one.
Status LeaveKeyring();

// Makes the kernel kill this process when the one that started it ends. Call it after BecomeUser: changing users undoes
// it. `life` is the reading end of a pipe whose other end only the parent holds: one that ended before is noticed there
// (kPeerGone).
Status DieWithParent(int life);

}  // namespace edgekeep::isolation
