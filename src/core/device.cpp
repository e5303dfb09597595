#include "edgekeep/core/device.h"

#include <algorithm>
#include <array>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/labels.h"
#include "edgekeep/formats/sign1.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/sign1.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::core {
namespace {

constexpr crypto::AlgorithmId kIdentityAlgorithm = crypto::AlgorithmId::kEcdsaP256Sha256;

// The anchor's identity key as a signer of objects.
class AnchorSigner final : public sealing::SigningKey {
 public:
  using SignFunction = Result<Bytes> (ports::Anchor::*)(ByteView);

  AnchorSigner(ports::Anchor& anchor, ByteView public_key,
               SignFunction sign = &ports::Anchor::SignWithIdentity) noexcept
      : anchor_(&anchor), public_key_(public_key), sign_(sign) {}

  crypto::AlgorithmId algorithm() const override { return kIdentityAlgorithm; }

  ByteView public_key() const override { return public_key_; }

  Result<Bytes> Sign(ByteView message) const override { return (anchor_->*sign_)(message); }

 private:
  ports::Anchor* anchor_;
  ByteView public_key_;
  SignFunction sign_;
};

Result<DeviceId> IdOf(const crypto::Provider& provider, ByteView identity_key) {
  EK_TRY_ASSIGN(const KeyId key_id, crypto::KeyIdOf(provider, kIdentityAlgorithm, identity_key));
  return DeviceId::From(key_id.view());
}

}  // namespace

Result<DeviceId> DeviceIdOf(const crypto::Provider& provider, ports::Anchor& anchor) {
  EK_TRY_ASSIGN(const Bytes identity, anchor.IdentityPublicKey());
  return IdOf(provider, identity.view());
}

Result<Bytes> MakeDeviceSecret(const crypto::Provider& provider, ports::Anchor& anchor) {
  EK_TRY_ASSIGN(const Vault vault, Vault::Unlock(provider, anchor));
  EK_TRY_ASSIGN(const DeviceId id, DeviceIdOf(provider, anchor));
  EK_TRY_ASSIGN(const SecretBytes secret, DeviceKem::MakeSecret(provider));
  return vault.SealSecret(formats::label::kDeviceSecret, id.view(), secret);
}

Result<Device> Device::Open(const crypto::Provider& provider, ports::Anchor& anchor, ByteView sealed_secret) {
  EK_TRY_ASSIGN(Vault vault, Vault::Unlock(provider, anchor));
  EK_TRY_ASSIGN(const DeviceId id, DeviceIdOf(provider, anchor));
  EK_TRY_ASSIGN(const SecretBytes secret, vault.OpenSecret(formats::label::kDeviceSecret, id.view(), sealed_secret));
  EK_TRY_ASSIGN(DeviceKem kem, DeviceKem::Create(provider, anchor, secret));
  return Device(provider, anchor, id, std::move(vault), std::move(kem));
}

Result<Bytes> Device::MakeRequest(const SaidInRequest& said) const {
  EK_TRY_ASSIGN(const Bytes identity, anchor_->IdentityPublicKey());
  const formats::DeviceRequest request{
      .identity = {static_cast<std::uint16_t>(kIdentityAlgorithm), identity.view()},
      .kem = {static_cast<std::uint16_t>(kDeviceKemAlgorithm), kem_.public_key()},
      .anchor = static_cast<formats::AnchorKind>(anchor_->kind()),
      .chip = said.chip,
      .rekeyed_at = said.rekeyed_at,
      .ownership = said.ownership,
  };
  EK_TRY_ASSIGN(Bytes payload, Bytes::Allocate(formats::kMaxDeviceRequestSize));
  CborWriter writer(payload.mutable_view());
  EK_TRY(formats::EncodeDeviceRequest(request, writer));
  const AnchorSigner signer(*anchor_, identity.view());
  return sealing::SignObject(*provider_, formats::typ::kDeviceRequest, writer.written(),
                             std::array{static_cast<const sealing::SigningKey*>(&signer)});
}

