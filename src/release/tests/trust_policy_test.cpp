// Trust policies: who has to sign them, and a file of metadata, before a device takes it.
#include "edgekeep/release/trust_policy.h"

#include <gtest/gtest.h>

#include "edgekeep/base/base64.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/release/holders.h"
#include "fixture/device.h"
#include "fixture/person.h"

namespace edgekeep::release {
namespace {

using fixture::People;
using fixture::Person;
using fixture::Said;
using fixture::TestProvider;
using PolicyBytes = std::vector<std::uint8_t>;

constexpr const char* kLog = "log example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx\n";
constexpr const char* kWitness =
    "witness w witness.example+fe860e26+BCEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEh\n"
    "witness n notary.example+5db6ea10+BCIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIi\n";

std::string LogPolicyWith(const std::string& rest) {
  return std::string(kLog) + kWitness + rest;
}

template <typename Object>
PolicyBytes PayloadOf(const Object& object, Status (*encode)(const Object&, CborWriter&)) {
  PolicyBytes buffer(formats::kMaxTrustPolicySize);
  CborWriter writer(buffer);
  EXPECT_TRUE(encode(object, writer));
  buffer.resize(writer.written().size());
  return buffer;
}

// Three of five root holders; two of alice, bob and carol approve.
class TrustPolicyTest : public testing::Test {
 protected:
  TrustPolicyTest() {
    policy_ = {.version = 1,
               .authority = "acme",
               .min_approvers = 2,
               .delay = 3600,
               .max_time_step = formats::kMaxTimeStep,
               .issued_at = fixture::kNow,
               .min_independent_witnesses = 1,
               .log_policy = log_policy_};
    EXPECT_TRUE(policy_.required_classes.PushBack(1) && policy_.required_classes.PushBack(2));
    EXPECT_TRUE(policy_.notaries.PushBack(nora_.Holder()));
    repository_.keys["root"] = fixture::KeysOf({&alice_, &bob_, &carol_, &dave_, &erin_});
    repository_.thresholds["root"] = 3;
    repository_.keys["targets"] = fixture::KeysOf({&alice_, &bob_, &carol_});
    repository_.thresholds["targets"] = 2;
    repository_.PublishRoot();
  }

  const std::string& root() { return repository_.root(repository_.versions["root"]); }

  PolicyBytes Signed(const People& people, bool classical_only = false) {
    return fixture::SignedBy(people, formats::typ::kTrustPolicy, PayloadOf(policy_, formats::EncodeTrustPolicy),
                             classical_only);
  }

  std::string Verify(const PolicyBytes& object) {
    const auto verified = VerifyTrustPolicy(TestProvider(), object, AsBytes(root()));
    return verified ? "trusted" : Said(verified.error());
  }

  // After the policy that alice, bob and carol signed under `root_before`.
  std::string VerifyChange(const VerifiedTrustPolicy& before, const std::string& root_before,
                           const PolicyBytes& object) {
    const auto verified = VerifyPolicyChange(TestProvider(), before, AsBytes(root_before), AsBytes(root()), object);
    return verified ? "trusted" : Said(verified.error());
  }

  std::string People(const char* role, const std::string& file) {
    const Status checked = CheckPeople(TestProvider(), policy_, role, AsBytes(root()), AsBytes(file));
    return checked ? "passes" : Said(checked.error());
  }

  Person alice_{"alice"}, bob_{"bob"}, carol_{"carol"}, dave_{"dave"}, erin_{"erin"}, frank_{"frank"}, nora_{"nora"};
  fixture::Repository repository_;
  std::string log_policy_ = LogPolicyWith("quorum w\n");
  formats::TrustPolicy policy_;
};

void Release(json::Object& content) {
  json::Object release;
  release.Set("author", "carol").Set("channel", "stable").Set("manifest", "m").Set("product", "acme/label-ocr");
  release.Set("security-epoch", 1).Set("sequence", 7).Set("size", 1).Set("version", "1.4");
  content.Set("custom", json::Object().Set("edgekeep", json::Object().Set("release", release)));
}

constexpr const char* kTooFewSigned = "bad-signature: too few holders signed in every class";

TEST_F(TrustPolicyTest, NeedsTheRootsQuorumInEveryClass) {
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "trusted");
  EXPECT_EQ(Verify(Signed({&alice_, &bob_})), kTooFewSigned);
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_}, true)), kTooFewSigned);
  EXPECT_EQ(Verify(Signed({&frank_, &nora_})), "untrusted: signers");
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_, &frank_})), "trusted") << "a stranger's is nobody's business";
}

