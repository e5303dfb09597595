// InlineVector: at most N elements, held in place, for lists whose bound the format states.
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>

#include "edgekeep/base/check.h"
#include "edgekeep/base/result.h"

namespace edgekeep {

template <typename T, std::size_t N>
class InlineVector {
 public:
  // Fails with kTooLarge for more than N elements.
  static Result<InlineVector> From(std::span<const T> items) {
    if (items.size() > N) return Error(ErrorCode::kTooLarge, "list");
    InlineVector list;
    std::copy(items.begin(), items.end(), list.items_.begin());
    list.size_ = items.size();
    return list;
  }

  // Fails with kTooLarge when N elements are held already.
  Status PushBack(const T& value) {
    if (size_ == N) return Error(ErrorCode::kTooLarge, "list");
    items_[size_++] = value;
    return {};
  }

  // Not of an empty one.
  void PopBack() {
    EK_CHECK(size_ > 0);
    items_[--size_] = T{};
  }

  std::size_t size() const noexcept { return size_; }

  bool empty() const noexcept { return size_ == 0; }

  const T* begin() const noexcept { return items_.data(); }

  const T* end() const noexcept { return items_.data() + size_; }

  T* begin() noexcept { return items_.data(); }

  T* end() noexcept { return items_.data() + size_; }

  friend bool operator==(const InlineVector& a, const InlineVector& b)
    requires std::equality_comparable<T>
  {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  std::span<const T> view() const noexcept { return {items_.data(), size_}; }

  const T& operator[](std::size_t index) const {
    EK_CHECK(index < size_);
    return items_[index];
  }

  T& operator[](std::size_t index) {
    EK_CHECK(index < size_);
    return items_[index];
  }

 private:
  std::array<T, N> items_{};
  std::size_t size_ = 0;
};

}  // namespace edgekeep
