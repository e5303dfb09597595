// One layer of a cell's confinement, alone.
#pragma once
#include <string_view>

#include "edgekeep/base/result.h"

namespace edgekeep::attack {

// Puts exactly one layer round this process, which is root with one thread: "user", "namespaces", "private_root",
// "landlock", "seccomp", "limits" or "descriptors"; "spawner" is all that the spawner does to itself. Those that need a
// new process return in the child, and the parent ends as the child does. Fails with kNotFound for any other name.
Status EnterLayer(std::string_view name);

}  // namespace edgekeep::attack
