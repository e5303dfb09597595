// HKDF over this provider's HMAC: OpenSSL's own HKDF refuses an empty salt and an empty input key.
#include <algorithm>

#include "openssl_provider.h"

namespace edgekeep::crypto {
namespace {

struct HkdfHash {
  AlgorithmId id;
  std::size_t size;
};

Result<HkdfHash> HashOf(AlgorithmId kdf) {
  if (kdf == AlgorithmId::kHkdfSha256) return HkdfHash{AlgorithmId::kSha256, 32};
  if (kdf == AlgorithmId::kHkdfSha512) return HkdfHash{AlgorithmId::kSha512, 64};
  return Error(ErrorCode::kUnsupported, "HKDF");
}

}  // namespace

Status OpenSslProvider::HkdfExtract(AlgorithmId kdf, ByteView salt, ByteView input_key, MutableByteView prk) const {
  EK_TRY_ASSIGN(const HkdfHash hash, HashOf(kdf));
  if (prk.size() != hash.size) return Error(ErrorCode::kBadArgument, "HKDF size");
  // HMAC pads its key with zeros, so an empty salt is the zero salt of RFC 5869 §2.2.
  EK_TRY_ASSIGN(const auto mac, NewHmac(hash.id, salt));
  EK_TRY(mac->Update(input_key));
  return mac->Finish(prk);
}

Status OpenSslProvider::HkdfExpand(AlgorithmId kdf, ByteView prk, ByteView info, MutableByteView out) const {
  EK_TRY_ASSIGN(const HkdfHash hash, HashOf(kdf));
  if (prk.size() < hash.size || out.empty() || out.size() > 255 * hash.size) {
    return Error(ErrorCode::kBadArgument, "HKDF size");
  }
  SecretArray<kMaxDigestSize> block;
  const MutableByteView bytes = MutableByteView(block.RevealForWriting()).first(hash.size);
  std::uint8_t counter = 0;
  for (MutableByteView rest = out; !rest.empty();) {
    EK_TRY_ASSIGN(const auto mac, NewHmac(hash.id, prk));
    if (counter > 0) EK_TRY(mac->Update(bytes));
    ++counter;
    EK_TRY(mac->Update(info));
    EK_TRY(mac->Update(ByteView(&counter, 1)));
    EK_TRY(mac->Finish(bytes));
    const std::size_t taken = std::min(rest.size(), hash.size);
    std::copy_n(bytes.begin(), taken, rest.begin());
    rest = rest.subspan(taken);
  }
  return {};
}

}  // namespace edgekeep::crypto
