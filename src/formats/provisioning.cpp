#include "edgekeep/formats/provisioning.h"

#include <algorithm>
#include <array>

#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::array<std::string_view, 5> kMessageTypes = {
    "edgekeep/provisioning/hello", "edgekeep/provisioning/challenge", "edgekeep/provisioning/proof",
    "edgekeep/provisioning/refusal", "edgekeep/identity"};

std::string_view TypeOf(ProvisioningKind kind) {
  return kMessageTypes[std::to_underlying(kind) - 1U];
}

Status CheckPart(ByteView part, std::size_t max) {
  if (part.empty()) return Malformed("provisioning: an empty part");
  return CheckLimit(part, max);
}

Status CheckPoint(ByteView point) {
  EK_TRY(CheckSize(point, kP256PointSize, "provisioning: key"));
  return point[0] == 4 ? Status() : Malformed("provisioning: key");
}

Status CheckLine(std::string_view text, std::size_t max) {
  const auto is_shown = [](char c) { return c >= ' ' && c <= '~'; };
  if (text.empty() || !std::ranges::all_of(text, is_shown)) return Malformed("provisioning: text");
  return CheckLimit(AsBytes(text), max);
}

Status Check(const ProvisioningHello& hello) {
  EK_TRY(CheckPart(hello.endorsement_certificate, kMaxEndorsementCertificate));
  EK_TRY(CheckPoint(hello.attestation_key));
  return CheckPoint(hello.identity_key);
}

Status Check(const ProvisioningChallenge& challenge) {
  EK_TRY(CheckPart(challenge.credential, kMaxCredentialPart));
  return CheckPart(challenge.encrypted_seed, kMaxCredentialPart);
}

Status Check(const ProvisioningProof& proof) {
  EK_TRY(CheckPart(proof.statement, kMaxTpmStatement));
  return CheckSize(proof.signature, 64, "provisioning: signature");
}

Status Check(const ProvisioningRefusal& refusal) {
  EK_TRY(CheckLine(refusal.error, 32));
  return CheckLine(refusal.reason, 200);
}

Result<FieldReader> EnterMessage(ProvisioningKind kind, ByteView message, CborReader& in) {
  EK_TRY(CheckLimit(message, kMaxProvisioningMessage));
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(TypeOf(kind)));
  return fields;
}

// Every message has three parts or two.
Result<FieldWriter> BeginMessage(ProvisioningKind kind, std::size_t parts, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, parts + 1));
  EK_TRY(fields.Text(kTypeKey, TypeOf(kind)));
  return fields;
}

Status EndMessage(const FieldReader& fields, const CborReader& in) {
  EK_TRY(fields.End());
  return in.ExpectEnd();
}

}  // namespace

Result<ProvisioningKind> KindOfProvisioning(ByteView message) {
  EK_TRY(CheckLimit(message, kMaxProvisioningMessage));
  CborReader in(message);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY_ASSIGN(const std::string_view type, fields.Text(kTypeKey));
  const auto found = std::ranges::find(kMessageTypes, type);
  if (found == kMessageTypes.end()) return Error(ErrorCode::kUnsupported, "provisioning: type");
  return static_cast<ProvisioningKind>(found - kMessageTypes.begin() + 1);
}

Result<ProvisioningHello> DecodeProvisioningHello(ByteView message) {
  CborReader in(message);
  EK_TRY_ASSIGN(FieldReader fields, EnterMessage(ProvisioningKind::kHello, message, in));
  ProvisioningHello hello;
  EK_TRY_ASSIGN(hello.endorsement_certificate, fields.ByteString(1));
  EK_TRY_ASSIGN(hello.attestation_key, fields.ByteString(2));
  EK_TRY_ASSIGN(hello.identity_key, fields.ByteString(3));
  EK_TRY(EndMessage(fields, in));
  EK_TRY(Check(hello));
  return hello;
}

Status EncodeProvisioningHello(const ProvisioningHello& hello, CborWriter& out) {
  EK_TRY(Check(hello));
  EK_TRY_ASSIGN(FieldWriter fields, BeginMessage(ProvisioningKind::kHello, 3, out));
  EK_TRY(fields.ByteString(1, hello.endorsement_certificate));
  EK_TRY(fields.ByteString(2, hello.attestation_key));
  return fields.ByteString(3, hello.identity_key);
}

Result<ProvisioningChallenge> DecodeProvisioningChallenge(ByteView message) {
  CborReader in(message);
  EK_TRY_ASSIGN(FieldReader fields, EnterMessage(ProvisioningKind::kChallenge, message, in));
  ProvisioningChallenge challenge;
  EK_TRY_ASSIGN(challenge.credential, fields.ByteString(1));
  EK_TRY_ASSIGN(challenge.encrypted_seed, fields.ByteString(2));
  EK_TRY_ASSIGN(challenge.nonce, fields.IdOf<ProvisioningNonce>(3));
  EK_TRY(EndMessage(fields, in));
  EK_TRY(Check(challenge));
  return challenge;
}

Status EncodeProvisioningChallenge(const ProvisioningChallenge& challenge, CborWriter& out) {
  EK_TRY(Check(challenge));
  EK_TRY_ASSIGN(FieldWriter fields, BeginMessage(ProvisioningKind::kChallenge, 3, out));
  EK_TRY(fields.ByteString(1, challenge.credential));
  EK_TRY(fields.ByteString(2, challenge.encrypted_seed));
  return fields.ByteString(3, challenge.nonce.view());
}

Result<ProvisioningProof> DecodeProvisioningProof(ByteView message) {
  CborReader in(message);
  EK_TRY_ASSIGN(FieldReader fields, EnterMessage(ProvisioningKind::kProof, message, in));
  ProvisioningProof proof;
  EK_TRY_ASSIGN(proof.answer, fields.IdOf<ActivationAnswer>(1));
  EK_TRY_ASSIGN(proof.statement, fields.ByteString(2));
  EK_TRY_ASSIGN(proof.signature, fields.ByteString(3));
  EK_TRY(EndMessage(fields, in));
  EK_TRY(Check(proof));
  return proof;
}

Status EncodeProvisioningProof(const ProvisioningProof& proof, CborWriter& out) {
  EK_TRY(Check(proof));
  EK_TRY_ASSIGN(FieldWriter fields, BeginMessage(ProvisioningKind::kProof, 3, out));
  EK_TRY(fields.ByteString(1, proof.answer.view()));
  EK_TRY(fields.ByteString(2, proof.statement));
  return fields.ByteString(3, proof.signature);
}

Result<ProvisioningRefusal> DecodeProvisioningRefusal(ByteView message) {
  CborReader in(message);
  EK_TRY_ASSIGN(FieldReader fields, EnterMessage(ProvisioningKind::kRefusal, message, in));
  ProvisioningRefusal refusal;
  EK_TRY_ASSIGN(refusal.error, fields.Text(1));
  EK_TRY_ASSIGN(refusal.reason, fields.Text(2));
  EK_TRY(EndMessage(fields, in));
  EK_TRY(Check(refusal));
  return refusal;
}

Status EncodeProvisioningRefusal(const ProvisioningRefusal& refusal, CborWriter& out) {
  EK_TRY(Check(refusal));
  EK_TRY_ASSIGN(FieldWriter fields, BeginMessage(ProvisioningKind::kRefusal, 2, out));
  EK_TRY(fields.Text(1, refusal.error));
  return fields.Text(2, refusal.reason);
}

}  // namespace edgekeep::formats
