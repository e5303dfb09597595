// Public bytes: borrowed views and one owning buffer that reports failure instead of throwing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "edgekeep/base/result.h"

namespace edgekeep {

// A borrowed view of bytes; whoever hands one out says how long it lives.
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

// Returns the bytes of `text`, for labels and literals.
inline ByteView AsBytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Returns `bytes` as text; nothing is checked.
inline std::string_view AsText(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// True when both hold the same bytes. For public data only: the time it takes depends on the contents.
bool Equal(ByteView a, ByteView b) noexcept;

// Bytes owns a buffer of public bytes. Move-only; `Truncate` shortens it in place.
class Bytes {
 public:
  Bytes() = default;

  Bytes(Bytes&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}

  Bytes& operator=(Bytes&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  // Fails with kNoMemory. The bytes are zero.
  static Result<Bytes> Allocate(std::size_t size);
  static Result<Bytes> Copy(ByteView bytes);

  std::size_t size() const noexcept { return size_; }

  bool empty() const noexcept { return size_ == 0; }

  ByteView view() const& noexcept { return {data_.get(), size_}; }

  MutableByteView mutable_view() & noexcept { return {data_.get(), size_}; }

  void view() && = delete;

  // Requires new_size <= size().
  void Truncate(std::size_t new_size) noexcept;

 private:
  Bytes(std::unique_ptr<std::uint8_t[]> data, std::size_t size) noexcept : data_(std::move(data)), size_(size) {}

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
};

}  // namespace edgekeep
