// Rules that several objects share. Each is asked for when decoding and when encoding, so that no encoder writes what
// its decoder refuses.
#pragma once
#include <cstdint>
#include <string_view>
#include <utility>

#include "edgekeep/base/ids.h"
#include "edgekeep/formats/public_key.h"

namespace edgekeep::formats {

inline Error Malformed(const char* where) {
  return Error(ErrorCode::kMalformed, where);
}

// True for 1 or more printable ASCII characters without space.
bool IsPrintable(std::string_view text);

// Fail with kMalformed.
Status CheckProduct(const ProductName& product);
Status CheckVersion(const Version& version);
Status CheckTime(UnixTime time);
Status CheckEpoch(Epoch epoch);
// Zero is the one number no algorithm and no suite has; which others are known is the registry's to say.
Status CheckAlgorithmNumber(std::uint16_t number);
Status CheckEnc(ByteView enc);
Status CheckSize(ByteView bytes, std::size_t size, const char* where);
Status CheckPublicKey(const PublicKey& key);

// Fails with kTooLarge when `bytes` is more than `limit` long.
Status CheckLimit(ByteView bytes, std::size_t limit);

bool SameKey(const PublicKey& a, const PublicKey& b);

// Fails with kUnsupported unless `value` is one of 1 … `last`.
template <typename Enum>
Status CheckEnum(Enum value, Enum last) {
  const auto number = std::to_underlying(value);
  if (number == 0 || number > std::to_underlying(last)) return Error(ErrorCode::kUnsupported, "unknown kind");
  return {};
}

}  // namespace edgekeep::formats
