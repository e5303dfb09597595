#include "edgekeep/sealing/trusted_publisher.h"

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::sealing {
namespace {

constexpr std::size_t kMaxSignedBundleSize =
    formats::MaxSignedObjectSize(formats::kMaxTrustBundleSize, formats::kMaxSignatures);

// One bit for each class in which `holder` has a key.
Result<std::uint32_t> ClassesOf(const formats::Holder& holder) {
  std::uint32_t bits = 0;
  for (const formats::PublicKey& key : holder.keys) {
    const auto id = static_cast<crypto::AlgorithmId>(key.algorithm);
    EK_TRY_ASSIGN(const crypto::Algorithm algorithm, crypto::FindAlgorithm(id, crypto::Kind::kSignature));
    bits |= 1U << static_cast<std::uint32_t>(algorithm.security_class);
  }
  return bits;
}

Status CheckHolders(const crypto::Provider& provider, const formats::Holders& holders,
                    std::span<const std::uint8_t> required_classes, ByteView bytes) {
  for (const formats::Holder& holder : holders) {
    EK_TRY_ASSIGN(const std::uint32_t classes, ClassesOf(holder));
    for (const std::uint8_t required : required_classes) {
      // Such a holder could never sign anything that would be accepted.
      if (required >= 32 || (classes >> required & 1U) == 0) {
        return Error(ErrorCode::kUnsupported, "trust bundle: holder without a key of a required class");
      }
    }
    for (const formats::PublicKey& key : holder.keys) {
      EK_TRY(VerifyObjectWithKey(provider, formats::typ::kTrustBundle, bytes, key));
    }
  }
  return {};
}

}  // namespace

Result<TrustedPublisher> VerifyTrustBundle(const crypto::Provider& provider, ByteView bytes) {
  if (bytes.size() > kMaxSignedBundleSize) return Error(ErrorCode::kTooLarge, "trust bundle");
  EK_TRY_ASSIGN(Bytes owned, Bytes::Copy(bytes));
  EK_TRY_ASSIGN(const formats::SignedObject object,
                formats::DecodeSignedObject(formats::typ::kTrustBundle, owned.view()));
  EK_TRY_ASSIGN(const formats::TrustBundle bundle, formats::DecodeTrustBundle(object.payload));
  EK_TRY(CheckHolders(provider, bundle.authors, bundle.required_classes.view(), owned.view()));
  EK_TRY(CheckHolders(provider, bundle.licensors, bundle.required_classes.view(), owned.view()));
  EK_TRY_ASSIGN(const Digest fingerprint, crypto::Sha256(provider, {object.payload}));
  return TrustedPublisher(std::move(owned), bundle, fingerprint);
}

}  // namespace edgekeep::sealing