TEST_F(TrustPolicyTest, NamesEnoughPeopleForEveryOrder) {
  formats::OrderRule rule{.kind = formats::OrderKind::kRetire, .quorum = 4};
  EXPECT_TRUE(rule.roles.PushBack(formats::OrderRole::kApprovers) && policy_.orders.PushBack(rule));
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "malformed: trust policy: too few people for orders of a kind");
  policy_.orders[0].quorum = 3;
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "trusted") << "control";
}

// In no rule as well: the next rule may name both.
TEST_F(TrustPolicyTest, NamesNoOfficerWithAKeyOfTheRootsPeople) {
  const Person olga("olga");
  EXPECT_TRUE(policy_.officers.PushBack(olga.Holder()));
  policy_.officers[0].keys = alice_.Holder().keys;
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})),
            "malformed: trust policy: an officer with a key of one of the root's people");
  policy_.officers[0] = olga.Holder();
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "trusted") << "control";
}

TEST_F(TrustPolicyTest, RecoveryKeysSignRootsAndNoPolicy) {
  const Person first("recovery-1"), second("recovery-2"), third("grace");
  const auto with = [&](const Person& one, const Person& other) {
    repository_.keys["root"] = fixture::KeysOf({&alice_, &bob_, &carol_, &one, &other});
    repository_.PublishRoot();
    return Verify(Signed({&alice_, &one, &other}));
  };
  EXPECT_EQ(with(first, second), kTooFewSigned);
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "trusted");
  EXPECT_EQ(with(third, dave_), "trusted");  // control: other names
  // The root itself they sign.
  repository_.keys["root"] = fixture::KeysOf({&alice_, &bob_, &carol_, &first, &second});
  repository_.signers["root"] = fixture::KeysOf({&alice_, &first, &second});
  repository_.PublishRoot();
  EXPECT_TRUE(CheckHolders(TestProvider(), AsBytes(root()), "root", AsBytes(root()),
                           {.required_classes = policy_.required_classes.view()}));
}

TEST_F(TrustPolicyTest, IsRefusedWhenTruncatedOrFlipped) {
  const PolicyBytes object = Signed({&alice_, &bob_, &carol_});
  ASSERT_EQ(Verify(object), "trusted");
  for (std::size_t size = 0; size < object.size(); size += 61) {
    EXPECT_NE(Verify({object.begin(), object.begin() + static_cast<std::ptrdiff_t>(size)}), "trusted") << size;
  }
  for (std::size_t at = 0; at < object.size(); at += 97) {
    PolicyBytes flipped = object;
    flipped[at] ^= 4;
    EXPECT_NE(Verify(flipped), "trusted") << at;
  }
  EXPECT_EQ(Verify(PolicyBytes(formats::kMaxSignedTrustPolicy + 1)), "too-large: trust policy");
}

TEST_F(TrustPolicyTest, NotaryWithoutAKeyOfAClassIsRefused) {
  policy_.notaries[0].keys.PopBack();
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "unsupported: notary without a key of a class");
}

// For production somebody independent of notary and log cosigns, whatever the quorum is made of.
TEST_F(TrustPolicyTest, AQuorumThatNeedsNobodyIndependentIsForDevelopment) {
  ASSERT_TRUE(policy_.dependent_cosigners.PushBack("notary.example"));
  const auto verify = [&](const std::string& log_policy, formats::PolicyProfile profile) {
    policy_.log_policy = log_policy;
    policy_.profile = profile;
    return Verify(Signed({&alice_, &bob_, &carol_}));
  };
  using enum formats::PolicyProfile;
  constexpr const char* kNobodyIndependent = "malformed: production: a quorum of cosigners without an independent one";
  for (const char* rest : {"quorum none\n", "quorum n\n", "group g any w n\nquorum g\n"}) {
    const std::string log_policy = LogPolicyWith(rest);
    EXPECT_EQ(verify(log_policy, kProduction), kNobodyIndependent) << rest;
    EXPECT_EQ(verify(log_policy, kDevelopment), "trusted") << rest;
  }
  EXPECT_EQ(verify(LogPolicyWith("group g all w n\nquorum g\n"), kProduction), "trusted") << "control";
}

