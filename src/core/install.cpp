#include "edgekeep/core/install.h"

#include "denied.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::core {
namespace {

Result<formats::Grant> VerifyGrant(const crypto::Provider& provider, const formats::TrustBundle& bundle,
                                   ByteView bytes) {
  if (bytes.size() > formats::kMaxGrantSize) return Error(ErrorCode::kTooLarge, "grant");
  EK_TRY_ASSIGN(const sealing::VerifiedPayload payload,
                sealing::VerifyObject(provider, formats::typ::kGrant, bytes, bundle.licensors.view(),
                                      bundle.required_classes.view()));
  return formats::DecodeGrant(payload.payload());
}

// This device runs models: a package of another kind is never decrypted.
Status CheckKind(const sealing::VerifiedSeal& seal) {
  if (seal.header().kind == formats::SealedKind::kModel) return {};
  return Error(ErrorCode::kUnsupported, "sealed file: of another kind than a model");
}

Status CheckBelongs(const formats::Grant& grant, const sealing::VerifiedSeal& seal) {
  if (!(grant.product == seal.header().product)) return Error(ErrorCode::kWrongProduct, "grant: of another product");
  if (grant.sequence != seal.header().version.sequence) {
    return Error(ErrorCode::kWrongProduct, "grant: of another version");
  }
  if (grant.sealed_file != seal.id()) return Error(ErrorCode::kWrongProduct, "grant: of another sealed file");
  return {};
}

Status CheckInstallable(const VerifiedOffer& offer, const formats::Licence& licence,
                        std::optional<Sequence> installed) {
  if (!(licence.product == offer.product())) return Error(ErrorCode::kWrongProduct, "licence: of another product");
  const Sequence sequence = offer.version().sequence;
  if (sequence < licence.terms.first_sequence || sequence > licence.terms.last_sequence) {
    return Error(ErrorCode::kWrongVersion, "licence: version outside its range");
  }
  if (installed && sequence < *installed) {
    return Error(ErrorCode::kWrongVersion, "sealed file: older than what is installed");
  }
  if (offer.grant().epoch > licence.epoch) {
    return Error(ErrorCode::kWrongVersion, "grant: of a later epoch than the licence opens");
  }
  return {};
}

}  // namespace

Result<VerifiedOffer> VerifyOffer(const crypto::Provider& provider, const TrustedPublisher& trust, ByteView front,
                                  std::uint64_t file_size, ByteView grant_bytes) {
  EK_TRY_ASSIGN(const sealing::VerifiedSeal seal, sealing::VerifySeal(provider, front, file_size, trust.bundle()));
  EK_TRY(CheckKind(seal));
  EK_TRY_ASSIGN(const formats::Grant grant, VerifyGrant(provider, trust.bundle(), grant_bytes));
  EK_TRY(CheckBelongs(grant, seal));
  return VerifiedOffer(seal, grant);
}

Result<InstallDecision> DecideInstall(const Device& device, const VerifiedOffer& offer, const VerifiedLicence& licence,
                                      std::optional<Sequence> installed) {
  EK_TRY(CheckInstallable(offer, licence.licence(), installed));
  EK_TRY_ASSIGN(const OpenedLicence opened, OpenLicence(device, licence));
  EK_TRY_ASSIGN(sealing::EpochKey epoch_key, opened.KeyOf(device.provider(), offer.grant().epoch));
  EK_TRY_ASSIGN(sealing::ContentKey content_key,
                Denying(sealing::UnwrapContentKey(device.provider(), epoch_key, offer.grant())));
  return InstallDecision(std::move(content_key), std::move(epoch_key));
}

}  // namespace edgekeep::core
