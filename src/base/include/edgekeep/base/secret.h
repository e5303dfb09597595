// Secrets in memory: not copyable, not printable, not comparable by accident, wiped when they end.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <utility>

#include "edgekeep/base/result.h"

namespace edgekeep {

// Wipes `bytes`; the compiler may not drop it.
void Wipe(std::span<std::uint8_t> bytes) noexcept;

// True when both are equal; the time it takes depends on the lengths only.
bool EqualInConstantTime(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept;

// A secret of fixed size, held in place (no heap). A moved-from one is all zeros.
template <std::size_t N>
class SecretArray {
 public:
  SecretArray() = default;
  SecretArray(const SecretArray&) = delete;
  SecretArray& operator=(const SecretArray&) = delete;

  SecretArray(SecretArray&& other) noexcept : bytes_(other.bytes_) { Wipe(other.bytes_); }

  SecretArray& operator=(SecretArray&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      Wipe(other.bytes_);
    }
    return *this;
  }

  ~SecretArray() { Wipe(bytes_); }

  // CopyOf takes bytes that the caller is responsible for wiping.
  static SecretArray CopyOf(std::span<const std::uint8_t, N> bytes) noexcept {
    SecretArray secret;
    std::copy(bytes.begin(), bytes.end(), secret.bytes_.begin());
    return secret;
  }

  // Clone is the one deliberate way to have a secret twice.
  SecretArray Clone() const noexcept { return CopyOf(bytes_); }

  // The only doors to the bytes; tools/lint/reveal-allowed.txt lists the files that may open them.
  std::span<const std::uint8_t, N> Reveal() const& noexcept { return bytes_; }

  std::span<std::uint8_t, N> RevealForWriting() & noexcept { return bytes_; }

  void Reveal() && = delete;

  friend bool operator==(const SecretArray&, const SecretArray&) = delete;
  friend std::ostream& operator<<(std::ostream&, const SecretArray&) = delete;

 private:
  std::array<std::uint8_t, N> bytes_{};
};

// A secret whose size is known when it is made, and never grows (growing would leave copies behind).
class SecretBytes {
 public:
  SecretBytes() = default;
  // Fails with kNoMemory. The bytes are zero.
  static Result<SecretBytes> Allocate(std::size_t size);
  // Copies bytes that the caller is responsible for wiping.
  static Result<SecretBytes> CopyOf(std::span<const std::uint8_t> bytes);

  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes();

  std::size_t size() const noexcept { return size_; }

  std::span<const std::uint8_t> Reveal() const& noexcept { return {data_.get(), size_}; }

  std::span<std::uint8_t> RevealForWriting() & noexcept { return {data_.get(), size_}; }

  void Reveal() && = delete;

  friend bool operator==(const SecretBytes&, const SecretBytes&) = delete;
  friend std::ostream& operator<<(std::ostream&, const SecretBytes&) = delete;

 private:
  SecretBytes(std::unique_ptr<std::uint8_t[]> data, std::size_t size) noexcept : data_(std::move(data)), size_(size) {}

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
};

}  // namespace edgekeep
