// A table of attacks by name.
#pragma once

#include <cerrno>
#include <span>

#include "attacks.h"

namespace edgekeep::attack {

struct Named {
  std::string_view name;
  Attack attack;
};

inline Attack Find(std::span<const Named> table, std::string_view name) {
  for (const Named& entry : table) {
    if (entry.name == name) return entry.attack;
  }
  return nullptr;
}

// What a system call's result says: 0 when it succeeded.
inline int Outcome(long result) {
  return result < 0 ? errno : 0;
}

}  // namespace edgekeep::attack