// A log policy whose quorum has a witness with this person's key beside it.
std::string LogPolicyWithWitness(const Person& person) {
  const auto key = log::VerifierKey::Create(TestProvider(), "other.example", log::SignatureType::kEd25519Cosignature,
                                            person.classical.public_key());
  std::vector<std::uint8_t> raw = {static_cast<std::uint8_t>(key->type())};
  raw.insert(raw.end(), key->public_key().begin(), key->public_key().end());
  std::string base64(Base64Size(raw.size()), '\0');
  EncodeBase64(raw, base64);
  const std::string line = "witness o other.example+" + std::string(ToHex(key->id().view()).view()) + "+" + base64;
  return LogPolicyWith(line + "\nquorum w\n");
}

TEST_F(TrustPolicyTest, NoLogOrWitnessHasTheNotarysKey) {
  const std::string log_policy = LogPolicyWithWitness(nora_);
  policy_.log_policy = log_policy;
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "malformed: production: a log or witness with a notary's key");
  policy_.notaries[0] = frank_.Holder();
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "trusted") << "control";
}

// An approver who is the witness as well would see to it that nobody else has to have seen what the log says.
TEST_F(TrustPolicyTest, NoLogOrWitnessIsOneOfTheRootsPeople) {
  constexpr const char* kOneOfThem = "malformed: production: a log or witness with a key of one of the root's people";
  const auto first = VerifyTrustPolicy(TestProvider(), Signed({&alice_, &bob_, &carol_}), AsBytes(root())).value();
  policy_.version = 2;
  for (const Person* person : {&dave_, &alice_}) {  // a holder of the root alone; an approver
    const std::string log_policy = LogPolicyWithWitness(*person);
    policy_.log_policy = log_policy;
    policy_.profile = formats::PolicyProfile::kProduction;
    EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), kOneOfThem);
    EXPECT_EQ(VerifyChange(first, root(), Signed({&alice_, &bob_, &carol_})), kOneOfThem);
    policy_.profile = formats::PolicyProfile::kDevelopment;
    EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "trusted") << "for development";
  }
  policy_.profile = formats::PolicyProfile::kProduction;
  const std::string log_policy = LogPolicyWithWitness(frank_);
  policy_.log_policy = log_policy;
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "trusted") << "control";
}

// Whatever a policy that was taken names: another version of Edgekeep allowed it.
TEST_F(TrustPolicyTest, OneThatWasTakenIsReadAgainByWhoSignedItAlone) {
  const auto read = [&](const PolicyBytes& object) {
    const auto verified = VerifyTakenPolicy(TestProvider(), object, AsBytes(root()));
    return verified ? "trusted" : Said(verified.error());
  };
  const std::string with_alice = LogPolicyWithWitness(alice_);
  const std::string with_notary = LogPolicyWithWitness(nora_);
  const std::string with_nobody = LogPolicyWith("quorum none\n");
  for (const std::string& log_policy : {with_alice, with_notary, with_nobody, log_policy_}) {
    policy_.log_policy = log_policy;
    policy_.notaries[0] = (log_policy == log_policy_ ? alice_ : nora_).Holder();
    EXPECT_NE(Verify(Signed({&alice_, &bob_, &carol_})), "trusted") << "control: none is taken anew";
    EXPECT_EQ(read(Signed({&alice_, &bob_, &carol_})), "trusted");
    EXPECT_EQ(read(Signed({&alice_, &bob_})), kTooFewSigned);
  }
}

