#include "edgekeep/core/trust.h"

#include <algorithm>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::core {
namespace {

Result<crypto::Class> ClassOf(const formats::PublicKey& key) {
  EK_TRY_ASSIGN(const crypto::Algorithm algorithm,
                crypto::FindAlgorithm(static_cast<crypto::AlgorithmId>(key.algorithm), crypto::Kind::kSignature));
  return algorithm.security_class;
}

// A holder who lacks a required class could never sign anything this device accepts.
Status CheckCanSign(const formats::Holder& holder, std::uint8_t required_class) {
  for (const formats::PublicKey& key : holder.keys) {
    EK_TRY_ASSIGN(const crypto::Class security_class, ClassOf(key));
    if (static_cast<std::uint8_t>(security_class) == required_class) return {};
  }
  return Error(ErrorCode::kUnsupported, "trust bundle: holder without a key of a required class");
}

Status CheckHolders(const crypto::Provider& provider, const formats::Holders& holders,
                    const formats::TrustBundle& bundle, ByteView bytes) {
  for (const formats::Holder& holder : holders) {
    for (const std::uint8_t required_class : bundle.required_classes) EK_TRY(CheckCanSign(holder, required_class));
    for (const formats::PublicKey& key : holder.keys) {
      EK_TRY(sealing::VerifyObjectWithKey(provider, formats::typ::kTrustBundle, bytes, key));
    }
  }
  return {};
}

}  // namespace

Result<TrustedPublisher> VerifyTrustBundle(const crypto::Provider& provider, ByteView bytes) {
  if (bytes.size() > formats::MaxSignedObjectSize(formats::kMaxTrustBundleSize, formats::kMaxSignatures)) {
    return Error(ErrorCode::kTooLarge, "trust bundle");
  }
  EK_TRY_ASSIGN(Bytes owned, Bytes::Copy(bytes));
  EK_TRY_ASSIGN(const formats::SignedObject object,
                formats::DecodeSignedObject(formats::typ::kTrustBundle, owned.view()));
  EK_TRY_ASSIGN(const formats::TrustBundle bundle, formats::DecodeTrustBundle(object.payload));
  EK_TRY(CheckHolders(provider, bundle.authors, bundle, owned.view()));
  EK_TRY(CheckHolders(provider, bundle.licensors, bundle, owned.view()));
  EK_TRY_ASSIGN(const Digest fingerprint, crypto::Sha256(provider, {object.payload}));
  return TrustedPublisher(std::move(owned), bundle, fingerprint);
}

}  // namespace edgekeep::core
