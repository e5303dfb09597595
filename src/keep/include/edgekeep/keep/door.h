// The two doors of the keep and who may come in (spec/gate.md §1).
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"
#include "edgekeep/gate/frame.h"

namespace edgekeep::keep {

enum class Door : std::uint8_t { kApplication = 1, kAdministrator = 2 };

// The peer of a connection as the kernel knew it when it connected.
struct Caller {
  std::uint32_t uid = 0;
  bool in_group = false;  // of the application group, by primary or supplementary group
};

// Fails with kForbidden. The application door is for root and for members of the group, the administrator's for root.
Status CheckCaller(Door door, const Caller& caller);

// Fails with kForbidden for a command that is not given at this door.
Status CheckCommand(Door door, gate::Command command);

}  // namespace edgekeep::keep
