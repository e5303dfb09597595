// What people are shown of who has keys, and what they sign nothing of.
#include "edgekeep/author/fingerprint.h"

#include <algorithm>

#include "../metadata_json.h"
#include "edgekeep/author/holder_keys.h"
#include "edgekeep/author/policy_ceremony.h"
#include "edgekeep/author/signing_folder.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/json/text.h"
#include "release_crew.h"

namespace edgekeep::author {
namespace {

Fingerprint Print(const PublicHolder& holder) {
  return FingerprintOf(TestContext(), holder).value();
}

ListedHolder Listed(const std::vector<ListedHolder>& listed, const std::string& name) {
  const auto found = std::ranges::find(listed, name, &ListedHolder::name);
  return found == listed.end() ? ListedHolder() : *found;
}

TEST(HolderFingerprint, IsOfTheNameAndEveryKeyInAnyOrder) {
  const PublicHolder bob = SharedCrew().Public("bob");
  PublicHolder turned = bob;
  std::ranges::reverse(turned.keys);
  EXPECT_EQ(Print(bob), Print(turned));
  EXPECT_FALSE(Print(bob) == Print(Renamed(bob, "alice")));
  for (std::size_t i = 0; i < bob.keys.size(); ++i) {
    PublicHolder changed = bob;
    changed.keys[i] = OtherKeysOf("bob").holder.keys[i];
    EXPECT_FALSE(Print(bob) == Print(changed));
  }
  const Fingerprint print = Print(bob);
  const std::string text = ShortText(print);
  ASSERT_EQ(text.size(), 24U);
  EXPECT_EQ(text.substr(0, 4) + text.substr(5, 4), std::string(ToHex(print.digest.view()).view()).substr(0, 8));
}

TEST(RootCeremony, ShowsFingerprintsAndWhoseKeysAreOthersThanBefore) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "first", crew.Content()));
  const auto first = ReviewRoot(TestContext(), directory / "first", "");
  EK_ASSERT_DONE(first);
  ASSERT_EQ(first->holders.size(), 4U);
  for (const ListedHolder& one : first->holders) {
    EXPECT_EQ(one.fingerprint, Print(crew.Public(one.name)));
    EXPECT_EQ(one.change, HolderChange::kNone);
  }
  EXPECT_EQ(Listed(first->holders, "bob").roles, (std::vector<std::string>{"root", "targets"}));
  for (const char* name : {"alice", "bob"}) EK_ASSERT_DONE(Sign(directory / "first", "", crew.Keys(name)));
  const auto root = FinishRoot(TestContext(), directory / "first", "");
  EK_ASSERT_DONE(root);
  EK_ASSERT_DONE(StartRootChange(TestContext(), directory / "second", *root,
                                 {.replace = {OtherKeysOf("carol").holder},
                                  .remove = {},
                                  .add = {OtherKeysOf("dave").holder},
                                  .expires = {kNow.value + 2000}}));
  const auto second = ReviewRoot(TestContext(), directory / "second", *root);
  EK_ASSERT_DONE(second);
  EXPECT_EQ(Listed(second->holders, "alice").change, HolderChange::kNone);
  EXPECT_EQ(Listed(second->holders, "carol").change, HolderChange::kOtherKeys);
  EXPECT_EQ(Listed(second->holders, "carol").fingerprint, Print(OtherKeysOf("carol").holder));
  EXPECT_EQ(Listed(second->holders, "dave").change, HolderChange::kNew);
}

// Key ids are labels: whoever leads a ceremony can put another key under the id that the root before has for it.
TEST(RootCeremony, ShowsOtherKeysUnderTheIdsOfTheRootBefore) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "first", crew.Content()));
  for (const char* name : {"alice", "bob"}) EK_ASSERT_DONE(Sign(directory / "first", "", crew.Keys(name)));
  const auto root = FinishRoot(TestContext(), directory / "first", "");
  EK_ASSERT_DONE(root);
  const std::string folder = directory / "second";
  EK_ASSERT_DONE(StartRootChange(TestContext(), folder, *root, {.expires = {kNow.value + 2000}}));
  const auto honest = ReviewRoot(TestContext(), folder, *root);  // control
  EK_ASSERT_DONE(honest);
  EXPECT_EQ(Listed(honest->holders, "carol").change, HolderChange::kNone);
  const auto public_text = [](const PublicHolder& holder) {
    return std::string(*(*holder.keys[0].Find("keyval")->AsObject())->Find("public")->AsText());
  };
  const Buffer bytes = ReadAll(folder + "/content.json");
  std::string text(bytes.begin(), bytes.end());
  const std::string own = public_text(crew.Public("carol"));
  ASSERT_NE(text.find(own), std::string::npos);
  text.replace(text.find(own), own.size(), public_text(OtherKeysOf("carol").holder));
  WriteAll(folder + "/content.json", Buffer(text.begin(), text.end()));
  const auto review = ReviewRoot(TestContext(), folder, *root);
  EK_ASSERT_DONE(review);
  EXPECT_EQ(Listed(review->holders, "carol").change, HolderChange::kOtherKeys);
  EXPECT_NE(std::ranges::find(review->changes, "root: carol has other keys"), review->changes.end());
  ExpectFailure(Sign(folder, *root, crew.Keys("carol")), ErrorCode::kUntrusted, "other keys than yours");
}

