// Linux capabilities as one set of bits.
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"

namespace edgekeep::isolation {

// Bit n stands for capability n of capabilities(7).
using Capabilities = std::uint64_t;

inline constexpr Capabilities kNoCapabilities = 0;

// Makes `held` the permitted and effective set, and `inheritable` the inheritable one.
Status SetCapabilities(Capabilities held, Capabilities inheritable);
Result<Capabilities> PermittedCapabilities();
// Takes all but `kept` from the bounding set: no program this process ever executes can bring another capability back.
Status LimitBoundingSet(Capabilities kept);
// Makes user id 0 and set-user-id mean nothing for capabilities, and locks that.
Status LockSecurebits();
// Fails with kBadState unless nothing is left and nothing can be regained: no capability in any set, no_new_privs set,
// user id 0 out of reach.
Status CheckNoPrivileges();

}  // namespace edgekeep::isolation
