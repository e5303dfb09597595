#include "edgekeep/base/secret.h"

#include <cstring>
#include <new>

namespace edgekeep {

void Wipe(std::span<std::uint8_t> bytes) noexcept {
  if (bytes.empty()) return;  // memset(nullptr, 0, 0) is undefined before C2y
  std::memset(bytes.data(), 0, bytes.size());
  __asm__ __volatile__("" : : "r"(bytes.data()) : "memory");  // GCC drops a memset of dying memory otherwise
}

bool EqualInConstantTime(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept {
  if (a.size() != b.size()) return false;
  std::uint32_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<std::uint32_t>(a[i] ^ b[i]);
  __asm__ __volatile__("" : "+r"(difference));
  return difference == 0;
}

Result<SecretBytes> SecretBytes::Allocate(std::size_t size) {
  std::unique_ptr<std::uint8_t[]> data(new (std::nothrow) std::uint8_t[size]());
  if (!data) return Error(ErrorCode::kNoMemory, "secret");
  return SecretBytes(std::move(data), size);
}

Result<SecretBytes> SecretBytes::CopyOf(std::span<const std::uint8_t> bytes) {
  EK_TRY_ASSIGN(SecretBytes secret, Allocate(bytes.size()));
  std::ranges::copy(bytes, secret.RevealForWriting().begin());
  return secret;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe({data_.get(), size_});
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() {
  Wipe({data_.get(), size_});
}

}  // namespace edgekeep
