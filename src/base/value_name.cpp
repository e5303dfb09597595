#include "edgekeep/base/value_name.h"

#include <algorithm>

namespace edgekeep {

Result<ValueName> ValueName::Parse(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  if (text.empty() || text.size() > kMaxLength || !std::ranges::all_of(text, is_allowed)) {
    return Error(ErrorCode::kMalformed, "name of a value: expected 1 to 63 of A-Z, a-z, 0-9, dot, - and _");
  }
  ValueName name;
  EK_TRY_ASSIGN(name.text_, InlineString<kMaxLength>::From(text));
  return name;
}

}  // namespace edgekeep
