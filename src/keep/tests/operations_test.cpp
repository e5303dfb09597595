// Operations policies on a device: who may bring one, what they demand of an open, and that nothing older comes back.
#include <cstdlib>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/operations_policy.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Survival;
using formats::Isolation;
using formats::OperationsDemands;
using formats::OperationsPolicy;

Buffer Encoded(const OperationsPolicy& policy) {
  Buffer bytes(formats::kMaxOperationsPolicySize);
  CborWriter out(bytes);
  EXPECT_TRUE(formats::EncodeOperationsPolicy(policy, out));
  bytes.resize(out.written().size());
  return bytes;
}

OperationsPolicy OperationsOf(std::uint64_t version, const OperationsDemands& demands = {}) {
  return {.version = version, .authority = InlineString<63>::Truncated("acme"), .demands = demands};
}

const OperationsDemands kVmFloor{.isolation_floor = Isolation::kVm};

class OperationsOnDevice : public fixture::ReleasedDevice {
 protected:
  OperationsOnDevice() {
    licence_ = device_.Licence(publisher_, [](auto& licence) { licence.terms.allows_export = true; });
    Release();
    EXPECT_EQ(Update(), "installed");
  }

  // Released, refreshed and handed in: "counts", or the error's name.
  std::string Bring(const OperationsPolicy& policy) {
    const Buffer bytes = Encoded(policy);
    world_.ReleaseOperations(policy.version, bytes);
    return HandIn(bytes);
  }

  std::string HandIn(const Buffer& bytes, const std::string& directory = "") {
    const std::string refreshed = world_.Refresh(device_, directory);
    return refreshed == "done" ? world_.Adopt(device_, bytes) : "refresh: " + refreshed;
  }

  // 0: none is in force.
  std::uint64_t InForce() {
    const auto releases = *device_.Status().value().releases;
    if (releases.operations.empty()) return 0;
    return formats::DecodeOperationsPolicy(releases.operations.view()).value().version;
  }

  std::string Open(std::uint32_t threads = 0) {
    const auto opened = device_.Open(fixture::kProduct, 0, threads);
    return opened ? "opened" : edgekeep::NameOf(opened.error().code());
  }
};

TEST_F(OperationsOnDevice, TheFloorIsEnforcedAndEndsWithTheNextRelease) {
  ASSERT_EQ(Open(), "opened") << "control";
  const std::size_t running = device_.sessions.size();
  ASSERT_EQ(Bring(OperationsOf(1, kVmFloor)), "counts");
  EXPECT_EQ(InForce(), 1U);
  const int uses = device_.anchor->num_kem_uses();
  EXPECT_EQ(Open(), "forbidden");
  EXPECT_EQ(device_.anchor->num_kem_uses(), uses) << "no secret key for what may not be opened";
  EXPECT_TRUE(device_.journal.Mentions("operations policy: demands isolation 'vm', this device has less"));
  EXPECT_EQ(device_.sessions.size(), running) << "what is open goes on";
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "forbidden") << "after a start too";
  ASSERT_EQ(Bring(OperationsOf(2)), "counts");
  EXPECT_EQ(Open(), "opened");
}

TEST_F(OperationsOnDevice, AFloorThatTheDeviceReachesLetsOpen) {
  device_.settings.keep_isolation = device_.settings.cell_isolation = Isolation::kVm;
  device_.anchor->set_kind(ports::AnchorKind::kTpm2);
  ASSERT_TRUE(device_.Start());
  ASSERT_EQ(Bring(OperationsOf(1, kVmFloor)), "counts");
  EXPECT_EQ(Open(), "opened");
  ASSERT_EQ(Bring(OperationsOf(2, {.isolation_floor = Isolation::kTrustZone})), "counts");
  EXPECT_EQ(Open(), "forbidden");
}

