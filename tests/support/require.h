// A step that a test or benchmark cannot go on without.
#pragma once
#include <stdexcept>
#include <string>

namespace edgekeep::test {

// Throws with `what`: GoogleTest reports it as a failure, a benchmark ends.
inline void Require(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error(what);
}

}  // namespace edgekeep::test
