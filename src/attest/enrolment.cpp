#include "edgekeep/attest/enrolment.h"

#include <new>

#include "edgekeep/attest/credential.h"
#include "edgekeep/attest/evidence.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/sign1.h"
#include "edgekeep/sealing/signed_object.h"
#include "judge.h"

namespace edgekeep::attest {
namespace {

constexpr std::size_t kActivationSecret = 32;

template <typename Object>
Result<Bytes> Encoded(const Object& object, Status (*encode)(const Object&, CborWriter&), std::size_t max_size) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(max_size));
  CborWriter out(bytes.mutable_view());
  EK_TRY(encode(object, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Result<SecretBytes> NewSecret(const crypto::Provider& provider) {
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(kActivationSecret));
  EK_TRY(provider.Random(secret.RevealForWriting()));
  return secret;
}

// Before its first appraisal: what it claims of itself is what is known, and everything is later than zero.
formats::Enrolment FirstSight(const VerifiedAttestationKeys& keys) {
  formats::Enrolment enrolment{.anchor = keys.device().anchor,
                               .identity = keys.device().identity,
                               .enrolled_at = {},
                               .state_counter = 0,
                               .chip = std::nullopt};
  if (!keys.chip()) return enrolment;
  enrolment.chip.emplace();
  enrolment.chip->attestation = keys.chip()->attestation;
  enrolment.chip->endorsement = keys.chip()->endorsement;
  return enrolment;
}

// Fills in what is in the evidence, and of no use before the checks hold.
Status TakeFrom(const crypto::Provider& provider, ByteView evidence, formats::Enrolment& enrolment) {
  EK_TRY_ASSIGN(const formats::Sign1 object, formats::DecodeSign1(formats::typ::kEvidence, evidence));
  EK_TRY_ASSIGN(const formats::Evidence claims, formats::DecodeEvidence(object.payload));
  enrolment.state_counter = claims.state_counter;
  if (!enrolment.chip || !claims.tpm) return {};
  EK_TRY_ASSIGN(const TpmStatement quote, DecodeTpmStatement(claims.tpm->quote.attest));
  enrolment.chip->chip = claims.tpm->chip;
  enrolment.chip->clock = quote.clock;
  EK_TRY_ASSIGN(enrolment.chip->boot_state, BootStateOf(provider, *claims.tpm));
  return {};
}

}  // namespace

Result<VerifiedAttestationKeys> VerifyAttestationKeys(const crypto::Provider& provider, ByteView bytes) {
  EK_TRY_ASSIGN(const formats::AttestationKeys decoded, formats::DecodeAttestationKeys(bytes));
  EK_TRY_ASSIGN(const formats::SignedObject object,
                formats::DecodeSignedObject(formats::typ::kDeviceRequest, decoded.device_request));
  VerifiedAttestationKeys keys;
  EK_TRY_ASSIGN(keys.device_, formats::DecodeDeviceRequest(object.payload));
  const formats::PublicKey& identity = keys.device_.identity;
  EK_TRY(sealing::VerifyObjectWithKey(provider, formats::typ::kDeviceRequest, decoded.device_request, identity));
  if (decoded.chip.has_value() != (keys.device_.anchor == formats::AnchorKind::kTpm2))
    return Error(ErrorCode::kMalformed, "attestation keys: a chip and no tpm2 anchor");
  keys.chip_ = decoded.chip;
  EK_TRY_ASSIGN(keys.id_, DeviceOf(provider, identity));
  EK_TRY_ASSIGN(keys.digest_, crypto::Sha256(provider, {bytes}));
  return keys;
}

Result<BegunEnrolment> BeginEnrolment(const crypto::Provider& provider, const crypto::CredentialCipher& cipher,
                                      const VerifiedAttestationKeys& keys, UnixTime now) {
  EK_TRY_ASSIGN(const SecretBytes secret, NewSecret(provider));
  formats::Challenge challenge{.nonce = {}, .issued_at = now, .enrols = keys.digest()};
  EK_TRY_ASSIGN(challenge.nonce, NonceOfActivation(provider, secret));
  formats::Activation activation;
  MadeCredential credential;
  if (keys.chip()) {
    EK_TRY_ASSIGN(const ChipName name, NameOfAttestationKey(provider, keys.chip()->attestation));
    EK_TRY_ASSIGN(credential, MakeCredential(provider, cipher, keys.chip()->endorsement, name, secret));
    activation.credential = {credential.blob.view(), credential.seed.view()};
  } else {
    activation.nonce = challenge.nonce;
  }
  BegunEnrolment begun;
  EK_TRY_ASSIGN(begun.activation, Encoded(activation, formats::EncodeActivation, formats::kMaxActivationSize));
  EK_TRY_ASSIGN(begun.challenge, Encoded(challenge, formats::EncodeChallenge, formats::kMaxChallengeSize));
  return begun;
}

Result<FinishedEnrolment> FinishEnrolment(const crypto::Provider& provider, const VerifiedAttestationKeys& keys,
                                          const formats::Challenge& challenge, ByteView evidence, UnixTime now,
                                          std::optional<std::uint32_t> manufacturer) {
  if (challenge.enrols != keys.digest())
    return Error(ErrorCode::kBadArgument, "the challenge was not made for these attestation keys");
  formats::Enrolment enrolment = FirstSight(keys);
  enrolment.enrolled_at = now;
  EK_TRY(TakeFrom(provider, evidence, enrolment));
  if (enrolment.chip) enrolment.chip->chip.manufacturer = manufacturer.value_or(keys.device().chip->manufacturer);
  std::unique_ptr<formats::AppraisalPolicy> policy(new (std::nothrow) formats::AppraisalPolicy);
  if (!policy) return Error(ErrorCode::kNoMemory, "enrolment");
  policy->max_age = kMaxActivationAge;
  policy->allow_development = true;
  FinishedEnrolment finished;
  EK_TRY_ASSIGN(finished.appraisal, JudgeEvidence(provider, {evidence, challenge, enrolment, *policy, now}));
  if (!finished.appraisal->Believe()) return finished;
  EK_TRY_ASSIGN(finished.enrolment, Encoded(enrolment, formats::EncodeEnrolment, formats::kMaxEnrolmentSize));
  return finished;
}

Result<Bytes> SeenAfter(const formats::Enrolment& enrolment, const formats::Challenge& answered,
                        const BelievedEvidence& believed) {
  formats::Enrolment seen = enrolment;
  seen.enrolled_at = answered.issued_at;
  seen.state_counter = believed.claims().state_counter;
  if (seen.chip) {
    EK_TRY_ASSIGN(const TpmStatement quote, DecodeTpmStatement(believed.claims().tpm->quote.attest));
    seen.chip->clock = quote.clock;
  }
  return Encoded(seen, formats::EncodeEnrolment, formats::kMaxEnrolmentSize);
}

}  // namespace edgekeep::attest