TEST_F(OperationsOnDevice, AProductsOwnFloorIsOfNoOther) {
  OperationsPolicy policy = OperationsOf(1);
  ASSERT_TRUE(policy.products.PushBack({ProductName::Parse("acme/other").value(), kVmFloor}));
  ASSERT_EQ(Bring(policy), "counts");
  EXPECT_EQ(Open(), "opened");
  policy.version = 2;
  policy.products[0].product = ProductName::Parse(fixture::kProduct).value();
  ASSERT_EQ(Bring(policy), "counts");
  EXPECT_EQ(Open(), "forbidden");
}

TEST_F(OperationsOnDevice, NoApplicationGetsMoreThanIsAllowed) {
  EXPECT_EQ(Open(8), "opened") << "control";
  EXPECT_EQ(device_.cells.last_policy.memory_budget, std::nullopt) << "control";
  EXPECT_TRUE(device_.Export({""})) << "control";
  device_.CloseAll();
  OperationsPolicy policy = OperationsOf(1, {.threads = 2, .memory_budget = 4096, .forbids_export = true});
  policy.sessions = 1;
  ASSERT_EQ(Bring(policy), "counts");
  EXPECT_EQ(Open(8), "too-large");
  EXPECT_EQ(Open(2), "opened");
  EXPECT_EQ(device_.cells.last_threads, 2U);
  EXPECT_EQ(device_.cells.last_policy.memory_budget, 4096U);
  EXPECT_EQ(Open(), "busy");
  EXPECT_TRUE(device_.journal.Mentions("as many sessions as the operations policy allows"));
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kForbidden);
}

TEST_F(OperationsOnDevice, ApproversBelowTheQuorumChangeNothing) {
  world_.approvals = release::fixture::KeysOf({&world_.alice});
  EXPECT_EQ(Bring(OperationsOf(1)), "refresh: bad-signature");
  EXPECT_EQ(world_.Adopt(device_, Encoded(OperationsOf(1))), "bad-state");
  world_.approvals = release::fixture::KeysOf({&world_.alice, &world_.bob});
  world_.proof.has_verdict = false;
  EXPECT_EQ(Bring(OperationsOf(1)), "refresh: not-found") << "no verdict";
  world_.proof.has_verdict = true;
  EXPECT_EQ(InForce(), 0U);
  EXPECT_EQ(Bring(OperationsOf(1)), "counts") << "control";
}

TEST_F(OperationsOnDevice, OnlyTheVersionsAboveTheLastOneFollow) {
  ASSERT_EQ(Bring(OperationsOf(2, kVmFloor)), "counts");
  EXPECT_EQ(Bring(OperationsOf(1)), "wrong-version");
  EXPECT_EQ(Bring(OperationsOf(2)), "wrong-version") << "another one of that version";
  EXPECT_EQ(InForce(), 2U);
  const std::uint64_t count = device_.counter.value;
  EXPECT_EQ(Bring(OperationsOf(2, kVmFloor)), "counts") << "the same again";
  EXPECT_EQ(Open(), "forbidden");
  // Three files of metadata, and twice which versions of them were seen.
  EXPECT_LE(device_.counter.value - count, 5U) << "metadata alone were written";
  EXPECT_EQ(Bring(OperationsOf(3)), "counts") << "control";
}

TEST_F(OperationsOnDevice, NoVersionClosesTheSeries) {
  for (const std::uint64_t version : {UINT64_MAX, formats::kMaxOperationsStep + 1})
    EXPECT_EQ(Bring(OperationsOf(version, kVmFloor)), "wrong-version") << version;
  ASSERT_EQ(Bring(OperationsOf(formats::kMaxOperationsStep)), "counts") << "control";
  EXPECT_EQ(Bring(OperationsOf(UINT64_MAX, kVmFloor)), "wrong-version");
  EXPECT_EQ(Bring(OperationsOf(2 * formats::kMaxOperationsStep + 1, kVmFloor)), "wrong-version");
  EXPECT_EQ(Bring(OperationsOf(2 * formats::kMaxOperationsStep)), "counts") << "control";
}