// One of two keys is enough, whatever name stands beside it; also where the notary is there first.
TEST_F(TrustPolicyTest, NoNotaryIsOneOfTheRootsPeople) {
  constexpr const char* kDouble = "malformed: trust policy: a notary with a key of one of the root's people";
  const auto first = VerifyTrustPolicy(TestProvider(), Signed({&alice_, &bob_, &carol_}), AsBytes(root())).value();
  policy_.version = 2;
  for (const Person* person : {&dave_, &alice_}) {  // a holder of the root alone; an approver
    for (const std::size_t key : {0U, 1U}) {
      policy_.notaries[0] = frank_.Holder();
      policy_.notaries[0].keys[key] = person->Holder().keys[key];
      EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), kDouble);
      EXPECT_EQ(VerifyChange(first, root(), Signed({&alice_, &bob_, &carol_})), kDouble);
    }
  }
  policy_.notaries[0] = frank_.Holder();
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), "trusted") << "control";
  repository_.targets["targets"]["m"] = "manifest";
  const auto release = [&] {
    repository_.PublishTargets("targets", Release);
    return People("targets", repository_.files().at(std::to_string(repository_.versions["targets"]) + ".targets.json"));
  };
  repository_.signers["targets"] = fixture::KeysOf({&alice_, &bob_});
  EXPECT_EQ(release(), "passes") << "control";
  // Under a policy that was taken, releases go on without what they say as people.
  repository_.keys["root"] = fixture::KeysOf({&alice_, &bob_, &carol_, &dave_, &frank_});
  repository_.keys["targets"] = fixture::KeysOf({&alice_, &bob_, &carol_, &dave_});
  repository_.PublishRoot();
  EXPECT_EQ(Verify(Signed({&alice_, &bob_, &carol_})), kDouble);
  EXPECT_EQ(release(), "passes");
  for (const std::size_t key : {0U, 1U}) {
    policy_.notaries[0] = frank_.Holder();
    policy_.notaries[0].keys[key] = alice_.Holder().keys[key];
    EXPECT_EQ(release(), "bad-signature: too few holders signed in every class");
    repository_.signers["targets"] = fixture::KeysOf({&alice_, &bob_, &dave_});
    EXPECT_EQ(release(), "passes") << "with one approver more";
    repository_.signers["targets"] = fixture::KeysOf({&alice_, &bob_});
    policy_.notaries[0].keys[key] = carol_.Holder().keys[key];
    EXPECT_EQ(release(), "untrusted: release: its author has a notary's key");
  }
}

// Two approvers are a quorum of the release's, and none of the root's.
TEST_F(TrustPolicyTest, ApproversSwapNoNotary) {
  const PolicyBytes first = Signed({&alice_, &bob_, &carol_});
  const auto before = VerifyTrustPolicy(TestProvider(), first, AsBytes(root())).value();
  policy_.version = 2;
  policy_.notaries[0] = frank_.Holder();
  EXPECT_EQ(VerifyChange(before, root(), Signed({&alice_, &bob_})), kTooFewSigned);
  EXPECT_EQ(VerifyChange(before, root(), Signed({&alice_, &bob_, &dave_})), "trusted") << "control";
}

TEST_F(TrustPolicyTest, AChangeNeedsTheRootBeforeAndTheNewOne) {
  const auto before = VerifyTrustPolicy(TestProvider(), Signed({&alice_, &bob_, &carol_}), AsBytes(root())).value();
  const std::string root_before = root();
  const Person grace("grace");
  repository_.keys["root"] = fixture::KeysOf({&erin_, &frank_, &grace});
  repository_.PublishRoot();
  policy_.version = 2;
  EXPECT_EQ(VerifyChange(before, root_before, Signed({&erin_, &frank_, &grace})), kTooFewSigned);
  EXPECT_EQ(VerifyChange(before, root_before, Signed({&alice_, &bob_, &erin_})), kTooFewSigned);
  EXPECT_EQ(VerifyChange(before, root_before, Signed({&alice_, &bob_, &erin_, &frank_, &grace})), "trusted");
}

TEST_F(TrustPolicyTest, AChangeIsNewerAndOfTheSameAuthority) {
  const auto before = VerifyTrustPolicy(TestProvider(), Signed({&alice_, &bob_, &carol_}), AsBytes(root())).value();
  EXPECT_EQ(VerifyChange(before, root(), Signed({&alice_, &bob_, &carol_})),
            "wrong-version: trust policy: not a newer one");
  policy_.version = 2;
  policy_.authority = "other";
  EXPECT_EQ(VerifyChange(before, root(), Signed({&alice_, &bob_, &carol_})),
            "wrong-product: trust policy of another authority");
}

