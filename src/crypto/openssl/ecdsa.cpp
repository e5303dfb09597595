#include "ecdsa.h"

#include "edgekeep/base/check.h"
#include "handles.h"

namespace edgekeep::crypto {
namespace {

constexpr int kHalf = 32;
constexpr std::size_t kSize = 64;

}  // namespace

Result<Bytes> EcdsaToDer(ByteView r_and_s) {
  EK_CHECK(r_and_s.size() == kSize);
  const EcdsaSignature signature(ECDSA_SIG_new());
  BigNumber r(BN_bin2bn(r_and_s.data(), kHalf, nullptr));
  BigNumber s(BN_bin2bn(r_and_s.data() + kHalf, kHalf, nullptr));
  if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return Refuse(ErrorCode::kNoMemory, "signature");
  }
  // The signature owns both numbers now.
  [[maybe_unused]] const BIGNUM* const owned_r = r.release();
  [[maybe_unused]] const BIGNUM* const owned_s = s.release();
  EK_TRY_ASSIGN(Bytes der, Bytes::Allocate(kMaxEcdsaDerSize));
  unsigned char* end = der.mutable_view().data();
  const int size = i2d_ECDSA_SIG(signature.get(), &end);
  if (size <= 0) return Refuse(ErrorCode::kInternal, "signature");
  der.Truncate(static_cast<std::size_t>(size));
  return der;
}

Result<Bytes> EcdsaFromDer(ByteView der) {
  const unsigned char* position = der.data();
  const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())));
  if (!signature) return Refuse(ErrorCode::kInternal, "signature");
  EK_TRY_ASSIGN(Bytes r_and_s, Bytes::Allocate(kSize));
  const MutableByteView out = r_and_s.mutable_view();
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out.data(), kHalf) != kHalf ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out.data() + kHalf, kHalf) != kHalf) {
    return Refuse(ErrorCode::kInternal, "signature");
  }
  return r_and_s;
}

}  // namespace edgekeep::crypto