TEST_F(OperationsOnDevice, ChannelsOfModelsHaveNone) {
  world_.operations_channel = "beta";
  EXPECT_EQ(Bring(OperationsOf(1)), "wrong-product");
  EXPECT_EQ(InForce(), 0U);
  world_.operations_channel = "stable";
  EXPECT_EQ(Bring(OperationsOf(1)), "counts") << "control";
}

// A device that never had any takes the newest that is named, though an older one is still proven.
TEST_F(OperationsOnDevice, ASupersededOneIsRefused) {
  const std::string first = "acme/operations-policy/stable/1";
  const Buffer older = Encoded(OperationsOf(1));
  const Buffer newer = Encoded(OperationsOf(12, kVmFloor));
  world_.ProveOperationsAt(1, older);
  world_.ReleaseOperations(12, newer);
  EXPECT_EQ(HandIn(older, first), "wrong-version");
  EXPECT_TRUE(device_.journal.Mentions("operations policy 12 is released"));
  EXPECT_EQ(InForce(), 0U);
  EXPECT_EQ(HandIn(newer, first), "counts") << "control";
}

// What no device could take next does not stand in the way.
TEST_F(OperationsOnDevice, OneThatIsOutOfReachSupersedesNone) {
  const Buffer older = Encoded(OperationsOf(1));
  world_.ProveOperationsAt(1, older);
  world_.ReleaseOperations(UINT64_MAX, Encoded(OperationsOf(UINT64_MAX)));
  EXPECT_EQ(HandIn(older, "acme/operations-policy/stable/1"), "counts");
}

TEST_F(OperationsOnDevice, WhatStartsAtBootDoesOnceTheFloorIsLifted) {
  publisher_.policy = {.start_at_boot = true};
  package_ = publisher_.Seal({4}, fixture::Pattern(5000, 8));
  grant_ = publisher_.Grant(package_, {4});
  world_.Release(4, {package_.file, grant_, 1});
  ASSERT_EQ(Update(), "installed");
  ASSERT_EQ(Bring(OperationsOf(1, kVmFloor)), "counts");
  ASSERT_TRUE(device_.Start());
  const int before = device_.cells.num_serves;
  device_.Tend();
  EXPECT_EQ(device_.cells.num_serves, before) << "control: below the floor";
  ASSERT_EQ(Bring(OperationsOf(2)), "counts");
  device_.Tend();
  EXPECT_EQ(device_.cells.num_serves, before + 1);
}

TEST_F(OperationsOnDevice, ABudgetThatIsTooSmallIsCalledItsOwn) {
  publisher_.policy = {.memory_budget = 8192};
  package_ = publisher_.Seal({4}, fixture::Pattern(5000, 8));
  grant_ = publisher_.Grant(package_, {4});
  world_.Release(4, {package_.file, grant_, 1});
  ASSERT_EQ(Update(), "installed");
  const auto fails = [&](const char* why) {
    device_.journal.lines.clear();
    device_.cells.faults.order_error = ErrorCode::kNoMemory;
    EXPECT_EQ(Open(), "no-memory");
    device_.cells.faults.order_error.reset();
    EXPECT_TRUE(device_.journal.Mentions(why)) << why;
  };
  ASSERT_EQ(Bring(OperationsOf(1, {.memory_budget = 8192})), "counts");
  fails("within its policy's memory budget");
  ASSERT_EQ(Bring(OperationsOf(2, {.memory_budget = 4096})), "counts");
  fails("within the operations policy's memory budget");
}

