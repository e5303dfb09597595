#include "edgekeep/factory/station.h"

#include <algorithm>

#include "edgekeep/attest/credential.h"
#include "edgekeep/attest/tpm_statement.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"

namespace edgekeep::factory {
namespace {

template <typename Message>
Result<std::string> Encoded(const Message& message, Status (*encode)(const Message&, CborWriter&)) {
  std::string bytes(formats::kMaxProvisioningMessage, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  EK_TRY(encode(message, out));
  bytes.resize(out.written().size());
  return bytes;
}

Result<formats::ChipId> ChipIdOf(const crypto::Provider& provider, ByteView endorsement_key) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {endorsement_key}));
  return formats::ChipId::From(digest.view());
}

Result<DeviceId> IdOfKey(const crypto::Provider& provider, ByteView identity_key) {
  EK_TRY_ASSIGN(const KeyId kid, crypto::KeyIdOf(provider, crypto::AlgorithmId::kEcdsaP256Sha256, identity_key));
  return DeviceId::From(kid.view());
}

// That the attestation key certified the key of this name, with the nonce.
Status CheckCertified(const crypto::Provider& provider, ByteView attestation_key,
                      const formats::ProvisioningProof& proof, const attest::ChipName& name, ByteView nonce) {
  EK_TRY(provider.Verify(crypto::AlgorithmId::kEcdsaP256Sha256, attestation_key, proof.statement, proof.signature));
  EK_TRY_ASSIGN(const attest::TpmStatement statement, attest::DecodeTpmStatement(proof.statement));
  if (statement.kind != attest::StatementKind::kCertifiedKey) {
    return Error(ErrorCode::kUntrusted, "a statement that certifies no key");
  }
  if (!Equal(statement.qualifying_data, nonce)) return Error(ErrorCode::kUntrusted, "a statement for another nonce");
  return Equal(statement.name, name) ? Status() : Error(ErrorCode::kUntrusted, "a statement about another key");
}

}  // namespace

std::optional<std::uint32_t> Station::NextTicket() const {
  const Tickets& tickets = tools_.tickets;
  for (std::uint32_t number = tickets.first(); number < tickets.first() + tickets.count(); ++number) {
    if (!journal_.IsUsed(tools_.order.id(), number)) return number;
  }
  return std::nullopt;
}

std::uint32_t Station::tickets_left() const {
  const std::lock_guard lock(mutex_);
  const Tickets& tickets = tools_.tickets;
  std::uint32_t left = 0;
  for (std::uint32_t number = tickets.first(); number < tickets.first() + tickets.count(); ++number) {
    if (!journal_.IsUsed(tools_.order.id(), number)) ++left;
  }
  return left;
}

Result<std::optional<JournalUnit>> Station::FindKnown(const formats::ChipId& chip, const DeviceId& device) const {
  const JournalUnit* const of_chip = journal_.OfChip(chip);
  const JournalUnit* const of_device = journal_.OfDevice(device);
  if (of_chip == nullptr && of_device == nullptr) return std::optional<JournalUnit>();
  if (of_chip == nullptr) return Error(ErrorCode::kWrongDevice, "another chip has this key");
  const bool is_same = of_chip->device == device && of_chip->order == tools_.order.id();
  if (!is_same) return Error(ErrorCode::kAlreadyExists, "this chip has another identity already");
  return std::optional<JournalUnit>(*of_chip);
}

Result<JournalUnit> Station::EnterNew(const formats::ChipId& chip, const DeviceId& device, ByteView identity_key,
                                      UnixTime now) {
  EK_TRY(tools_.order.CheckTime(now));
  const std::optional<std::uint32_t> ticket = NextTicket();
  if (!ticket) return Error(ErrorCode::kOverBudget, "no ticket of the order is left");
  EK_TRY(tools_.order.CheckShare(journal_.origin(), *ticket));
  EK_TRY_ASSIGN(const Bytes certificate, tools_.authority.Issue(tools_.provider, tools_.authority_key,
                                                                {.product = std::string(tools_.order.product().view()),
                                                                 .serial = std::string(ToHex(device.view()).view()),
                                                                 .hardware = tools_.order.hardware(),
                                                                 .hardware_serial = chip.view(),
                                                                 .key = identity_key},
                                                                now));
  return journal_.Enter({.order = tools_.order.id(),
                         .ticket = tools_.tickets.Take(*ticket),
                         .chip = chip,
                         .device = device,
                         .certificate = certificate.view()},
                        now);
}

