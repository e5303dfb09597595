// What a device under releases refuses, each with the missing piece supplied as a control.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/release_proof.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::kNow;
using fixture::ReleasedDevice;
using release::fixture::KeysOf;

constexpr UnixTime kYear2099{4'070'908'800};

using ReleasesTest = ReleasedDevice;

TEST_F(ReleasesTest, InstallsWhatEverybodyStandsBehind) {
  Release();
  EXPECT_EQ(Update(), "installed");
  EK_ASSERT_OK(device_.Open());
  const auto status = device_.Status().value();
  ASSERT_TRUE(status.releases);
  EXPECT_EQ(status.releases->policy_version, 1U);
  EXPECT_EQ(status.releases->targets_version, 2U);
}

TEST_F(ReleasesTest, InstallsNothingThatWasNotReleased) {
  EXPECT_EQ(Install(), "bad-state");
  Release();
  ASSERT_EQ(world_.Refresh(device_), "done");
  const auto other = publisher_.Seal({3}, fixture::Pattern(5000, 8));
  EK_EXPECT_ERROR(device_.Install(other, publisher_.Grant(other, {4}), licence_), ErrorCode::kNotFound);
  // The sealed file is released, another grant for it is not.
  EK_EXPECT_ERROR(device_.Install(package_, publisher_.Grant(package_, {4}), licence_), ErrorCode::kNotFound);
  EXPECT_EQ(Install(), "installed") << "control";
}

TEST_F(ReleasesTest, ControlWithoutARootNoReleaseIsDemanded) {
  fixture::TestDevice plain;
  ASSERT_TRUE(plain.Start());
  EK_ASSERT_OK(plain.Initialise(publisher_.Bundle()));
  EXPECT_FALSE(plain.Status()->releases);
  EK_ASSERT_OK(plain.Install(package_, grant_, plain.Licence(publisher_)));
  EXPECT_EQ(world_.Refresh(plain), "bad-state");
}

TEST_F(ReleasesTest, OneApproverIsNotEnough) {
  world_.approvals = {KeysOf({&world_.alice})[0], KeysOf({&world_.erin})[0]};
  Release();
  EXPECT_EQ(Update(), "bad-signature");
  EXPECT_TRUE(device_.journal.Mentions("too few holders signed in every class"));
  world_.approvals = KeysOf({&world_.alice, &world_.bob});
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

// TUF's threshold of two keys is reached.
TEST_F(ReleasesTest, TwoKeysOfOnePersonAreOnePerson) {
  world_.approvals = KeysOf({&world_.alice});
  Release();
  EXPECT_EQ(Update(), "bad-signature");
  world_.approvals = KeysOf({&world_.alice, &world_.bob});
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, TheAuthorApprovesNothing) {
  world_.approvals = KeysOf({&world_.alice, &world_.erin});
  Release();
  EXPECT_EQ(Update(), "bad-signature");
  world_.approvals = KeysOf({&world_.alice, &world_.erin, &world_.dave});
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, OneClassOfAlgorithmsIsNotEnough) {
  const auto alice = KeysOf({&world_.alice});
  world_.approvals = {alice[0], alice[1], KeysOf({&world_.bob})[0]};
  Release();
  EXPECT_EQ(Update(), "bad-signature");
  world_.approvals = KeysOf({&world_.alice, &world_.bob});
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, AServiceSignsInEveryClassToo) {
  world_.repository.signers["timestamp"] = {KeysOf({&world_.online})[0]};
  Release();
  EXPECT_EQ(Update(), "bad-signature");
  world_.repository.signers["timestamp"] = KeysOf({&world_.online});
  world_.Renew();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, AQuorumWithoutAVerdictIsNotEnough) {
  world_.proof.has_verdict = false;
  Release();
  EXPECT_EQ(Update(), "not-found");
  EXPECT_EQ(Install(), "bad-state");
  world_.proof.has_verdict = true;
  world_.Prove();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, AnUnfavourableVerdictIsNoneAndNoneOnAnotherLog) {
  world_.proof.findings = {{formats::VerdictReason::kWaitingTime, "too early"}};
  Release();
  EXPECT_EQ(Update(), "forbidden");
  world_.proof.findings.clear();
  world_.proof.judged_log = "other.example";  // all of whose entries somebody entered into the policy's log
  world_.Prove();
  EXPECT_EQ(Update(), "wrong-product");
  EXPECT_EQ(Install(), "bad-state");
  world_.proof.judged_log = "log.example";
  world_.Prove();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, AVerdictIsTheNotarysInEveryClass) {
  world_.proof.notary = &world_.mallory;
  Release();
  EXPECT_EQ(Update(), "untrusted");
  world_.proof.notary = &world_.nora;
  world_.proof.notary_in_one_class = true;
  world_.Prove();
  EXPECT_EQ(Update(), "bad-signature");
  world_.proof.notary_in_one_class = false;
  world_.Prove();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, TheNotaryIsNoIndependentWitness) {
  fixture::TestDevice device;
  ASSERT_TRUE(device.Start());
  world_.policy.min_independent_witnesses = 2;
  EK_ASSERT_OK(world_.Initialise(device, publisher_.Bundle()));
  Release();  // notary and witness are the log policy's quorum of two
  EXPECT_EQ(world_.Refresh(device), "untrusted");
  EXPECT_TRUE(device.journal.Mentions("too few independent witnesses"));
  world_.proof.cosignatures.push_back({&world_.log.second, {kNow.value - 40}});
  world_.Prove();
  EXPECT_EQ(world_.Refresh(device), "done") << "control";
}

TEST_F(ReleasesTest, AQuorumOfCosignersIsDemanded) {
  const auto cosignatures = world_.proof.cosignatures;
  world_.proof.cosignatures.pop_back();
  Release();
  EXPECT_EQ(Update(), "untrusted");
  world_.proof.cosignatures = cosignatures;
  world_.Prove();
  EXPECT_EQ(Update(), "installed") << "control";
}

// The log signs a second history for this device alone; whoever saw the first one cosigns none of it.
TEST_F(ReleasesTest, AProofFromAForkedLogIsRefused) {
  Release();
  const fixture::Buffer good = world_.served.begin()->second;
  world_.proof.is_fork = true;
  world_.proof.cosignatures.pop_back();
  world_.served.begin()->second = world_.log.Prove(world_.proof);
  EXPECT_EQ(Update(), "untrusted");
  // A log of the same name by somebody who has none of its keys.
  world_.served.begin()->second = fixture::TestLog().Prove(world_.proof);
  EXPECT_EQ(Update(), "bad-signature");
  world_.served.begin()->second = good;
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, AnotherReleasesProofIsRefused) {
  Release();
  const fixture::Buffer other = world_.served.begin()->second;
  world_.served.clear();
  Release();
  const fixture::Buffer good = world_.served.begin()->second;
  world_.served.begin()->second = other;
  EXPECT_EQ(Update(), "wrong-product");
  world_.served.begin()->second = good;
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, NoProofIsNoRelease) {
  Release();
  const auto proofs = world_.served;
  world_.served.clear();
  EXPECT_EQ(Update(), "not-found");
  world_.served = proofs;
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, AFrozenRepositoryExpires) {
  world_.repository.expires["timestamp"] = "2027-01-15T12:00:00Z";  // four hours after kNow
  Release();
  EXPECT_EQ(Update(), "installed");
  device_.clock.Pass(5 * 3600);
  EXPECT_EQ(Update(), "expired");
  // Refreshed in time, it is not installable for ever either.
  world_.repository.expires["timestamp"] = "2027-01-15T20:00:00Z";
  world_.Renew();
  EXPECT_EQ(world_.Refresh(device_), "done") << "control";
  device_.clock.Pass(12 * 3600);
  EXPECT_EQ(Install(), "expired");
}

TEST_F(ReleasesTest, AFrozenRepositoryExpiresByTheTimeOfCosigners) {
  world_.repository.expires["timestamp"] = "2027-01-15T12:00:00Z";
  device_.clock.Set({1'799'999'000});  // turned back a little
  world_.proof.cosignatures = {{&world_.log.notary, {kNow.value + 86400}}, {&world_.log.witness, {kNow.value + 86400}}};
  Release();
  EXPECT_EQ(Update(), "expired");
  world_.repository.expires["timestamp"] = "2027-01-17T12:00:00Z";
  world_.Renew();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, AMixedRepositoryIsRefused) {
  Release();
  ASSERT_EQ(world_.Refresh(device_), "done");
  auto& files = world_.repository.files();
  const std::string old_snapshot = files.at("2.snapshot.json");
  Release();
  const std::string good = files.at("3.snapshot.json");
  files["3.snapshot.json"] = old_snapshot;
  EXPECT_EQ(Update(), "wrong-version");
  files["3.snapshot.json"] = good;
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, AnOldRepositoryIsRefused) {
  Release();
  const auto old = world_.repository.files();
  Release();
  ASSERT_EQ(Update(), "installed");
  const auto now = std::exchange(world_.repository.files(), old);
  EXPECT_EQ(Update(), "wrong-version");
  world_.repository.files() = now;
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, ASecurityEpochBelowTheFloorIsRefused) {
  Release(5);
  ASSERT_EQ(Update(), "installed");
  Release(4);
  EXPECT_EQ(Update(), "wrong-version");
  EXPECT_TRUE(device_.journal.Mentions("security epoch below the floor"));
  // The floor is in the record: a restart does not lower it.
  device_.PowerCycle(fixture::Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Update(), "wrong-version");
  Release(5);
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, ACosignatureFromTheYear2099MovesNothing) {
  world_.proof.cosignatures = {{&world_.log.notary, {kNow.value - 50}}, {&world_.log.witness, kYear2099}};
  Release();
  EXPECT_EQ(Update(), "untrusted");
  EXPECT_LT(device_.Status()->releases->time_floor, kYear2099);
  // Beside a quorum it is nobody's business.
  world_.proof.cosignatures.push_back({&world_.log.second, {kNow.value - 40}});
  world_.Prove();
  EXPECT_EQ(Update(), "installed") << "control";
  EXPECT_EQ(device_.Status()->releases->time_floor, UnixTime{kNow.value - 50});
  device_.PowerCycle(fixture::Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EK_ASSERT_OK(device_.Open());
}

// A quorum that lies together moves the floor by the policy's step at the most.
TEST_F(ReleasesTest, AQuorumMovesTheFloorBoundedly) {
  const std::uint64_t step = world_.policy.max_time_step;
  const std::uint64_t floor = device_.Status()->releases->time_floor.value;
  world_.proof.cosignatures = {{&world_.log.notary, {kNow.value + step + 1}},
                               {&world_.log.witness, {kNow.value + step + 1}}};
  Release();
  EXPECT_EQ(Update(), "untrusted");
  world_.proof.cosignatures = {{&world_.log.notary, {kNow.value + step}}, {&world_.log.witness, {kNow.value + step}}};
  world_.Prove();
  EXPECT_EQ(Update(), "installed") << "control";
  EXPECT_EQ(device_.Status()->releases->time_floor, UnixTime{floor + step});
}

// Whoever turns the clock lets cosigners that lie move the floor by no more than they would without it.
TEST_F(ReleasesTest, ATurnedClockTakesTheFloorNoFurther) {
  const std::uint64_t step = world_.policy.max_time_step;
  const std::uint64_t floor = device_.Status()->releases->time_floor.value;
  const UnixTime late{kNow.value + step + 20 * 86400};
  device_.clock.Set({kNow.value + 20 * 86400});
  world_.proof.cosignatures = {{&world_.log.notary, late}, {&world_.log.witness, late}};
  Release();
  EXPECT_EQ(Update(), "installed");
  EXPECT_EQ(device_.Status()->releases->time_floor.value, floor + step);
}

TEST_F(ReleasesTest, NoLicenceMovesTheFloor) {
  Release();
  licence_ = device_.Licence(publisher_, [](formats::Licence& licence) { licence.issued_at = kYear2099; });
  EXPECT_EQ(Update(), "installed");
  EXPECT_LT(device_.Status()->releases->time_floor, kYear2099);
}

TEST_F(ReleasesTest, MetadataThatWasChangedOnTheDiskIsDenied) {
  Release();
  ASSERT_EQ(Update(), "installed");
  device_.Stop();
  // A thief of the disk puts their own root there, rightly signed by their own keys.
  std::vector<std::uint8_t>& stored = *device_.disk->ContentsOf("metadata.root.json");
  const std::vector<std::uint8_t> good = stored;
  fixture::ReleaseWorld theirs;
  stored = fixture::ToBuffer(AsBytes(theirs.root()));
  stored.insert(stored.end(), good.end() - 32, good.end());
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Update(), "denied");
  stored = good;
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Update(), "installed") << "control";
}

// Taking away what demands releases makes it no device without demands.
TEST_F(ReleasesTest, WithoutItsPoliciesADeviceIsDenied) {
  device_.Stop();
  const std::vector<std::uint8_t> good = *device_.disk->ContentsOf("policies");
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 20) {
    (*device_.disk->ContentsOf("policies"))[at] ^= 1;
    ASSERT_TRUE(device_.Start());
    EXPECT_EQ(Install(), "denied");
    *device_.disk->ContentsOf("policies") = good;
  }
  EK_ASSERT_OK(device_.disk->Remove("policies"));
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Install(), "denied");
}

TEST_F(ReleasesTest, TwoPeopleWithFourKeysChangeNoRoot) {
  Release();
  world_.repository.signers["root"] = KeysOf({&world_.alice, &world_.bob});
  world_.repository.PublishRoot();
  EXPECT_EQ(Update(), "bad-signature");
  world_.repository.versions["root"] -= 1;
  world_.repository.signers["root"] = KeysOf({&world_.alice, &world_.bob, &world_.carol});
  world_.repository.PublishRoot();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, TargetsThatDelegateAreRefused) {
  world_.repository.delegations["targets"] = {{.name = "other", .paths = {"*"}}};
  Release();
  EXPECT_EQ(Update(), "unsupported");
  world_.repository.delegations.clear();
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

// Whatever comes through the door is refused by name, and the keep answers on.
TEST_F(ReleasesTest, HostileMetadataEndsInAnError) {
  Release();
  auto& files = world_.repository.files();
  const auto good = files;
  const auto proofs = world_.served;
  const std::string deep(100'000, '[');
  for (const std::string name : {"3.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"}) {
    for (const std::string& bytes :
         {std::string(), std::string("{}"), deep, std::string(600'000, ' '),
          good.contains(name) ? good.at(name).substr(0, good.at(name).size() / 2) : std::string("null")}) {
      files = good;
      files[name] = bytes;
      const std::string said = Update();
      EXPECT_TRUE(said != "installed" && said != "without end") << name << ": " << said;
      EXPECT_TRUE(device_.Status());
    }
  }
  files = good;
  for (auto& [name, bytes] : world_.served) bytes.assign(formats::kMaxReleaseProofSize, 0xA5);
  EXPECT_EQ(Update(), "malformed");
  for (auto& [name, bytes] : world_.served) bytes.assign(formats::kMaxReleaseProofSize + 1, 0xA5);
  EXPECT_EQ(Update(), "too-large");
  world_.served = proofs;
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasesTest, FilesThatNobodyWantedAreRefused) {
  const auto give = [&](std::uint8_t outcome, std::vector<int> descriptors) {
    const fixture::Buffer body = {outcome};
    const auto reply = device_.Ask(Door::kAdministrator, gate::Command::kGiveReleaseFile, body, std::move(descriptors));
    return reply ? std::string("taken") : std::string(edgekeep::NameOf(reply.error().code()));
  };
  EXPECT_EQ(give(2, {}), "bad-state");
  Release();
  ASSERT_TRUE(device_.Ask(Door::kAdministrator, gate::Command::kRefreshRelease, {}));
  EXPECT_EQ(give(4, {}), "malformed");
  EXPECT_EQ(give(1, {}), "bad-argument");
  EXPECT_EQ(give(1, {1, 2}), "bad-argument");
  EXPECT_EQ(give(2, {1}), "bad-argument");
  EXPECT_EQ(give(3, {}), "io");
  EXPECT_EQ(give(2, {}), "bad-state") << "the refresh has ended";
  EXPECT_EQ(Update(), "installed") << "control";
}

}  // namespace
}  // namespace edgekeep::keep
