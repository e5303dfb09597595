#include "edgekeep/attest/appraisal.h"

#include <algorithm>
#include <new>

#include "edgekeep/attest/evidence.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/sign1.h"
#include "edgekeep/sealing/sign1.h"
#include "judge.h"

namespace edgekeep::attest {
namespace {

constexpr const char* kNames[kNumChecks] = {"signature",  "device",   "nonce",      "age",      "anchor",
                                            "level",      "quote",    "binding",    "identity", "counter",
                                            "pcrs",       "events",   "boot-state", "clock",    "chip",
                                            "quarantine", "measured", "policies",   "releases", "retired"};

Status CheckSignature(const Judge& judge) {
  const Result<ByteView> payload = sealing::VerifyByOneKey(judge.provider, formats::typ::kEvidence,
                                                           judge.input.evidence, judge.input.enrolment.identity);
  if (payload) return {};
  if (payload.error().code() == ErrorCode::kUntrusted)
    return Error(ErrorCode::kUntrusted, "signed by another device's identity than the enrolled one");
  return Error(payload.error().code(), "the identity's signature is wrong: forged, or changed since");
}

Status CheckDevice(const Judge& judge) {
  EK_TRY_ASSIGN(const DeviceId device, DeviceOf(judge.provider, judge.input.enrolment.identity));
  if (device == judge.claims().device) return {};
  return Error(ErrorCode::kWrongDevice, "names another device than the enrolled one");
}

Status CheckNonce(const Judge& judge) {
  if (judge.claims().nonce != judge.input.challenge.nonce)
    return Error(ErrorCode::kUntrusted, "answers another challenge: old, or meant for somebody else");
  if (!judge.input.last_answered || judge.input.challenge.issued_at > *judge.input.last_answered) return {};
  return Error(ErrorCode::kUntrusted, "this challenge, or one as new, was answered before");
}

Status CheckAge(const Judge& judge) {
  const UnixTime issued = judge.input.challenge.issued_at;
  if (judge.input.now < issued) return Error(ErrorCode::kNotYetValid, "the challenge is of a later time");
  if (judge.input.now.value - issued.value > judge.input.policy.max_age)
    return Error(ErrorCode::kExpired, "the challenge is too old");
  return {};
}

Status CheckAnchor(const Judge& judge) {
  const formats::AnchorKind anchor = judge.claims().anchor;
  if (anchor != judge.input.enrolment.anchor)
    return Error(ErrorCode::kWrongDevice, "another kind of anchor than the enrolled one");
  if (anchor == formats::AnchorKind::kTpm2) return {};
  if (anchor != formats::AnchorKind::kSoftware)
    return Error(ErrorCode::kUnsupported, "nothing is known that this kind of anchor could show");
  if (judge.input.policy.allow_development) return {};
  return Error(ErrorCode::kForbidden, "a software anchor, for development only: whoever copies its file signs like it");
}

// Of the enrolled identity: what the evidence names is another check's.
Status CheckRetired(const Judge& judge) {
  const formats::PublicKey& identity = judge.input.enrolment.identity;
  EK_TRY_ASSIGN(const KeyId kid,
                crypto::KeyIdOf(judge.provider, static_cast<crypto::AlgorithmId>(identity.algorithm), identity.bytes));
  const auto is_it = [&](const DeviceId& retired) { return Equal(kid.view(), retired.view()); };
  if (std::ranges::none_of(judge.input.retired, is_it)) return {};
  return Error(ErrorCode::kForbidden, "this identity was retired for good: whoever answers by it is a copy");
}

}  // namespace

const char* NameOf(Check check) noexcept {
  const auto number = static_cast<std::size_t>(check);
  return number == 0 || number > kNumChecks ? "unknown" : kNames[number - 1];
}

Result<BelievedEvidence> Appraisal::Believe() const {
  for (const CheckResult& result : checks_) {
    if (result.failure) return *result.failure;
  }
  EK_CHECK(checks_.size() == kNumChecks);
  return BelievedEvidence(claims_);
}

Result<std::unique_ptr<Appraisal>> JudgeEvidence(const crypto::Provider& provider, const AppraisalInput& input) {
  EK_TRY_ASSIGN(const formats::Sign1 object, formats::DecodeSign1(formats::typ::kEvidence, input.evidence));
  std::unique_ptr<Appraisal> appraisal(new (std::nothrow) Appraisal);
  if (!appraisal) return Error(ErrorCode::kNoMemory, "appraisal");
  Judge judge{provider, input, *appraisal, {}, {}};
  EK_TRY_ASSIGN(judge.claims_for_decoding(), formats::DecodeEvidence(object.payload));
  EK_TRY_ASSIGN(judge.binding, EvidenceBinding(provider, judge.claims()));
  judge.Note(Check::kSignature, CheckSignature(judge));
  judge.Note(Check::kDevice, CheckDevice(judge));
  judge.Note(Check::kNonce, CheckNonce(judge));
  judge.Note(Check::kAge, CheckAge(judge));
  judge.Note(Check::kAnchor, CheckAnchor(judge));
  judge.Note(Check::kLevel, CheckLevel(judge));
  JudgeChip(judge);
  judge.Note(Check::kMeasured, CheckMeasured(judge));
  judge.Note(Check::kPolicies, CheckPolicies(judge));
  judge.Note(Check::kReleases, CheckReleases(judge));
  judge.Note(Check::kRetired, CheckRetired(judge));
  return appraisal;
}

Result<std::unique_ptr<Appraisal>> Appraise(const crypto::Provider& provider, const AppraisalInput& input) {
  if (input.challenge.enrols) return Error(ErrorCode::kBadArgument, "the challenge of an enrolment");
  return JudgeEvidence(provider, input);
}

}  // namespace edgekeep::attest