TEST(RootCeremony, NobodySignsWhereTheirNameOrKeysAreSomebodyElses) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  RootContent theirs = crew.Content();
  for (Role* role : {&theirs.root, &theirs.targets}) role->holders[1] = OtherKeysOf("bob").holder;
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "name", theirs));
  ExpectFailure(Sign(directory / "name", "", crew.Keys("bob")), ErrorCode::kUntrusted,
                "other keys than yours under your name bob");
  EK_ASSERT_DONE(Sign(directory / "name", "", crew.Keys("alice")));  // it cannot be known to others than bob
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "right", crew.Content()));
  EK_ASSERT_DONE(Sign(directory / "right", "", crew.Keys("bob")));  // control
  ExpectFailure(CheckOwnKeys({{.name = "zoe", .roles = {}, .fingerprint = Print(Renamed(crew.Public("bob"), "zoe"))}},
                             "bob", Print(crew.Public("bob")), "root"),
                ErrorCode::kUntrusted, "your keys under the name zoe");
}

// What whoever leads a ceremony writes by hand: keys that no role lists.
void AddUnlistedKeys(const std::string& folder, const std::vector<json::Object>& added) {
  const Buffer bytes = ReadAll(folder + "/content.json");
  const json::Value file = json::Parse(std::string(bytes.begin(), bytes.end())).value();
  json::Object content = **(*file.AsObject())->Find("signed")->AsObject();
  json::Object keys = **content.Find("keys")->AsObject();
  for (const json::Object& key : added) keys.Set(KeyIdText(TestContext(), key).value(), key);
  content.Set("keys", keys);
  const std::string text = json::Write(json::Object().Set("signatures", json::Array{}).Set("signed", content));
  WriteAll(folder + "/content.json", Buffer(text.begin(), text.end()));
}

// Roles and fingerprints are bob's own; what verifies under his name would be somebody else's, or nothing at all.
TEST(RootCeremony, HidesNoKeysUnderAName) {
  const Crew& crew = SharedCrew();
  json::Object unknown = OtherKeysOf("bob").holder.keys[0];
  unknown.Set("keytype", "of-another-time");
  const std::vector<std::vector<json::Object>> cases = {OtherKeysOf("bob").holder.keys, {unknown}, {}};
  for (const std::vector<json::Object>& hidden : cases) {
    const Directory directory;
    const std::string folder = directory / "ceremony";
    EK_ASSERT_DONE(StartRoot(TestContext(), folder, crew.Content()));
    AddUnlistedKeys(folder, hidden);
    // Everybody signs whatever is shown to them.
    const auto signing = SigningFolder::Open(TestContext(), folder);
    EK_ASSERT_DONE(signing);
    for (const char* name : {"alice", "bob"}) EK_ASSERT_DONE(signing->Sign(TestContext(), crew.Keys(name)));
    const auto root = signing->Assemble(TestContext(), {signing->content_text()});
    EK_ASSERT_DONE(root);
    if (hidden.empty()) {  // control
      EK_ASSERT_DONE(ReviewRoot(TestContext(), folder, ""));
      EK_ASSERT_DONE(FinishRoot(TestContext(), folder, ""));
      const auto people = ReadRootPeople(TestContext(), *root);
      EK_ASSERT_DONE(people);
      ASSERT_EQ(people->people.size(), 3U);
      for (const VerifyingHolder& one : people->people) EXPECT_EQ(one.keys.size(), 2U);
      continue;
    }
    const char* const kRefusal = "a key that no role lists";
    ExpectFailure(ReviewRoot(TestContext(), folder, ""), ErrorCode::kMalformed, kRefusal);
    ExpectFailure(SignRoot(TestContext(), folder, "", signing->digest(), crew.Keys("carol")), ErrorCode::kMalformed,
                  kRefusal);
    ExpectFailure(FinishRoot(TestContext(), folder, ""), ErrorCode::kMalformed, kRefusal);
    ExpectFailure(CheckTrustedRoot(TestContext(), *root, "root"), ErrorCode::kMalformed, kRefusal);
    ExpectFailure(ReadRootPeople(TestContext(), *root), ErrorCode::kMalformed, kRefusal);
  }
}

