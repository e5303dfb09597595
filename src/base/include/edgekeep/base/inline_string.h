// InlineString: a short public text held in place.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "edgekeep/base/result.h"

namespace edgekeep {

template <std::size_t N>
class InlineString {
 public:
  InlineString() = default;

  // Fails with kTooLarge when `text` is longer than N bytes.
  static Result<InlineString> From(std::string_view text) {
    if (text.size() > N) return Error(ErrorCode::kTooLarge, "text");
    return Truncated(text);
  }

  // Keeps the first N bytes.
  static InlineString Truncated(std::string_view text) noexcept {
    InlineString string;
    string.size_ = std::min(text.size(), N);
    std::copy_n(text.begin(), string.size_, string.chars_.begin());
    return string;
  }

  std::size_t size() const noexcept { return size_; }

  bool empty() const noexcept { return size_ == 0; }

  std::string_view view() const noexcept { return {chars_.data(), size_}; }

  // Null-terminated.
  const char* c_str() const noexcept { return chars_.data(); }

  friend bool operator==(const InlineString& a, const InlineString& b) noexcept { return a.view() == b.view(); }

 private:
  std::array<char, N + 1> chars_{};
  std::size_t size_ = 0;
};

}  // namespace edgekeep
