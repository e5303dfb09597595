// Every check of the verifier, each attacked alone; what is left as it is holds.
#include "edgekeep/attest/appraisal.h"

#include "witnessed_device.h"

namespace edgekeep::attest {
namespace {

using Names = std::vector<std::string>;

constexpr UnixTime kAsked{1'790'000'100};
constexpr UnixTime kNow{1'790'000'130};

Digest FilledWith(std::uint8_t with) {
  Digest digest;
  std::ranges::fill(digest.mutable_view(), with);
  return digest;
}

formats::AttestationNonce NonceOf(std::uint8_t with) {
  formats::AttestationNonce nonce;
  std::ranges::fill(nonce.mutable_view(), with);
  return nonce;
}

// A verifier that knows the device, and asks it.
struct Scene {
  WitnessedDevice device;
  formats::Enrolment enrolment = device.Enrolment();
  formats::Challenge challenge{.nonce = NonceOf(0x99), .issued_at = kAsked, .enrols = std::nullopt};
  formats::AppraisalPolicy policy;
  UnixTime now = kNow;
  Octets evidence;

  void Answer() { evidence = device.Answer(challenge.nonce); }

  std::unique_ptr<Appraisal> Judged() const {
    return Appraise(TestProvider(), {evidence, challenge, enrolment, policy, now}).value();
  }
};

struct Attack {
  const char* what;
  void (*before)(Scene&);  // the device is asked
  void (*after)(Scene&);   // it has answered
  Names fails;
};

void Nothing(Scene&) {}

// What was signed is changed, and signed again by the identity: root on a device can do that much.
void SignAgain(Scene& scene) {
  scene.evidence = scene.device.Signed();
}

const std::vector<Attack>& Attacks() {
  static const std::vector<Attack> attacks = {
      {"control", Nothing, Nothing, {}},
      {"evidence signed by another device",
       [](Scene& scene) {
         static const SoftKey stranger;
         scene.device.signs_evidence = &stranger;
       },
       Nothing,
       {"signature"}},
      {"a flipped bit in the signature", Nothing, [](Scene& scene) { scene.evidence.back() ^= 1; }, {"signature"}},
      {"evidence that names another device",
       [](Scene& scene) { scene.device.evidence.device.mutable_view()[0] ^= 1; },
       Nothing,
       {"device"}},
      {"stale evidence: another nonce",
       Nothing,
       [](Scene& scene) { scene.challenge.nonce = NonceOf(0x98); },
       {"nonce"}},
      {"a challenge of eleven minutes ago", [](Scene& scene) { scene.now = {kAsked.value + 660}; }, Nothing, {"age"}},
      {"a challenge of the future", [](Scene& scene) { scene.now = {kAsked.value - 1}; }, Nothing, {"age"}},
      {"a quote of another chip",
       [](Scene& scene) {
         static const SoftKey other;
         scene.device.signs_quote = &other;
       },
       Nothing,
       {"quote", "binding", "pcrs", "clock", "chip"}},
      {"something that looks like a quote, signed by the identity, which signs anything",
       [](Scene& scene) { scene.device.signs_quote = &scene.device.identity; },
       Nothing,
       {"quote", "binding", "pcrs", "clock", "chip"}},
      {"a quote with what the chip puts before its own words missing",
       [](Scene& scene) { scene.device.bend = [](ChipSays& quote, ChipSays&, ChipSays&) { quote.magic ^= 1; }; },
       Nothing,
       {"quote", "binding", "pcrs", "clock", "chip"}},
      {"another statement of the chip's in the place of the quote",
       [](Scene& scene) {
         scene.device.bend = [](ChipSays& quote, ChipSays& identity, ChipSays&) { quote = identity; };
       },
       Nothing,
       {"quote", "binding", "pcrs", "clock", "chip"}},
      {"a quote of an earlier answer",
       [](Scene& scene) {
         scene.device.bend = [](ChipSays& quote, ChipSays&, ChipSays&) { quote.qualifying_data[0] ^= 1; };
       },
       Nothing,
       {"binding"}},
      {"an edited claim, signed by the identity again",
       Nothing,
       [](Scene& scene) {
         scene.device.evidence.releases[0].security_epoch = 3;
         SignAgain(scene);
       },
       {"binding"}},
      {"an edited claim, not signed again",
       Nothing,
       [](Scene& scene) {
         const Octets text = {'a', 'c', 'm', 'e', '/'};
         std::ranges::search(scene.evidence, text).front() = 'b';
       },
       {"signature", "binding"}},
      {"an identity that is no key of this chip",
       [](Scene& scene) {
         scene.device.bend = [](ChipSays&, ChipSays& identity, ChipSays&) {
           identity.attested = CertifiedOf(Octets(34, 0x01));
         };
       },
       Nothing,
       {"identity"}},
      {"an identity that another chip vouches for",
       [](Scene& scene) {
         static const SoftKey other;
         scene.device.signs_identity = &other;
       },
       Nothing,
       {"identity"}},
      {"a counter beside the chip's",
       [](Scene& scene) {
         scene.device.bend = [](ChipSays&, ChipSays&, ChipSays& counter) {
           counter.attested = CounterOf(CounterName(), 41);
         };
       },
       Nothing,
       {"counter"}},
      {"a counter that anybody can define",
       [](Scene& scene) {
         scene.device.bend = [](ChipSays&, ChipSays&, ChipSays& counter) {
           counter.attested = CounterOf(Octets(34, 0x01), 40);
         };
       },
       Nothing,
       {"counter"}},
      {"a counter that another chip vouches for",
       [](Scene& scene) {
         static const SoftKey other;
         scene.device.signs_counter = &other;
       },
       Nothing,
       {"counter"}},
      {"a state behind the enrolment's",
       [](Scene& scene) { scene.device.evidence.state_counter = 29; },
       Nothing,
       {"counter"}},
      {"values beside the quoted ones",
       [](Scene& scene) {
         scene.device.bend = [](ChipSays& quote, ChipSays&, ChipSays&) {
           quote.attested = QuoteOf(1U << 7 | 1U << 13, Octets(32, 0x01));
         };
       },
       Nothing,
       {"pcrs"}},
      {"a quote of fewer PCRs",
       [](Scene& scene) {
         const Digest digest = DigestOf(*scene.device.evidence.tpm);
         scene.device.bend = [digest](ChipSays& quote, ChipSays&, ChipSays&) {
           quote.attested = QuoteOf(1U << 13, digest.view());
         };
       },
       Nothing,
       {"pcrs"}},
      {"a replaced event log",
       [](Scene& scene) { scene.device.evidence.events[0].text = "9.9.9"; },
       Nothing,
       {"events"}},
      {"a log without its last event",
       [](Scene& scene) { scene.device.evidence.events.PopBack(); },
       Nothing,
       {"events"}},
      // Root resets PCR 23, extends good events there and has the chip quote it in 13's place.
      {"an evil keep that was measured, and a good log in a PCR beside it",
       [](Scene& scene) {
         formats::Evidence evil = scene.device.evidence;
         evil.events[0].text = "6.6.6-evil";
         Measure(evil);
         formats::TpmEvidence& tpm = *scene.device.evidence.tpm;
         tpm.pcrs.PushBack({23, tpm.pcrs[1].value}).value();
         tpm.pcrs[1].value = evil.tpm->pcrs[1].value;
       },
       Nothing,
       {"events", "boot-state"}},
      {"another boot state",
       [](Scene& scene) { scene.device.evidence.tpm->pcrs[0].value = FilledWith(0x72); },
       Nothing,
       {"boot-state"}},
      {"a boot state that is none of those allowed",
       [](Scene& scene) { scene.policy.boot_states.PushBack(FilledWith(1)).value(); },
       Nothing,
       {"boot-state"}},
      {"fewer PCRs that tell boot states apart",
       [](Scene& scene) {
         formats::TpmEvidence& tpm = *scene.device.evidence.tpm;
         tpm.pcrs = InlineVector<formats::PcrValue, formats::kMaxQuotedPcrs>::From(tpm.pcrs.view().last(1)).value();
       },
       Nothing,
       {"boot-state"}},
      {"a cleared chip: its clock",
       [](Scene& scene) { scene.device.says.clock = {99'999, 12, 3}; },
       Nothing,
       {"clock"}},
      {"a cleared chip: its resets",
       [](Scene& scene) { scene.device.says.clock = {900'000, 11, 3}; },
       Nothing,
       {"clock"}},
      {"a chip put back: its restarts",
       [](Scene& scene) { scene.device.says.clock = {900'000, 12, 0}; },
       Nothing,
       {"clock"}},
      {"a reset after the enrolment, restarts from 0 (control)",
       [](Scene& scene) { scene.device.says.clock = {900'000, 13, 0}; },
       Nothing,
       {}},
      {"a chip of another maker",
       [](Scene& scene) { scene.device.evidence.tpm->chip.manufacturer = 1; },
       Nothing,
       {"chip"}},
      {"a firmware beside the quoted one",
       [](Scene& scene) { scene.device.evidence.tpm->chip.firmware = 0x0007'0003; },
       Nothing,
       {"chip"}},
      {"a quarantined chip class",
       [](Scene& scene) { scene.policy.quarantined.PushBack({0x49424d20, 0x0007'0000, 0x0007'ffff}).value(); },
       Nothing,
       {"quarantine"}},
      {"a quarantine of other firmware (control)",
       [](Scene& scene) { scene.policy.quarantined.PushBack({0x49424d20, 0, 0x0007'0001}).value(); },
       Nothing,
       {}},
      {"another kind of anchor than was enrolled",
       [](Scene& scene) {
         scene.enrolment.anchor = formats::AnchorKind::kSoftware;
         scene.policy.allow_development = true;
       },
       Nothing,
       {"anchor"}},
      {"a level above the anchor's",
       [](Scene& scene) { scene.device.evidence.level = formats::Isolation::kTrustZone; },
       Nothing,
       {"level"}},
      {"a level below the demanded one",
       [](Scene& scene) { scene.policy.min_level = formats::Isolation::kVm; },
       Nothing,
       {"level"}},
      {"a version that is not allowed",
       [](Scene& scene) { scene.policy.measured.PushBack({1, "0.2.0", std::nullopt}).value(); },
       Nothing,
       {"measured"}},
      {"a version with another digest",
       [](Scene& scene) { scene.policy.measured.PushBack({1, "0.1.0", FilledWith(0x32)}).value(); },
       Nothing,
       {"measured"}},
      {"a version that begins alike",
       [](Scene& scene) { scene.policy.measured.PushBack({1, "0.1", std::nullopt}).value(); },
       Nothing,
       {"measured"}},
      {"an engine without its processor (control)",
       [](Scene& scene) {
         scene.policy.measured.PushBack({2, "onnxruntime-1.30.0-0011223344556677", std::nullopt}).value();
       },
       Nothing,
       {}},
      {"an older engine that ran since the boot",
       [](Scene& scene) {
         scene.policy.measured.PushBack({2, "onnxruntime-1.30.0-0011223344556677", std::nullopt}).value();
         scene.device.evidence.events.PushBack({2, "onnxruntime-1.12.0-0000000000000000/x86-64-v3", {}}).value();
         Measure(scene.device.evidence);
       },
       Nothing,
       {"measured"}},
      {"a log that is full",
       [](Scene& scene) {
         scene.device.evidence.events.PushBack({3, "more", std::nullopt}).value();
         Measure(scene.device.evidence);
       },
       Nothing,
       {"measured"}},
      {"something demanded that was not measured",
       [](Scene& scene) { scene.policy.measured.PushBack({4, "kernel", std::nullopt}).value(); },
       Nothing,
       {"measured"}},
      {"a trust policy with another digest",
       [](Scene& scene) { scene.policy.policies.PushBack({2, 5, FilledWith(0x43)}).value(); },
       Nothing,
       {"policies"}},
      {"an older trust policy",
       [](Scene& scene) { scene.policy.policies.PushBack({2, 6, FilledWith(0x42)}).value(); },
       Nothing,
       {"policies"}},
      {"no operations policy",
       [](Scene& scene) { scene.policy.policies.PushBack({3, 1, FilledWith(1)}).value(); },
       Nothing,
       {"policies"}},
      {"the policy as demanded (control)",
       [](Scene& scene) { scene.policy.policies.PushBack({2, 5, FilledWith(0x42)}).value(); },
       Nothing,
       {}},
      {"a file that is not allowed of its product",
       [](Scene& scene) { scene.policy.releases.PushBack({"acme/label-ocr", {}}).value(); },
       Nothing,
       {"releases"}},
      {"the file that is allowed (control)",
       [](Scene& scene) {
         scene.policy.releases.PushBack({"acme/label-ocr", scene.device.evidence.releases[0].sealed_file}).value();
         scene.policy.releases.PushBack({"acme/other", {}}).value();
       },
       Nothing,
       {}},
  };
  return attacks;
}

TEST(Appraisal, FindsEachAttackByTheCheckThatIsForIt) {
  for (const Attack& attack : Attacks()) {
    Scene scene;
    attack.before(scene);
    scene.Answer();
    attack.after(scene);
    const std::unique_ptr<Appraisal> appraisal = scene.Judged();
    EXPECT_EQ(FailedOf(*appraisal), attack.fails) << attack.what;
    EXPECT_EQ(appraisal->checks().size(), kNumChecks) << attack.what;
    EXPECT_EQ(appraisal->Believe().has_value(), attack.fails.empty()) << attack.what;
  }
}

void MakeSoftware(WitnessedDevice& device) {
  device.evidence.anchor = formats::AnchorKind::kSoftware;
  device.evidence.tpm.reset();
}

TEST(Appraisal, BelievesSoftwareOnlyWhereDevelopmentIsAllowed) {
  Scene scene;
  MakeSoftware(scene.device);
  scene.enrolment = scene.device.Enrolment();
  scene.Answer();
  EXPECT_EQ(FailedOf(*scene.Judged()), Names{"anchor"});
  scene.policy.allow_development = true;
  const std::unique_ptr<Appraisal> allowed = scene.Judged();
  EXPECT_EQ(FailedOf(*allowed), Names{});
  EXPECT_EQ(std::ranges::count(allowed->checks(), false, &CheckResult::applies), 9);
  EXPECT_EQ(allowed->Believe().value().claims().state_counter, 40U);
}

TEST(Appraisal, AChipIsNotReplacedBySoftware) {
  Scene scene;
  MakeSoftware(scene.device);
  scene.policy.allow_development = true;
  scene.Answer();
  EXPECT_EQ(FailedOf(*scene.Judged()), Names{"anchor"}) << "enrolled with a chip";
}

TEST(Appraisal, TakesNoChallengeOfAnEnrolment) {
  Scene scene;
  scene.Answer();
  scene.challenge.enrols = Digest();
  const auto judged = Appraise(TestProvider(), {scene.evidence, scene.challenge, scene.enrolment, scene.policy, kNow});
  EXPECT_EQ(judged.error().code(), ErrorCode::kBadArgument);
}

TEST(Appraisal, NeverBelievesBentBytes) {
  Scene scene;
  scene.Answer();
  const Octets whole = scene.evidence;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const ByteView cut = ByteView(whole).first(size);
    EXPECT_FALSE(Appraise(TestProvider(), {cut, scene.challenge, scene.enrolment, scene.policy, kNow})) << size;
  }
  // Signatures are slow: every 61st bit.
  for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 61) {
    scene.evidence = whole;
    scene.evidence[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    const auto judged =
        Appraise(TestProvider(), {scene.evidence, scene.challenge, scene.enrolment, scene.policy, kNow});
    EXPECT_FALSE(judged && (*judged)->Believe()) << bit;
  }
}

TEST(Appraisal, NamesEveryCheck) {
  EXPECT_STREQ(NameOf(Check::kSignature), "signature");
  EXPECT_STREQ(NameOf(Check::kReleases), "releases");
  EXPECT_STREQ(NameOf(Check{0}), "unknown");
  EXPECT_STREQ(NameOf(Check{kNumChecks + 1}), "unknown");
}

}  // namespace
}  // namespace edgekeep::attest
