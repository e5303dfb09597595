// Texts for the kernel, composed without allocation.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "edgekeep/base/check.h"

namespace edgekeep::isolation {

// A number in decimal digits.
class Decimal {
 public:
  explicit Decimal(std::uint64_t value) noexcept {
    std::size_t digits = 0;
    do {
      digits_[kMost - ++digits] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    size_ = digits;
  }

  std::string_view view() const noexcept { return {digits_.data() + kMost - size_, size_}; }

 private:
  static constexpr std::size_t kMost = 20;
  std::array<char, kMost> digits_{};
  std::size_t size_ = 0;
};

// Appends to a caller's buffer and keeps it null-terminated; the caller sizes the buffer for the worst case.
class Text {
 public:
  explicit Text(std::span<char> buffer) noexcept : buffer_(buffer) {}

  Text& Add(std::string_view part) noexcept {
    EK_CHECK(part.size() < buffer_.size() - used_);
    std::copy(part.begin(), part.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += part.size();
    buffer_[used_] = '\0';
    return *this;
  }

  std::string_view view() const noexcept { return {buffer_.data(), used_}; }

  const char* c_str() const noexcept { return buffer_.data(); }

 private:
  std::span<char> buffer_;
  std::size_t used_ = 0;
};

}  // namespace edgekeep::isolation
