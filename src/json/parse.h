// Both ways of reading a text: as it is written, and as canonical JSON sees it.
#pragma once
#include "edgekeep/json/text.h"

namespace edgekeep::json {

enum class Form {
  kAsWritten,
  kSortedIntegersOnly,  // members sorted by key; a number that is no 64-bit integer is refused
};

Result<Value> ParseAs(std::string_view text, const Limits& limits, Form form) noexcept;

}  // namespace edgekeep::json
