#include "checks.h"

#include <algorithm>

#include "edgekeep/formats/limits.h"

namespace edgekeep::formats {

bool IsPrintable(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

Status CheckProduct(const ProductName& product) {
  if (product.view().empty()) return Malformed("product name");
  return {};
}

Status CheckVersion(const Version& version) {
  if (!IsPrintable(version.display.view())) return Malformed("version text");
  return {};
}

Status CheckTime(UnixTime time) {
  if (time > kLatestTime) return Malformed("time after the year 9999");
  return {};
}

Status CheckEpoch(Epoch epoch) {
  if (epoch > kLastEpoch) return Malformed("epoch");
  return {};
}

Status CheckAlgorithmNumber(std::uint16_t number) {
  if (number == 0) return Malformed("algorithm or suite 0");
  return {};
}

Status CheckEnc(ByteView enc) {
  if (enc.size() < kMinEncSize || enc.size() > kMaxEncSize) return Malformed("encapsulated key size");
  return {};
}

Status CheckSize(ByteView bytes, std::size_t size, const char* where) {
  if (bytes.size() != size) return Malformed(where);
  return {};
}

Status CheckPublicKey(const PublicKey& key) {
  EK_TRY(CheckAlgorithmNumber(key.algorithm));
  if (key.bytes.empty() || key.bytes.size() > kMaxPublicKeyBytes) return Malformed("public key size");
  return {};
}

Status CheckLimit(ByteView bytes, std::size_t limit) {
  if (bytes.size() > limit) return Error(ErrorCode::kTooLarge, "object");
  return {};
}

bool SameKey(const PublicKey& a, const PublicKey& b) {
  return a.algorithm == b.algorithm && Equal(a.bytes, b.bytes);
}

}  // namespace edgekeep::formats
