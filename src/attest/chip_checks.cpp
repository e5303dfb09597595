#include "edgekeep/attest/chip_names.h"
#include "edgekeep/attest/evidence.h"
#include "edgekeep/crypto/digest.h"
#include "judge.h"

namespace edgekeep::attest {
namespace {

constexpr crypto::AlgorithmId kChipSignature = crypto::AlgorithmId::kEcdsaP256Sha256;

Result<TpmStatement> VerifyStatement(const Judge& judge, const formats::TpmStatementView& statement,
                                     StatementKind kind) {
  if (!judge.input.enrolment.chip) return Error(ErrorCode::kWrongDevice, "no chip was enrolled");
  const Status signature = judge.provider.Verify(kChipSignature, judge.input.enrolment.chip->attestation,
                                                 statement.attest, statement.signature);
  if (!signature) return Error(signature.error().code(), "not signed by the chip that was enrolled");
  EK_TRY_ASSIGN(const TpmStatement verified, DecodeTpmStatement(statement.attest));
  if (verified.kind != kind) return Error(ErrorCode::kUntrusted, "the chip's statement about something else");
  return verified;
}

Status CheckQuote(const Judge& judge) {
  return judge.chip->quote ? Status() : Status(judge.chip->quote.error());
}

// Of what the chip signed, all of it. Who else signed something is refused by another check.
Status CheckBinding(const Judge& judge) {
  EK_TRY(CheckQuote(judge));
  const Judge::Statements& statements = *judge.chip;
  for (const Result<TpmStatement>* statement : {&statements.quote, &statements.identity, &statements.counter}) {
    if (*statement && !Equal((*statement)->qualifying_data, judge.binding.view()))
      return Error(ErrorCode::kUntrusted, "the chip signed for other claims: changed since, or another answer's");
  }
  return {};
}

Status CheckIdentity(const Judge& judge) {
  const Result<TpmStatement>& statement = judge.chip->identity;
  if (!statement) return statement.error();
  EK_TRY_ASSIGN(const ChipName name, NameOfIdentityKey(judge.provider, judge.input.enrolment.identity.bytes));
  if (Equal(statement->name, name)) return {};
  return Error(ErrorCode::kWrongDevice, "the identity is no key of the chip's, or one that may leave it");
}

Status CheckCertifiedCounter(const Judge& judge) {
  const Result<TpmStatement>& statement = judge.chip->counter;
  if (!statement) return statement.error();
  EK_TRY_ASSIGN(const ChipName name, NameOfStateCounter(judge.provider));
  if (!Equal(statement->name, name)) return Error(ErrorCode::kUntrusted, "another counter of the chip's");
  if (statement->counter == judge.claims().state_counter) return {};
  return Error(ErrorCode::kUntrusted, "the chip's counter has another value");
}

Status CheckCounter(const Judge& judge) {
  if (judge.chip) EK_TRY(CheckCertifiedCounter(judge));
  if (judge.claims().state_counter >= judge.input.enrolment.state_counter) return {};
  return Error(ErrorCode::kWrongVersion, "the counter is behind where it was at the enrolment");
}

Status CheckPcrs(const Judge& judge) {
  EK_TRY(CheckQuote(judge));
  EK_TRY_ASSIGN(const auto hash, judge.provider.NewHash(crypto::AlgorithmId::kSha256));
  std::uint32_t selected = 0;
  for (const formats::PcrValue& pcr : judge.claims().tpm->pcrs) {
    selected |= std::uint32_t{1} << pcr.index;
    EK_TRY(hash->Update(pcr.value.view()));
  }
  Digest digest;
  EK_TRY(hash->Finish(digest.mutable_view()));
  if (selected == judge.chip->quote->selected && Equal(digest.view(), judge.chip->quote->digest)) return {};
  return Error(ErrorCode::kUntrusted, "the chip quoted other PCRs or values");
}

Status CheckEvents(const Judge& judge) {
  EK_TRY_ASSIGN(const Digest replayed, ReplayEvents(judge.provider, judge.claims().events.view()));
  for (const formats::PcrValue& pcr : judge.claims().tpm->pcrs) {
    if (pcr.index == formats::kMeasuredPcr && pcr.value == replayed) return {};
  }
  return Error(ErrorCode::kUntrusted, "the event log does not lead to the quoted value");
}

Status CheckBootState(const Judge& judge) {
  EK_TRY_ASSIGN(const Digest state, BootStateOf(judge.provider, *judge.claims().tpm));
  const auto& allowed = judge.input.policy.boot_states;
  if (allowed.empty() && judge.input.enrolment.chip && judge.input.enrolment.chip->boot_state == state) return {};
  for (const Digest& one : allowed) {
    if (one == state) return {};
  }
  return Error(ErrorCode::kForbidden, "booted into a state that nobody allowed");
}

Status CheckClock(const Judge& judge) {
  EK_TRY(CheckQuote(judge));
  const formats::ChipClock& now = judge.chip->quote->clock;
  const formats::ChipClock& then = judge.input.enrolment.chip->clock;
  const bool restarts_back = now.resets == then.resets && now.restarts < then.restarts;
  if (now.milliseconds >= then.milliseconds && now.resets >= then.resets && !restarts_back) return {};
  return Error(ErrorCode::kWrongDevice, "the chip's clock or counts are behind the enrolment: it was cleared");
}

Status CheckChip(const Judge& judge) {
  EK_TRY(CheckQuote(judge));
  const formats::ChipClass& chip = judge.claims().tpm->chip;
  if (chip.manufacturer != judge.input.enrolment.chip->chip.manufacturer)
    return Error(ErrorCode::kWrongDevice, "a chip of another maker than the enrolled one");
  if (chip.firmware != judge.chip->quote->firmware)
    return Error(ErrorCode::kUntrusted, "the chip quoted with another firmware than is claimed");
  return {};
}

Status CheckQuarantine(const Judge& judge) {
  const formats::ChipClass& chip = judge.claims().tpm->chip;
  for (const formats::QuarantinedChips& chips : judge.input.policy.quarantined) {
    if (chip.manufacturer == chips.manufacturer && chip.firmware >= chips.first_firmware &&
        chip.firmware <= chips.last_firmware)
      return Error(ErrorCode::kForbidden, "chips of this class are quarantined");
  }
  return {};
}

struct ChipCheck {
  Check check;
  Status (*judge)(const Judge&);
  bool of_chip_alone = true;
};

constexpr ChipCheck kChipChecks[] = {
    {Check::kQuote, CheckQuote},         {Check::kBinding, CheckBinding},
    {Check::kIdentity, CheckIdentity},   {Check::kCounter, CheckCounter, false},
    {Check::kPcrs, CheckPcrs},           {Check::kEvents, CheckEvents},
    {Check::kBootState, CheckBootState}, {Check::kClock, CheckClock},
    {Check::kChip, CheckChip},           {Check::kQuarantine, CheckQuarantine},
};

}  // namespace

void JudgeChip(Judge& judge) {
  if (const std::optional<formats::TpmEvidence>& tpm = judge.claims().tpm) {
    judge.chip = Judge::Statements{VerifyStatement(judge, tpm->quote, StatementKind::kQuote),
                                   VerifyStatement(judge, tpm->identity, StatementKind::kCertifiedKey),
                                   VerifyStatement(judge, tpm->counter, StatementKind::kCounter)};
  }
  for (const ChipCheck& one : kChipChecks) {
    if (judge.chip || !one.of_chip_alone) {
      judge.Note(one.check, one.judge(judge));
    } else {
      judge.NoteNotApplicable(one.check);
    }
  }
}

}  // namespace edgekeep::attest