TEST(RootCeremony, WhoHasNewKeysSaysSoToSignWithThoseBefore) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "first", crew.Content()));
  for (const char* name : {"alice", "bob"}) EK_ASSERT_DONE(Sign(directory / "first", "", crew.Keys(name)));
  const auto root = FinishRoot(TestContext(), directory / "first", "");
  EK_ASSERT_DONE(root);
  const std::string folder = directory / "second";
  const PublicHolder& next = OtherKeysOf("bob").holder;
  EK_ASSERT_DONE(StartRootChange(TestContext(), folder, *root, {.replace = {next}, .expires = {kNow.value + 2000}}));
  const auto sign = [&](const ReleaseKeys& keys, const PublicHolder* new_keys) {
    return SignRoot(TestContext(), folder, *root, ReviewRoot(TestContext(), folder, *root)->digest, keys, new_keys);
  };
  ExpectFailure(sign(crew.Keys("bob"), nullptr), ErrorCode::kUntrusted, "other keys than yours");
  const PublicHolder third = Renamed(OtherKeysOf("zoe").holder, "bob");
  ExpectFailure(sign(crew.Keys("bob"), &third), ErrorCode::kUntrusted, "other keys than yours");
  ExpectFailure(sign(OtherKeysOf("bob"), &next), ErrorCode::kBadArgument, "new keys");
  EK_ASSERT_DONE(sign(crew.Keys("bob"), &next));
  EK_ASSERT_DONE(sign(OtherKeysOf("bob"), nullptr));
}

TEST(RootCeremony, NobodyHasTwoNamesOrTwoSetsOfKeysInDifferentRoles) {
  const Directory directory;
  RootContent two_names = SharedCrew().Content();
  two_names.targets.holders[1] = Renamed(SharedCrew().Public("bob"), "zoe");
  ExpectFailure(StartRoot(TestContext(), directory / "ceremony", two_names), ErrorCode::kMalformed,
                "one key, two holders");
  RootContent two_sets = SharedCrew().Content();
  two_sets.targets.holders[1] = OtherKeysOf("bob").holder;
  ExpectFailure(StartRoot(TestContext(), directory / "ceremony", two_sets), ErrorCode::kMalformed,
                "bob has other keys in role");
  RootContent few = SharedCrew().Content();
  few.root.holders[2] = Renamed(OtherKeysOf("zoe").holder, "recovery-1");
  few.root.threshold = 3;
  ExpectFailure(StartRoot(TestContext(), directory / "ceremony", few), ErrorCode::kMalformed, "fewer holders than");
  few.root.threshold = 2;
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "ceremony", few));  // control
}

TEST(PolicyCeremony, NobodySignsWhereTheirNameOrKeysAreSomebodyElses) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "root", crew.Content()));
  for (const char* name : {"alice", "bob"}) EK_ASSERT_DONE(Sign(directory / "root", "", crew.Keys(name)));
  const auto root = FinishRoot(TestContext(), directory / "root", "");
  EK_ASSERT_DONE(root);
  const PolicyRoots roots{.root = *root, .root_before = {}};
  PolicyContent content{.authority = "acme",
                        .profile = formats::PolicyProfile::kDevelopment,
                        .issued_at = kNow,
                        .notaries = {Renamed(crew.Public("bob"), "notary")},
                        .min_independent_witnesses = 0,
                        .dependent_cosigners = {},
                        .log_policy = "quorum none\n"};
  EK_ASSERT_DONE(StartPolicy(TestContext(), directory / "policy", content));
  const auto review = ReviewPolicy(TestContext(), directory / "policy", roots);
  EK_ASSERT_DONE(review);
  EXPECT_EQ(Listed(review->holders, "notary").fingerprint, Print(content.notaries[0]));
  EXPECT_EQ(Listed(review->holders, "carol").fingerprint, Print(crew.Public("carol")));
  const auto sign = [&](const ReleaseKeys& keys) {
    return SignPolicy(TestContext(), directory / "policy", roots, review->digest, keys);
  };
  ExpectFailure(sign(crew.Keys("bob")), ErrorCode::kUntrusted, "your keys under the name notary");
  ExpectFailure(sign(OtherKeysOf("alice")), ErrorCode::kUntrusted, "other keys than yours under your name alice");
  ExpectFailure(sign(crew.Keys("alice")), ErrorCode::kMalformed, "a notary with a key of one of the root's people");
  content.notaries = {OtherKeysOf("notary").holder};
  EK_ASSERT_DONE(StartPolicy(TestContext(), directory / "other", content));
  const auto other = ReviewPolicy(TestContext(), directory / "other", roots);
  EK_ASSERT_DONE(other);
  EK_ASSERT_DONE(SignPolicy(TestContext(), directory / "other", roots, other->digest, crew.Keys("alice")));  // control
}

}  // namespace
}  // namespace edgekeep::author
