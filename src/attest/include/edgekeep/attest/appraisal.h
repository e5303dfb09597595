// The verifier: judges evidence by what is known of the device, one check after the other (spec/attestation.md §8).
#pragma once
#include <memory>
#include <optional>
#include <span>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/appraisal_policy.h"
#include "edgekeep/formats/attestation.h"
#include "edgekeep/formats/enrolment.h"

namespace edgekeep::attest {

enum class Check : std::uint8_t {
  kSignature = 1,   // by the identity that was enrolled
  kDevice = 2,      // names that device
  kNonce = 3,       // answers this challenge
  kAge = 4,         // which is not too old
  kAnchor = 5,      // of the kind that was enrolled, and allowed
  kLevel = 6,       // no more than the anchor gives, no less than is demanded
  kQuote = 7,       // by the chip that was activated
  kBinding = 8,     // over these claims and this nonce
  kIdentity = 9,    // the identity is a key of that chip
  kCounter = 10,    // as the chip says, and not behind
  kPcrs = 11,       // the values that were quoted
  kEvents = 12,     // lead to the quoted value
  kBootState = 13,  // one of those that are allowed
  kClock = 14,      // the chip was not cleared since
  kChip = 15,       // the maker that was enrolled, the firmware that was quoted
  kQuarantine = 16,
  kMeasured = 17,
  kPolicies = 18,
  kReleases = 19,
  kRetired = 20,  // not an identity that retired itself
};

inline constexpr std::size_t kNumChecks = 20;

// "signature", "boot-state".
const char* NameOf(Check check) noexcept;

struct CheckResult {
  Check check = Check::kSignature;
  bool applies = true;           // false: there is nothing of that kind with this anchor
  std::optional<Error> failure;  // what was found, in plain words
};

// What came of judging evidence. Claims borrow from the bytes that were judged.
class Appraisal;

// Claims that every check holds for. Only an Appraisal makes one, and outlives it.
class BelievedEvidence {
 public:
  const formats::Evidence& claims() const noexcept { return *claims_; }

 private:
  friend class Appraisal;

  explicit BelievedEvidence(const formats::Evidence& claims) noexcept : claims_(&claims) {}

  const formats::Evidence* claims_;
};

class Appraisal {
 public:
  std::span<const CheckResult> checks() const noexcept { return checks_.view(); }

  // The first failure's error.
  Result<BelievedEvidence> Believe() const;

  // What was said, for whoever wants to show it; nothing of it is believed.
  const formats::Evidence& unverified_claims() const noexcept { return claims_; }

 private:
  friend struct Judge;

  InlineVector<CheckResult, kNumChecks> checks_;
  formats::Evidence claims_;
};

// All of it outlives the appraisal.
struct AppraisalInput {
  ByteView evidence;
  const formats::Challenge& challenge;
  const formats::Enrolment& enrolment;
  const formats::AppraisalPolicy& policy;
  UnixTime now;
  // Of the newest challenge whose answer was believed, where the verifier remembers it: no older one counts any more.
  std::optional<UnixTime> last_answered = {};
  // Identities whose certificates of retirement the verifier has: whoever still answers by one is a copy.
  std::span<const DeviceId> retired = {};
};

// Fails only for bytes that are no evidence, as the decoders do, and with kBadArgument for the challenge of an
// enrolment. Whatever is wrong beyond that is a check that failed.
Result<std::unique_ptr<Appraisal>> Appraise(const crypto::Provider& provider, const AppraisalInput& input);

}  // namespace edgekeep::attest
