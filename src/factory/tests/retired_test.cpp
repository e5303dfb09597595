// Who retired, by lists of identities.
#include "reconcile_fixture.h"

namespace edgekeep::factory {
namespace {

// Its ticket stays used, and no later list takes it again though nobody shows its certificate any more.
TEST_F(ReconcileTest, WhoRetiredIsTakenByNoListAnyMore) {
  Provision(first_, 0, 1);
  Provision(second_, 3, 2);
  EXPECT_EQ(Verdict(Reconciled(), presented_[0].bytes), ErrorCode::kInternal) << "control";
  const Reconciliation found = Reconciled({DeviceOf(presented_[0])}, {});
  EXPECT_TRUE(found.is_clean());
  EXPECT_EQ(found.retired.size(), 1U);
  EXPECT_EQ(found.accepted.size(), 1U);
  EXPECT_EQ(found.missing, 4U);
  EXPECT_EQ(Verdict(found, presented_[0].bytes), ErrorCode::kForbidden);
  EXPECT_EQ(Verdict(found, presented_[1].bytes), ErrorCode::kInternal) << "control: its sibling";
  const Reconciliation later = Reconciled({}, found.retired);
  EXPECT_EQ(Verdict(later, presented_[0].bytes), ErrorCode::kForbidden);
  // Where its journal is not shown either, and the next list would take it if this one had forgotten.
  const auto stations = PolicyOf({&first_, &second_});
  const Production without{
      .order = verified_, .stations = stations, .check = CheckCertificate, .retired_before = found.retired};
  EXPECT_EQ(Reconcile(Cryptography(), without, {second_.Copy("line 2")}, {})->retired, found.retired);
  // What is refused for another reason stays refused.
  Provision(first_, 0, 3);
  const Reconciliation twice = Reconciled({DeviceOf(presented_[0])}, found.retired);
  EXPECT_EQ(twice.retired.size(), 0U);
  EXPECT_EQ(Verdict(twice, presented_[0].bytes), ErrorCode::kUntrusted);
}

// A chip that was cleared has another key; nobody shows its first journal, nor the certificate of retirement.
TEST_F(ReconcileTest, AChipWhoseDeviceRetiredGetsNoOtherIdentity) {
  Provision(first_, 0, 1);
  const Reconciliation found = Reconciled({DeviceOf(presented_[0])}, {});
  EXPECT_EQ(found.retired_chips.size(), 1U);
  const std::string again = second_.Provision(verified_.id(), Ticket(3), 1, 2);
  const std::string sibling = second_.Provision(verified_.id(), Ticket(4), 3, 3);
  const auto stations = PolicyOf({&first_, &second_});
  Production production{
      .order = verified_, .stations = stations, .check = CheckCertificate, .retired_before = found.retired};
  const std::vector<JournalCopy> second = {second_.Copy("line 2")};
  Reconciliation forgetful = Reconcile(Cryptography(), production, second, {}).value();
  EXPECT_EQ(Verdict(forgetful, again), ErrorCode::kInternal) << "control: by a list before that knows no chips";
  production.chips_before = found.retired_chips;
  const Reconciliation later = Reconcile(Cryptography(), production, second, {}).value();
  EXPECT_EQ(later.problems.size(), 1U);
  EXPECT_EQ(later.problems.front().kind, ProblemKind::kChipRetired);
  EXPECT_EQ(Verdict(later, again), ErrorCode::kUntrusted);
  EXPECT_EQ(Verdict(later, sibling), ErrorCode::kInternal) << "control: another chip";
  EXPECT_EQ(later.retired, found.retired);
  EXPECT_EQ(later.retired_chips, found.retired_chips) << "for ever";
  forgetful.retired_chips = found.retired_chips;
  EXPECT_EQ(Verdict(forgetful, again), ErrorCode::kForbidden) << "verifiers look at the chip themselves";
  EXPECT_EQ(Verdict(forgetful, sibling), ErrorCode::kInternal) << "control";
}

TEST_F(ReconcileTest, AVoidedIdentityThatRetiredTakesItsChipAlong) {
  Provision(first_, 0, 1);
  ASSERT_TRUE(first_.Open()->Void(0, kNow));
  const std::string again = first_.Provision(verified_.id(), Ticket(1), 1, 2);
  EXPECT_EQ(Verdict(Reconciled(), again), ErrorCode::kInternal) << "control: rework of a device that did not retire";
  const Reconciliation found = Reconciled({DeviceOf(presented_[0])}, {});
  EXPECT_EQ(found.problems.size(), 1U);
  EXPECT_EQ(found.problems.front().kind, ProblemKind::kChipRetired);
  EXPECT_EQ(Verdict(found, again), ErrorCode::kUntrusted);
}

// Or a station retires whose chip it likes, by entering it for a device of its own.
TEST_F(ReconcileTest, AChipThatTwoClaimIsNotRetiredByOneOfThem) {
  Provision(first_, 0, 1);
  presented_.push_back({"d2", second_.Provision(verified_.id(), Ticket(3), 1, 2)});
  const Reconciliation found = Reconciled({DeviceOf(presented_[1])}, {});
  EXPECT_TRUE(found.retired_chips.empty());
  EXPECT_EQ(found.refused.size(), 2U) << "people look";
}

// By one that says nothing of who had retired they would be taken again by the one after.
TEST(IdentityLists, FollowOneAnotherWhereNobodyWhoRetiredIsLeftOut) {
  const std::vector<std::uint8_t> one(Digest::kSize, 1);
  const formats::IdentityList before{.issued_at = {100}, .retired = one};
  EXPECT_TRUE(CheckFollows(before, {.issued_at = {100}, .retired = one})) << "control";
  EXPECT_TRUE(CheckFollows(before, {.issued_at = {101}, .refused = one}));
  EXPECT_TRUE(CheckFollows({.issued_at = {100}, .accepted = one}, {.issued_at = {100}}));
  const formats::IdentityList chips{.issued_at = {100}, .retired_chips = one};
  EXPECT_TRUE(CheckFollows(chips, {.issued_at = {100}, .retired_chips = one})) << "control";
  EXPECT_EQ(CheckFollows(chips, {.issued_at = {100}, .retired = one}).error().code(), ErrorCode::kWrongVersion);
  EXPECT_EQ(CheckFollows(before, {.issued_at = {99}, .retired = one}).error().code(), ErrorCode::kWrongVersion);
  EXPECT_EQ(CheckFollows(before, {.issued_at = {101}, .accepted = one}).error().code(), ErrorCode::kWrongVersion);
  EXPECT_EQ(CheckFollows(before, {.issued_at = {101}}).error().code(), ErrorCode::kWrongVersion);
}

}  // namespace
}  // namespace edgekeep::factory
