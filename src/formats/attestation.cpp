#include "edgekeep/formats/attestation.h"

#include "evidence_parts.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kChallengeType = "edgekeep/challenge";
constexpr std::string_view kKeysType = "edgekeep/attestation-keys";
constexpr std::string_view kActivationType = "edgekeep/activation";

Status CheckPresent(ByteView bytes, std::size_t limit, const char* where) {
  if (bytes.empty()) return Malformed(where);
  return CheckLimit(bytes, limit);
}

Status Check(const AttestationKeys& keys) {
  EK_TRY(CheckPresent(keys.device_request, kMaxDeviceRequestSize, "attestation keys: device request"));
  if (!keys.chip) return {};
  EK_TRY(CheckSize(keys.chip->attestation, kPointSize, "attestation key"));
  EK_TRY(CheckSize(keys.chip->endorsement, kPointSize, "endorsement key"));
  return CheckLimit(keys.chip->certificate, kMaxChipCertificate);
}

Status Check(const Activation& activation) {
  if (activation.nonce.has_value() == activation.credential.has_value())
    return Malformed("activation: a nonce or a credential");
  if (!activation.credential) return {};
  EK_TRY(CheckPresent(activation.credential->blob, kMaxCredential, "activation: credential"));
  return CheckPresent(activation.credential->seed, kMaxCredentialSeed, "activation: seed");
}

Status ReadChipKeys(FieldReader& fields, CborReader& in, ChipKeys& chip) {
  EK_TRY_ASSIGN(chip.attestation, in.ReadByteString());
  EK_TRY_ASSIGN(chip.endorsement, fields.ByteString(3));
  EK_TRY_ASSIGN(const bool is_certified, fields.Has(4));
  if (!is_certified) return {};
  EK_TRY_ASSIGN(chip.certificate, in.ReadByteString());
  return chip.certificate.empty() ? Malformed("endorsement certificate: empty") : Status();
}

Status ReadSecret(FieldReader& fields, CborReader& in, Activation& activation) {
  EK_TRY_ASSIGN(const bool has_nonce, fields.Has(1));
  if (has_nonce) {
    EK_TRY_ASSIGN(activation.nonce, ReadId<AttestationNonce>(in));
  }
  EK_TRY_ASSIGN(const bool has_credential, fields.Has(2));
  if (!has_credential) return {};
  Credential& credential = activation.credential.emplace();
  EK_TRY_ASSIGN(credential.blob, in.ReadByteString());
  EK_TRY_ASSIGN(credential.seed, fields.ByteString(3));
  return {};
}

}  // namespace

Result<Challenge> DecodeChallenge(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxChallengeSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kChallengeType));
  Challenge challenge;
  EK_TRY_ASSIGN(challenge.nonce, fields.IdOf<AttestationNonce>(1));
  EK_TRY_ASSIGN(challenge.issued_at, fields.NumberOf<UnixTime>(2));
  EK_TRY_ASSIGN(const bool enrols, fields.Has(3));
  if (enrols) {
    EK_TRY_ASSIGN(challenge.enrols, ReadId<Digest>(in));
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckTime(challenge.issued_at));
  return challenge;
}

Status EncodeChallenge(const Challenge& challenge, CborWriter& out) {
  EK_TRY(CheckTime(challenge.issued_at));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, challenge.enrols ? 4 : 3));
  EK_TRY(fields.Text(kTypeKey, kChallengeType));
  EK_TRY(fields.ByteString(1, challenge.nonce.view()));
  EK_TRY(fields.Unsigned(2, challenge.issued_at.value));
  return challenge.enrols ? fields.ByteString(3, challenge.enrols->view()) : Status();
}

Result<AttestationKeys> DecodeAttestationKeys(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxAttestationKeysSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kKeysType));
  AttestationKeys keys;
  EK_TRY_ASSIGN(keys.device_request, fields.ByteString(1));
  EK_TRY_ASSIGN(const bool has_chip, fields.Has(2));
  if (has_chip) EK_TRY(ReadChipKeys(fields, in, keys.chip.emplace()));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(keys));
  return keys;
}

Status EncodeAttestationKeys(const AttestationKeys& keys, CborWriter& out) {
  EK_TRY(Check(keys));
  const bool is_certified = keys.chip && !keys.chip->certificate.empty();
  EK_TRY_ASSIGN(FieldWriter fields,
                FieldWriter::Enter(out, std::size_t{2} + (keys.chip ? 2 : 0) + (is_certified ? 1 : 0)));
  EK_TRY(fields.Text(kTypeKey, kKeysType));
  EK_TRY(fields.ByteString(1, keys.device_request));
  if (!keys.chip) return {};
  EK_TRY(fields.ByteString(2, keys.chip->attestation));
  EK_TRY(fields.ByteString(3, keys.chip->endorsement));
  return is_certified ? fields.ByteString(4, keys.chip->certificate) : Status();
}

Result<Activation> DecodeActivation(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxActivationSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kActivationType));
  Activation activation;
  EK_TRY(ReadSecret(fields, in, activation));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(activation));
  return activation;
}

Status EncodeActivation(const Activation& activation, CborWriter& out) {
  EK_TRY(Check(activation));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, activation.nonce ? 2 : 3));
  EK_TRY(fields.Text(kTypeKey, kActivationType));
  if (activation.nonce) return fields.ByteString(1, activation.nonce->view());
  EK_TRY(fields.ByteString(2, activation.credential->blob));
  return fields.ByteString(3, activation.credential->seed);
}

}  // namespace edgekeep::formats