Result<Bytes> Device::SignLicenceReport(std::string_view type, const formats::LicenceReport& report) const {
  EK_TRY_ASSIGN(const Bytes identity, anchor_->IdentityPublicKey());
  EK_TRY_ASSIGN(Bytes payload, Bytes::Allocate(formats::kMaxLicenceReportSize));
  CborWriter writer(payload.mutable_view());
  EK_TRY(formats::EncodeLicenceReport(report, writer));
  const AnchorSigner signer(*anchor_, identity.view());
  return sealing::SignObject(*provider_, type, writer.written(),
                             std::array{static_cast<const sealing::SigningKey*>(&signer)});
}

Result<Bytes> Device::SignReceipts(const formats::ReceiptBatch& batch) const {
  if (batch.device != id_) return Error(ErrorCode::kWrongDevice, "receipts: name another device");
  EK_TRY_ASSIGN(const Bytes identity, anchor_->IdentityPublicKey());
  EK_TRY_ASSIGN(Bytes payload, Bytes::Allocate(formats::kMaxReceiptBatchSize));
  CborWriter writer(payload.mutable_view());
  EK_TRY(formats::EncodeReceiptBatch(batch, writer));
  const AnchorSigner signer(*anchor_, identity.view());
  return sealing::SignObject(*provider_, formats::typ::kReceipts, writer.written(),
                             std::array{static_cast<const sealing::SigningKey*>(&signer)});
}

Result<Bytes> Device::SignEvidence(const formats::Evidence& evidence) const {
  if (evidence.device != id_) return Error(ErrorCode::kWrongDevice, "evidence: names another device");
  EK_TRY_ASSIGN(const Bytes identity, anchor_->IdentityPublicKey());
  EK_TRY_ASSIGN(Bytes payload, Bytes::Allocate(formats::kMaxEvidenceClaims));
  CborWriter writer(payload.mutable_view());
  EK_TRY(formats::EncodeEvidence(evidence, writer));
  const AnchorSigner signer(*anchor_, identity.view());
  return sealing::SignByOneKey(*provider_, formats::typ::kEvidence, writer.written(), signer);
}

Result<Bytes> WriteRetirement(ports::Anchor& anchor, formats::RetirementCertificate certificate) {
  EK_TRY_ASSIGN(const Bytes identity, anchor.IdentityPublicKey());
  certificate.identity = {static_cast<std::uint16_t>(kIdentityAlgorithm), identity.view()};
  EK_TRY_ASSIGN(Bytes payload, Bytes::Allocate(formats::kMaxRetirementSize));
  CborWriter writer(payload.mutable_view());
  EK_TRY(formats::EncodeRetirementCertificate(certificate, writer));
  payload.Truncate(writer.written().size());
  return payload;
}

Result<Bytes> SignRetirement(const crypto::Provider& provider, ports::Anchor& anchor, ByteView written) {
  EK_TRY_ASSIGN(const formats::RetirementCertificate certificate, formats::DecodeRetirementCertificate(written));
  EK_TRY_ASSIGN(const Bytes identity, anchor.IdentityPublicKey());
  if (!Equal(certificate.identity.bytes, identity.view()))
    return Error(ErrorCode::kWrongDevice, "retirement: of another identity");
  const AnchorSigner signer(anchor, identity.view(), &ports::Anchor::SignRetirement);
  return sealing::SignObject(provider, formats::typ::kRetirement, written,
                             std::array{static_cast<const sealing::SigningKey*>(&signer)});
}

formats::Isolation ProtectionLevel(formats::Isolation keep, ports::AnchorKind anchor,
                                   formats::Isolation cell) noexcept {
  formats::Isolation most = formats::Isolation::kProcess;
  if (anchor == ports::AnchorKind::kTpm2) most = formats::Isolation::kVm;
  if (anchor == ports::AnchorKind::kOptee) most = formats::Isolation::kTrustZone;
  return std::min({keep, most, cell});
}

}  // namespace edgekeep::core