Result<GivenIdentity> Station::Give(const formats::ChipId& chip, ByteView identity_key, UnixTime now) {
  EK_TRY_ASSIGN(const DeviceId device, IdOfKey(tools_.provider, identity_key));
  if (std::ranges::find(tools_.retired_chips, chip) != tools_.retired_chips.end())
    return Error(ErrorCode::kForbidden, "the device that this chip was retired, for good");
  const std::lock_guard lock(mutex_);
  EK_TRY_ASSIGN(std::optional<JournalUnit> unit, FindKnown(chip, device));
  GivenIdentity given{.device = device, .was_known = unit.has_value()};
  if (!unit) {
    EK_TRY_ASSIGN(unit, EnterNew(chip, device, identity_key, now));
  }
  given.ticket = unit->ticket;
  given.index = unit->index;
  EK_TRY_ASSIGN(given.identity, journal_.IdentityOf(unit->index));
  return given;
}

Result<std::string> Visit::Answer(ByteView message, UnixTime now) {
  Result<std::string> answer = AnswerRightly(message, now);
  if (answer) return answer;
  refusal_ = answer.error();
  asked_.reset();
  return Encoded<formats::ProvisioningRefusal>(
      {.error = NameOf(answer.error().code()), .reason = answer.error().where()}, formats::EncodeProvisioningRefusal);
}

Result<std::string> Visit::AnswerRightly(ByteView message, UnixTime now) {
  if (is_over()) return Error(ErrorCode::kBadState, "this conversation is over");
  EK_TRY_ASSIGN(const formats::ProvisioningKind kind, formats::KindOfProvisioning(message));
  if (kind == formats::ProvisioningKind::kHello && !asked_) {
    EK_TRY_ASSIGN(const auto hello, formats::DecodeProvisioningHello(message));
    return Challenge(hello, now);
  }
  if (kind == formats::ProvisioningKind::kProof && asked_) {
    EK_TRY_ASSIGN(const auto proof, formats::DecodeProvisioningProof(message));
    return GiveFor(proof, now);
  }
  return Error(ErrorCode::kBadState, "not what is to be said now");
}

Result<std::string> Visit::Challenge(const formats::ProvisioningHello& hello, UnixTime now) {
  const StationTools& tools = station_->tools();
  EK_TRY_ASSIGN(const VerifiedEndorsement endorsement,
                tools.makers.VerifyEndorsement(hello.endorsement_certificate, now));
  Asked asked;
  EK_TRY_ASSIGN(asked.chip, ChipIdOf(tools.provider, endorsement.key.view()));
  EK_TRY_ASSIGN(asked.attestation_key, Bytes::Copy(hello.attestation_key));
  EK_TRY_ASSIGN(asked.identity_key, Bytes::Copy(hello.identity_key));
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(formats::ActivationAnswer::kSize));
  EK_TRY(tools.provider.Random(secret.RevealForWriting()));
  EK_TRY_ASSIGN(asked.answer, formats::ActivationAnswer::From(secret.Reveal()));
  EK_TRY(tools.provider.Random(asked.nonce.mutable_view()));
  EK_TRY_ASSIGN(const attest::ChipName name, attest::NameOfAttestationKey(tools.provider, hello.attestation_key));
  EK_TRY_ASSIGN(const attest::MadeCredential made,
                attest::MakeCredential(tools.provider, tools.cipher, endorsement.key.view(), name, secret));
  EK_TRY_ASSIGN(std::string challenge,
                Encoded<formats::ProvisioningChallenge>(
                    {.credential = made.blob.view(), .encrypted_seed = made.seed.view(), .nonce = asked.nonce},
                    formats::EncodeProvisioningChallenge));
  asked_ = std::move(asked);
  return challenge;
}

Result<std::string> Visit::GiveFor(const formats::ProvisioningProof& proof, UnixTime now) {
  const StationTools& tools = station_->tools();
  // One try for each challenge.
  const Asked asked = *std::exchange(asked_, std::nullopt);
  if (proof.answer != asked.answer) return Error(ErrorCode::kUntrusted, "not what the credential held");
  EK_TRY_ASSIGN(const attest::ChipName name, attest::NameOfIdentityKey(tools.provider, asked.identity_key.view()));
  EK_TRY(CheckCertified(tools.provider, asked.attestation_key.view(), proof, name, asked.nonce.view()));
  EK_TRY_ASSIGN(GivenIdentity given, station_->Give(asked.chip, asked.identity_key.view(), now));
  std::string identity = given.identity;
  given_ = std::move(given);
  return identity;
}

}  // namespace edgekeep::factory