TEST_F(OperationsOnDevice, OtherBytesThanTheReleasedOnesAreRefused) {
  const Buffer bytes = Encoded(OperationsOf(1, kVmFloor));
  world_.ReleaseOperations(1, bytes);
  ASSERT_EQ(world_.Refresh(device_), "done");
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Buffer edited = bytes;
    edited[at] ^= 1;
    EXPECT_NE(world_.Adopt(device_, edited), "counts") << at;
  }
  EXPECT_EQ(HandIn(Encoded(OperationsOf(1))), "not-found");
  EXPECT_EQ(InForce(), 0U);
  EXPECT_EQ(HandIn(bytes), "counts") << "control";
}

TEST_F(OperationsOnDevice, ItLiesWhereItsKindAndVersionBelong) {
  const Buffer bytes = Encoded(OperationsOf(4));
  world_.operations_kind = "file";
  world_.ReleaseOperations(4, bytes);
  EXPECT_EQ(HandIn(bytes), "not-found") << "another kind of target";
  world_.operations_kind = "operations-policy";
  world_.ReleaseOperations(5, bytes);
  EXPECT_EQ(HandIn(bytes), "wrong-version") << "of another release's version";
  world_.operations_product = "acme/label-ocr";
  world_.ReleaseOperations(4, bytes);
  EXPECT_EQ(HandIn(bytes), "wrong-product");
  world_.operations_product = "acme/operations-policy";
  OperationsPolicy others = OperationsOf(4);
  others.authority = InlineString<63>::Truncated("umbrella");
  EXPECT_EQ(Bring(others), "wrong-product");
  EXPECT_EQ(Bring(OperationsOf(4)), "counts") << "control";
}

TEST_F(OperationsOnDevice, AnEarlierReleaseIsProvenForItself) {
  const Buffer bytes = Encoded(OperationsOf(1, kVmFloor));
  world_.ProveOperationsAt(1, bytes);
  world_.Release(4, {package_.file, grant_, 1});
  EXPECT_EQ(HandIn(bytes), "untrusted") << "nobody proved the release that it is of";
  EXPECT_EQ(HandIn(bytes, "acme/operations-policy/stable/1"), "counts") << "control";
}

TEST_F(OperationsOnDevice, NeitherKindOfPolicyPassesForTheOther) {
  world_.policy.version = 2;
  const Buffer approvers = world_.PolicySignedBy({&world_.alice, &world_.bob});
  world_.ReleaseOperations(1, approvers);
  EXPECT_EQ(HandIn(approvers), "bad-signature") << "a trust policy is the root's, whatever a release calls it";
  EXPECT_EQ(InForce(), 0U);
  const Buffer operations = Encoded(OperationsOf(1));
  fixture::TestDevice device;
  ASSERT_TRUE(device.Start());
  EK_EXPECT_ERROR(world_.InitialiseWith(device, publisher_.Bundle(), operations), ErrorCode::kMalformed);
  EXPECT_EQ(Bring(OperationsOf(1)), "counts") << "control";
  EXPECT_EQ(world_.Adopt(device_, world_.Policy()), "waits") << "control";
}

TEST_F(OperationsOnDevice, ADeviceWithoutReleasesTakesNone) {
  fixture::TestDevice device;
  ASSERT_TRUE(device.Start());
  ASSERT_TRUE(device.Initialise(publisher_.Bundle()));
  EXPECT_EQ(world_.Adopt(device, Encoded(OperationsOf(1))), "bad-state");
}

class StoredOperations : public OperationsOnDevice {
 protected:
  // The second policy is in force, and the first one's file is known; then the file becomes what `change` makes of it.
  template <typename Change>
  void Spoil(Change change) {
    ASSERT_EQ(Bring(OperationsOf(1)), "counts");
    const Buffer first = *device_.disk->ContentsOf("operations");
    ASSERT_EQ(Bring(OperationsOf(2, {.threads = 2})), "counts");
    device_.Stop();
    device_.ForgetLastChange();
    change(first);
    ASSERT_TRUE(device_.Start());
  }