// A policy cannot do without a class by leaving it out itself.
TEST_F(TrustPolicyTest, AChangeIsSignedInTheClassesOfThePolicyBefore) {
  const auto before = VerifyTrustPolicy(TestProvider(), Signed({&alice_, &bob_, &carol_}), AsBytes(root())).value();
  policy_.version = 2;
  policy_.profile = formats::PolicyProfile::kDevelopment;
  policy_.required_classes.PopBack();
  EXPECT_EQ(VerifyChange(before, root(), Signed({&alice_, &bob_, &carol_}, true)), kTooFewSigned);
  EXPECT_EQ(VerifyChange(before, root(), Signed({&alice_, &bob_, &carol_})), "trusted");
}

TEST_F(TrustPolicyTest, RepairsOfTimeNeedTheRootsQuorum) {
  const auto policy = VerifyTrustPolicy(TestProvider(), Signed({&alice_, &bob_, &carol_}), AsBytes(root())).value();
  const auto root_version = static_cast<std::uint64_t>(repository_.versions["root"]);
  const formats::TimeRepair said{.number = 4, .time = {99}, .root_version = root_version, .ahead_from = {}};
  const PolicyBytes payload = PayloadOf(said, formats::EncodeTimeRepair);
  const auto verify = [&](const fixture::People& people) {
    return VerifyTimeRepair(TestProvider(), policy, AsBytes(root()),
                            fixture::SignedBy(people, formats::typ::kTimeRepair, payload));
  };
  EXPECT_EQ(Said(verify({&alice_, &bob_}).error()), kTooFewSigned);
  const auto repair = verify({&alice_, &dave_, &erin_});
  ASSERT_TRUE(repair);
  EXPECT_EQ(repair->number, 4U);
  // Whoever signs the next root, if only to renew it, ends the repairs before.
  repository_.PublishRoot();
  EXPECT_EQ(Said(verify({&alice_, &dave_, &erin_}).error()), "wrong-version: repair of time: of another root");
  // Signatures under a policy are none under a repair.
  EXPECT_FALSE(VerifyTimeRepair(TestProvider(), policy, AsBytes(root()),
                                fixture::SignedBy({&alice_, &bob_, &carol_}, formats::typ::kTrustPolicy, payload)));
}

// Two people have four keys, more than a threshold of three.
TEST_F(TrustPolicyTest, TwoPeopleMakeNoRootOfThree) {
  repository_.PublishRoot();
  const std::string now = root();
  repository_.signers["root"] = fixture::KeysOf({&alice_, &bob_});
  repository_.PublishRoot();
  const auto two = CheckPeople(TestProvider(), policy_, "root", AsBytes(now), AsBytes(root()));
  ASSERT_FALSE(two);
  EXPECT_EQ(Said(two.error()), kTooFewSigned);
  fixture::Device device(repository_);
  EXPECT_EQ(device.Refresh(), "bad-signature: signatures of a role");
  repository_.signers["root"] = fixture::KeysOf({&alice_, &bob_, &carol_});
  repository_.PublishRoot();
  EXPECT_TRUE(CheckPeople(TestProvider(), policy_, "root", AsBytes(now), AsBytes(root())));
}

TEST_F(TrustPolicyTest, TargetsNeedApprovalsWithoutTheAuthor) {
  repository_.targets["targets"]["m"] = "manifest";
  const auto targets = [&](const fixture::People& people) {
    repository_.signers["targets"] = fixture::KeysOf(people);
    repository_.PublishTargets("targets", Release);
    return People("targets", repository_.files().at(std::to_string(repository_.versions["targets"]) + ".targets.json"));
  };
  EXPECT_EQ(targets({&alice_}), kTooFewSigned);
  EXPECT_EQ(targets({&alice_, &carol_}), kTooFewSigned) << "carol is the author";
  EXPECT_EQ(targets({&alice_, &bob_}), "passes");
  policy_.min_approvers = 3;
  EXPECT_EQ(targets({&alice_, &bob_}), kTooFewSigned);
  policy_.min_approvers = 2;
  repository_.delegations["targets"] = {{.name = "other", .paths = {"*"}}};
  EXPECT_EQ(targets({&alice_, &bob_}), "unsupported: targets that delegate");
}

}  // namespace
}  // namespace edgekeep::release
