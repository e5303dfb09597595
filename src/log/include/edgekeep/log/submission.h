// Submissions: what is sent to a log over HTTP, and what it answers (spec/log.md §9).
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgekeep/base/result.h"

namespace edgekeep::log {

inline constexpr const char* kSubmissionPath = "/add-entries";
inline constexpr std::size_t kMaxSubmission = std::size_t{1} << 19;
inline constexpr std::size_t kMaxSubmitted = 64;  // statements

// Fails with kBadArgument for no statement and for an empty one, kTooLarge beyond both bounds.
Result<std::string> WriteSubmission(std::span<const std::string> statements);
// Views borrow from `body`. Fails with kMalformed or kTooLarge.
Result<std::vector<std::string_view>> ReadSubmission(std::string_view body);

struct Submitted {
  std::uint64_t added = 0;  // the rest was there before
  std::uint64_t size = 0;   // of the log
};

std::string WriteSubmitted(const Submitted& submitted);
Result<Submitted> ReadSubmitted(std::string_view text);

}  // namespace edgekeep::log
