#include "edgekeep/attest/evidence.h"

#include <array>

#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/labels.h"

namespace edgekeep::attest {

Result<Digest> EvidenceBinding(const crypto::Provider& provider, const formats::Evidence& evidence) {
  EK_TRY_ASSIGN(Bytes claims, Bytes::Allocate(formats::kMaxEvidenceClaims));
  CborWriter out(claims.mutable_view());
  EK_TRY(formats::EncodeEvidenceClaims(evidence, out));
  return crypto::Sha256(provider, {AsBytes(formats::label::kEvidenceBinding), out.written()});
}

Result<Digest> DigestOfEvent(const crypto::Provider& provider, const formats::MeasuredEvent& event) {
  std::array<std::uint8_t, formats::kMaxMeasuredEventSize> bytes;
  CborWriter out(bytes);
  EK_TRY(formats::EncodeMeasuredEvent(event, out));
  return crypto::Sha256(provider, {out.written()});
}

Result<Digest> ReplayEvents(const crypto::Provider& provider, std::span<const formats::MeasuredEvent> events) {
  Digest pcr;
  for (const formats::MeasuredEvent& event : events) {
    EK_TRY_ASSIGN(const Digest digest, DigestOfEvent(provider, event));
    EK_TRY_ASSIGN(pcr, crypto::Sha256(provider, {pcr.view(), digest.view()}));
  }
  return pcr;
}

Result<Digest> BootStateOf(const crypto::Provider& provider, const formats::TpmEvidence& tpm) {
  std::array<std::uint8_t, 4 + formats::kMaxQuotedPcrs * Digest::kSize> bytes;
  Writer out(bytes);
  std::uint32_t pcrs = 0;
  for (const formats::PcrValue& pcr : tpm.pcrs) {
    if (pcr.index != formats::kMeasuredPcr) pcrs |= std::uint32_t{1} << pcr.index;
  }
  EK_TRY(out.WriteU32BigEndian(pcrs));
  for (const formats::PcrValue& pcr : tpm.pcrs) {
    if (pcr.index != formats::kMeasuredPcr) EK_TRY(out.WriteBytes(pcr.value.view()));
  }
  return crypto::Sha256(provider, {out.written()});
}

Result<DeviceId> DeviceOf(const crypto::Provider& provider, const formats::PublicKey& identity) {
  EK_TRY_ASSIGN(const KeyId kid,
                crypto::KeyIdOf(provider, static_cast<crypto::AlgorithmId>(identity.algorithm), identity.bytes));
  return DeviceId::From(kid.view());
}

Result<Digest> EndorsementFingerprint(const crypto::Provider& provider, ByteView point) {
  return crypto::Sha256(provider, {point});
}

Result<formats::AttestationNonce> NonceOfActivation(const crypto::Provider& provider, const SecretBytes& secret) {
  EK_TRY_ASSIGN(const SecretArray<32> derived,
                crypto::DeriveKey(provider, secret.Reveal(), {}, AsBytes(formats::label::kActivation)));
  return formats::AttestationNonce::From(derived.Reveal());
}

}  // namespace edgekeep::attest
