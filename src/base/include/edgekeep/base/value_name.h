// ValueName: what an application calls a value that it stores.
#pragma once
#include <string_view>

#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/result.h"

namespace edgekeep {

// [A-Za-z0-9._-]{1,63}. No path: it never names a file.
class ValueName {
 public:
  static constexpr std::size_t kMaxLength = 63;
  ValueName() = default;
  // Fails with kMalformed.
  static Result<ValueName> Parse(std::string_view text);

  std::string_view view() const noexcept { return text_.view(); }

  friend bool operator==(const ValueName& a, const ValueName& b) noexcept { return a.view() == b.view(); }

 private:
  InlineString<kMaxLength> text_;
};

}  // namespace edgekeep
