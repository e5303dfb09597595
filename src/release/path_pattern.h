// Which targets a delegation's path pattern covers: glob(7) without crossing "/" (TUF 1.0.34 §4.5, PATHPATTERN).
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/result.h"

namespace edgekeep::release {

// Counts what it compares, and stops where that is too much: a pattern can be made to be slow.
class PathMatcher {
 public:
  explicit PathMatcher(std::uint64_t max_steps) noexcept : steps_left_(max_steps) {}

  // Both are UTF-8. "*" stands for any characters but "/", "?" for one of them, "[a-z]" and "[!a-z]" for one of a set;
  // case counts. Fails with kTooLarge when the steps are used up.
  Result<bool> Matches(std::string_view pattern, std::string_view path);

 private:
  Result<bool> MatchesPart(std::string_view pattern, std::string_view part);

  std::uint64_t steps_left_;
};

}  // namespace edgekeep::release
