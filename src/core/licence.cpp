#include "edgekeep/core/licence.h"

#include "denied.h"
#include "edgekeep/crypto/suite.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::core {
namespace {

Status CheckBelongs(const formats::Licence& licence, const Device& device, const TrustedPublisher& trust,
                    const ProductName& product) {
  if (licence.device != device.id()) return Error(ErrorCode::kWrongDevice, "licence: names another device");
  if (licence.issuer.view() != trust.bundle().publisher) {
    return Error(ErrorCode::kWrongProduct, "licence: issued for another publisher");
  }
  if (!(licence.product == product)) return Error(ErrorCode::kWrongProduct, "licence: names another product");
  return {};
}

Status CheckTerms(const formats::LicenceTerms& terms, const LicenceUse& use) {
  if (use.now < terms.not_before) return Error(ErrorCode::kNotYetValid, "licence: begins later");
  if (terms.expires && use.now >= *terms.expires) return Error(ErrorCode::kExpired, "licence: expired");
  if (use.sequence < terms.first_sequence || use.sequence > terms.last_sequence) {
    return Error(ErrorCode::kWrongVersion, "licence: version outside its range");
  }
  if (use.level < terms.isolation_floor) {
    return Error(ErrorCode::kForbidden, "licence: demands stronger isolation than this device has");
  }
  return {};
}

// The device's key decides the KEM; a licence may only choose among the suites that have it.
Status CheckSuite(const formats::Licence& licence) {
  EK_TRY_ASSIGN(const crypto::HpkeSuite suite,
                crypto::FindHpkeSuite(static_cast<crypto::HpkeSuiteId>(licence.hpke_suite)));
  if (suite.kem != kDeviceKemAlgorithm) return Error(ErrorCode::kUnsupported, "licence: suite of another KEM");
  return {};
}

// Borrows from `bytes`.
Result<formats::Licence> VerifyOrigin(const Device& device, const TrustedPublisher& trust, const ProductName& product,
                                      ByteView bytes) {
  const formats::TrustBundle& bundle = trust.bundle();
  EK_TRY_ASSIGN(const sealing::VerifiedPayload payload,
                sealing::VerifyObject(device.provider(), formats::typ::kLicence, bytes, bundle.licensors.view(),
                                      bundle.required_classes.view()));
  EK_TRY_ASSIGN(const formats::Licence licence, formats::DecodeLicence(payload.payload()));
  EK_TRY(CheckBelongs(licence, device, trust, product));
  return licence;
}

}  // namespace

Result<VerifiedLicence> VerifyLicence(const Device& device, const TrustedPublisher& trust, const LicenceUse& use,
                                      ByteView bytes) {
  if (bytes.size() > formats::kMaxLicenceSize) return Error(ErrorCode::kTooLarge, "licence");
  EK_TRY_ASSIGN(Bytes owned, Bytes::Copy(bytes));
  EK_TRY_ASSIGN(const formats::Licence licence, VerifyOrigin(device, trust, use.product, owned.view()));
  EK_TRY(CheckTerms(licence.terms, use));
  EK_TRY(CheckSuite(licence));
  return VerifiedLicence(std::move(owned), licence);
}

Result<LicenceOrigin> OriginOf(const Device& device, const TrustedPublisher& trust, const ProductName& product,
                               ByteView bytes) {
  if (bytes.size() > formats::kMaxLicenceSize) return Error(ErrorCode::kTooLarge, "licence");
  EK_TRY_ASSIGN(const formats::Licence licence, VerifyOrigin(device, trust, product, bytes));
  return LicenceOrigin{licence.id, licence.issued_at, licence.terms.call_budget.has_value(),
                       licence.terms.lease.has_value(), licence.terms.transferable};
}

Result<ProductName> ProductNamedBy(ByteView bytes) {
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(formats::typ::kLicence, bytes));
  EK_TRY_ASSIGN(const formats::Licence licence, formats::DecodeLicence(object.payload));
  return licence.product;
}

Status CheckNotReturned(const std::optional<ProductBar>& bar, const formats::LicenceId& id, UnixTime issued_at) {
  const bool any = bar && bar->returned_issued_at != UnixTime{};
  if (!any || (id != bar->returned && issued_at > bar->returned_issued_at)) return {};
  return Error(ErrorCode::kExpired, "licence: it was given back");
}

Status CheckAgainstBar(const std::optional<ProductBar>& bar, const formats::Licence& licence) {
  EK_TRY(CheckNotReturned(bar, licence.id, licence.issued_at));
  if (!bar || licence.issued_at >= bar->licence_issued_at) return {};
  return Error(ErrorCode::kWrongVersion, "licence: issued before the one that was installed last");
}

Result<OpenedLicence> OpenLicence(const Device& device, const VerifiedLicence& licence) {
  EK_TRY_ASSIGN(sealing::EpochKey key,
                Denying(sealing::UnwrapEpochKey(device.provider(), device.kem(), licence.licence())));
  return OpenedLicence(licence.licence().epoch, std::move(key));
}

Result<sealing::EpochKey> OpenedLicence::KeyOf(const crypto::Provider& provider, Epoch epoch) const {
  return Denying(sealing::EarlierEpochKey(provider, key_, epoch_, epoch));
}

}  // namespace edgekeep::core
