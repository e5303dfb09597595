// Identifiers that cannot be mistaken for one another.
#pragma once
#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/result.h"

namespace edgekeep {

// Public bytes of fixed size with a meaning; `Tag` keeps meanings apart.
template <typename Tag, std::size_t N>
class StrongBytes {
 public:
  static constexpr std::size_t kSize = N;
  StrongBytes() = default;

  constexpr explicit StrongBytes(const std::array<std::uint8_t, N>& bytes) noexcept : bytes_(bytes) {}

  // Fails with kMalformed unless `bytes` has exactly N bytes.
  static Result<StrongBytes> From(ByteView bytes) {
    if (bytes.size() != N) return Error(ErrorCode::kMalformed, "identifier length");
    StrongBytes id;
    std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
    return id;
  }

  std::span<const std::uint8_t, N> view() const& noexcept { return bytes_; }

  std::span<std::uint8_t, N> mutable_view() & noexcept { return bytes_; }

  void view() && = delete;

  auto operator<=>(const StrongBytes&) const = default;

 private:
  std::array<std::uint8_t, N> bytes_{};
};

// SHA-256(u16 algorithm, big-endian, then the public key).
using KeyId = StrongBytes<struct KeyIdTag, 32>;
// The KeyId of a device's identity key.
using DeviceId = StrongBytes<struct DeviceIdTag, 32>;
// SHA-256 of something named by the field that holds it.
using Digest = StrongBytes<struct DigestTag, 32>;
// SHA-256 over a sealed file's signed record (spec/sealed-file.md §5): names exactly these bytes.
using SealedFileId = StrongBytes<struct SealedFileIdTag, 32>;

template <typename Tag>
struct StrongNumber {
  std::uint64_t value = 0;
  auto operator<=>(const StrongNumber&) const = default;
};

// A product's key generation; a licence for epoch n opens epochs <= n.
using Epoch = StrongNumber<struct EpochTag>;
// The number by which versions compare.
using Sequence = StrongNumber<struct SequenceTag>;
// Seconds since 1970-01-01 UTC.
using UnixTime = StrongNumber<struct UnixTimeTag>;

// True when `text` is [a-z0-9-]{1,63}: the form of a publisher's, a product's and a holder's name.
bool IsName(std::string_view text) noexcept;

// "publisher/name", each a name by IsName.
class ProductName {
 public:
  static constexpr std::size_t kMaxLength = 127;
  ProductName() = default;
  // Fails with kMalformed.
  static Result<ProductName> Parse(std::string_view text);

  std::string_view view() const noexcept { return text_.view(); }

  const char* c_str() const noexcept { return text_.c_str(); }

  std::string_view publisher() const noexcept;
  std::string_view name() const noexcept;

  friend bool operator==(const ProductName& a, const ProductName& b) noexcept { return a.view() == b.view(); }

 private:
  InlineString<kMaxLength> text_;
};

// What people call a version: 1 to 32 printable ASCII characters without space.
using VersionText = InlineString<32>;

struct Version {
  Sequence sequence;
  VersionText display;
};

}  // namespace edgekeep
