#include "edgekeep/attest/chip_names.h"

#include <algorithm>

#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"

namespace edgekeep::attest {
namespace {

constexpr std::uint16_t kSha256 = 0x000b;
constexpr std::size_t kPoint = 65;

// TPMA_OBJECT: fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA; then restricted and sign.
constexpr std::uint32_t kIdentityAttributes = 0x00040472;
constexpr std::uint32_t kAttestationAttributes = 0x00050472;
// TPMA_NV: counter, authRead, authWrite, noDA, written.
constexpr std::uint32_t kCounterIndex = 0x018e4b03;
constexpr std::uint32_t kCounterAttributes = 0x22040014;

Result<ChipName> NameOver(const crypto::Provider& provider, ByteView public_area) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {public_area}));
  ChipName name{0x00, 0x0b};
  std::ranges::copy(digest.view(), name.begin() + 2);
  return name;
}

// TPMT_PUBLIC.
Result<ChipName> NameOfKey(const crypto::Provider& provider, std::uint32_t attributes, ByteView point) {
  if (point.size() != kPoint || point[0] != 4) return Error(ErrorCode::kMalformed, "a chip's key");
  std::array<std::uint8_t, 128> area;
  Writer out(area);
  EK_TRY(out.WriteU16BigEndian(0x0023));  // ECC
  EK_TRY(out.WriteU16BigEndian(kSha256));
  EK_TRY(out.WriteU32BigEndian(attributes));
  EK_TRY(out.WriteU16BigEndian(0));       // no policy
  EK_TRY(out.WriteU16BigEndian(0x0010));  // no cipher
  EK_TRY(out.WriteU16BigEndian(0x0018));  // ECDSA
  EK_TRY(out.WriteU16BigEndian(kSha256));
  EK_TRY(out.WriteU16BigEndian(0x0003));  // P-256
  EK_TRY(out.WriteU16BigEndian(0x0010));  // no KDF
  for (const ByteView number : {point.subspan(1, 32), point.last(32)}) {
    EK_TRY(out.WriteU16BigEndian(32));
    EK_TRY(out.WriteBytes(number));
  }
  return NameOver(provider, out.written());
}

}  // namespace

Result<ChipName> NameOfAttestationKey(const crypto::Provider& provider, ByteView point) {
  return NameOfKey(provider, kAttestationAttributes, point);
}

Result<ChipName> NameOfIdentityKey(const crypto::Provider& provider, ByteView point) {
  return NameOfKey(provider, kIdentityAttributes, point);
}

// TPMS_NV_PUBLIC.
Result<ChipName> NameOfStateCounter(const crypto::Provider& provider) {
  std::array<std::uint8_t, 16> area;
  Writer out(area);
  EK_TRY(out.WriteU32BigEndian(kCounterIndex));
  EK_TRY(out.WriteU16BigEndian(kSha256));
  EK_TRY(out.WriteU32BigEndian(kCounterAttributes));
  EK_TRY(out.WriteU16BigEndian(0));  // no policy
  EK_TRY(out.WriteU16BigEndian(8));
  return NameOver(provider, out.written());
}

}  // namespace edgekeep::attest
