// Between Values and text.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "edgekeep/json/value.h"

namespace edgekeep::json {

// Bounds on what Parse accepts.
struct Limits {
  std::size_t max_bytes = std::size_t{1} << 20;
  std::size_t max_depth = 32;         // of arrays and objects inside one another
  std::size_t max_values = 1U << 16;  // values in all, members and elements included
};

// Parses one RFC 8259 text strictly: kMalformed for syntax, invalid UTF-8, a key twice in one object or anything after
// the value; kTooLarge over a limit; kNoMemory. Numbers that are no 64-bit integers become doubles.
Result<Value> Parse(std::string_view text, const Limits& limits = {});

enum class Layout { kOneLine, kIndented };

// Writes `value` with members in their order. Bytes that are not UTF-8 become U+FFFD; numbers that are not finite,
// null.
std::string Write(const Value& value, Layout layout = Layout::kIndented);

}  // namespace edgekeep::json
