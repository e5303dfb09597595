// Structures of the C interface that begin with their own size, so that they can grow.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "edgekeep/base/result.h"

namespace edgekeep::client {

// Returns what the caller filled in; fields its version of T lacks keep what `defaults` says. Fails with kBadArgument
// (no plausible size), or kUnsupported when the caller's T is newer and uses a field unknown here.
template <typename T>
Result<T> ReadSized(const T* given, T defaults) {
  static_assert(std::is_trivially_copyable_v<T>);
  constexpr std::size_t kMaxSize = 4096;
  if (given == nullptr) return defaults;
  const std::size_t size = given->struct_size;
  if (size <= sizeof(std::size_t) || size > kMaxSize) return Error(ErrorCode::kBadArgument, "struct_size");
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(given);
  if (size > sizeof(T) && std::any_of(bytes + sizeof(T), bytes + size, [](std::uint8_t byte) { return byte != 0; })) {
    return Error(ErrorCode::kUnsupported, "an option this version of libedgekeep does not know");
  }
  std::memcpy(&defaults, given, std::min(size, sizeof(T)));
  return defaults;
}

// Fails with kBadArgument when `target` is there without its size; ask before anything is changed.
template <typename T>
edgekeep::Status CheckSized(const T* target) {
  if (target != nullptr && target->struct_size <= sizeof(std::size_t)) {
    return Error(ErrorCode::kBadArgument, "struct_size");
  }
  return {};
}

// Writes `value` to `target`, which may be null, as far as the caller's version of T reaches. Requires CheckSized.
template <typename T>
void WriteSized(T value, T* target) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  if (target == nullptr) return;
  value.struct_size = target->struct_size;
  std::memcpy(target, &value, std::min(value.struct_size, sizeof(T)));
}

}  // namespace edgekeep::client