  void ExpectNothingOpensUntilItIsMended() {
    EXPECT_EQ(Open(), "denied");
    EXPECT_TRUE(device_.Status()->releases->operations_unreadable);
    EXPECT_EQ(Bring(OperationsOf(1)), "wrong-version") << "an older one does not take its place";
    EXPECT_EQ(Bring(OperationsOf(2)), "wrong-version") << "nor another one of its number";
    EXPECT_EQ(Open(), "denied");
    EXPECT_TRUE(device_.journal.Mentions("operations policy: damaged, hand in the same file again"));
    ASSERT_TRUE(device_.Start());
    EXPECT_EQ(world_.Adopt(device_, Encoded(OperationsOf(2))), "bad-state") << "control: no release is proven";
    EXPECT_EQ(world_.Adopt(device_, Encoded(OperationsOf(2, {.threads = 2}))), "counts") << "the very file";
    EXPECT_FALSE(device_.Status()->releases->operations_unreadable);
    EXPECT_EQ(Open(8), "too-large");
    EXPECT_EQ(Open(), "opened");
  }
};

TEST_F(StoredOperations, OlderOnesPutBackAreDenied) {
  Spoil([&](const Buffer& first) { *device_.disk->ContentsOf("operations") = first; });
  ExpectNothingOpensUntilItIsMended();
}

TEST_F(StoredOperations, DamageIsDenied) {
  Spoil([&](const Buffer&) { device_.disk->ContentsOf("operations")->front() ^= 1; });
  ExpectNothingOpensUntilItIsMended();
}

// Status goes on, too.
TEST_F(StoredOperations, GrownBeyondAnyTheyAreDenied) {
  Spoil([&](const Buffer&) { device_.disk->ContentsOf("operations")->resize(100000); });
  ExpectNothingOpensUntilItIsMended();
}

TEST_F(StoredOperations, TakenAwayTheyAreDenied) {
  Spoil([&](const Buffer&) { ASSERT_TRUE(device_.disk->Remove("operations")); });
  ExpectNothingOpensUntilItIsMended();
}

TEST_F(StoredOperations, ControlUntouchedTheyAreInForce) {
  Spoil([](const Buffer&) {});
  EXPECT_EQ(InForce(), 2U);
  EXPECT_EQ(Open(), "opened");
}

TEST_F(StoredOperations, AnOlderDiskIsDeniedEverything) {
  auto older = device_.disk->Clone();
  ASSERT_EQ(Bring(OperationsOf(1, kVmFloor)), "counts");
  device_.Stop();
  device_.disk = std::move(older);
  device_.cells.UseDisk(*device_.disk);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "denied");
}

// The power goes at each step: what comes back is one of the two, and the next attempt ends as it would have.
TEST_F(StoredOperations, AreWholeWhereverTheyAreCut) {
  ASSERT_EQ(Bring(OperationsOf(1)), "counts");
  const std::uint64_t stride = std::getenv("EDGEKEEP_LONG") == nullptr ? 2 : 1;
  std::uint64_t version = 2;
  for (std::uint64_t step = 0;; step += stride, ++version) {
    const Buffer next = Encoded(OperationsOf(version, {.threads = 1}));
    world_.ReleaseOperations(version, next);
    ASSERT_EQ(world_.Refresh(device_), "done");
    device_.disk->CutAt(device_.disk->num_steps() + step);
    const bool done = world_.Adopt(device_, next) == "counts";
    device_.disk->Heal();
    device_.PowerCycle(version % 2 == 0 ? Survival::kNothing : Survival::kEverything, step);
    ASSERT_TRUE(device_.Start());
    const std::uint64_t found = InForce();
    EXPECT_TRUE(found == version || (!done && found == version - 1)) << "step " << step << ": " << found;
    EXPECT_EQ(HandIn(next), "counts") << "step " << step;
    if (done) break;
    ASSERT_LT(step, 100U);
  }
  EXPECT_GT(version, 4U) << "it was cut";
}

}  // namespace
}  // namespace edgekeep::keep
