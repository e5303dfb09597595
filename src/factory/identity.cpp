#include "edgekeep/factory/identity.h"

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::factory {

Result<JournalledIdentity> JournalledIdentity::Verify(const crypto::Provider& provider,
                                                      const release::log::Policy& stations, std::string_view bytes) {
  EK_TRY_ASSIGN(const formats::FactoryIdentity identity, formats::DecodeFactoryIdentity(AsBytes(bytes)));
  EK_TRY_ASSIGN(const auto checkpoint, stations.Verify(provider, identity.checkpoint));
  EK_TRY_ASSIGN(const Digest leaf, release::log::LeafHash(provider, identity.entry));
  EK_TRY(release::log::VerifyInclusion(provider, identity.index, leaf, identity.path, checkpoint.head()));
  EK_TRY_ASSIGN(const formats::LogEntry entry, formats::DecodeLogEntry(identity.entry));
  EK_TRY(formats::DecodeProvisioned(entry.content));
  JournalledIdentity verified;
  verified.content_ = AsText(entry.content);
  verified.entered_at_ = entry.logged_at;
  verified.index_ = identity.index;
  verified.origin_ = checkpoint.origin();
  verified.head_ = checkpoint.head();
  return verified;
}

formats::Provisioned JournalledIdentity::provisioned() const {
  return *formats::DecodeProvisioned(AsBytes(content_));
}

Status CheckSubject(const VerifiedSubject& subject, const formats::Provisioned& entry, const ProductName& product) {
  if (subject.device != entry.device) return Error(ErrorCode::kWrongDevice, "the certificate is another device's");
  if (subject.serial != ToHex(entry.device.view()).view()) {
    return Error(ErrorCode::kWrongDevice, "the certificate's serial number is another device's");
  }
  if (!Equal(ByteView(subject.hardware_serial), entry.chip.view())) {
    return Error(ErrorCode::kWrongDevice, "the certificate names another chip");
  }
  if (subject.product == product.view()) return {};
  return Error(ErrorCode::kWrongProduct, "the certificate is for another product");
}

Result<formats::CertificateDigest> DigestOfCertificate(const crypto::Provider& provider, ByteView certificate) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {certificate}));
  return formats::CertificateDigest::From(digest.view());
}

Result<VerifiedList> VerifiedList::Verify(const crypto::Provider& provider, std::string_view list,
                                          const formats::Holder& owner,
                                          std::span<const std::uint8_t> required_classes) {
  if (list.size() > kMaxSignedList) return Error(ErrorCode::kTooLarge, "identity list");
  EK_TRY_ASSIGN(
      const sealing::VerifiedPayload signed_list,
      sealing::VerifyObject(provider, formats::typ::kIdentityList, AsBytes(list), {&owner, 1}, required_classes));
  EK_TRY(formats::DecodeIdentityList(signed_list.payload()));
  return VerifiedList(std::string(AsText(signed_list.payload())));
}

formats::IdentityList VerifiedList::list() const {
  return *formats::DecodeIdentityList(AsBytes(payload_));
}

Result<DeviceId> CheckListed(const crypto::Provider& provider, const JournalledIdentity& identity,
                             const VerifiedList& verified, const CertificateCheck& check) {
  const formats::Provisioned provisioned = identity.provisioned();
  const formats::IdentityList list = verified.list();
  if (provisioned.order != list.order) return Error(ErrorCode::kWrongProduct, "an identity of another order");
  EK_TRY_ASSIGN(const VerifiedSubject subject, check(provisioned.certificate));
  EK_TRY(CheckSubject(subject, provisioned, list.product));
  EK_TRY_ASSIGN(const auto digest, DigestOfCertificate(provider, provisioned.certificate));
  if (formats::Lists(list.refused, digest)) {
    return Error(ErrorCode::kUntrusted, "the list refuses it: a ticket used twice or unknown, or voided");
  }
  if (formats::Lists(list.retired, digest))
    return Error(ErrorCode::kForbidden, "the list says that this device was retired, for good");
  if (formats::ListsChip(list.retired_chips, provisioned.chip))
    return Error(ErrorCode::kForbidden, "the list says that this chip's device was retired, for good");
  if (!formats::Lists(list.accepted, digest)) return Error(ErrorCode::kNotFound, "not on the list");
  return subject.device;
}

}  // namespace edgekeep::factory
