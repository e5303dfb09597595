// Reading of texts that are made of lines.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edgekeep/base/result.h"

namespace edgekeep::release::log {

inline Error Malformed(const char* where) {
  return Error(ErrorCode::kMalformed, where);
}

// What follows the first `count` characters; requires count <= text.size().
constexpr std::string_view After(std::string_view text, std::size_t count) noexcept {
  text.remove_prefix(count);
  return text;
}

// Takes one line off the front of `rest`, and its end with it. Fails with kMalformed where no line ends.
Result<std::string_view> TakeLine(std::string_view& rest);

// Takes the words off the front of a line; empty when there is none left. Words are parted by spaces and tabs.
std::string_view TakeWord(std::string_view& line) noexcept;

// Decimal without leading zeros, up to 2^63 - 1.
Result<std::uint64_t> ParseDecimal(std::string_view text);

// Writes `value` into the front of `out`, which has room for 20 digits, and returns that part.
std::string_view WriteDecimal(std::uint64_t value, char (&out)[20]) noexcept;

}  // namespace edgekeep::release::log
