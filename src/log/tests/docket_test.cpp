#include "notary_fixture.h"

namespace edgekeep::log {
namespace {

using enum formats::VerdictReason;

// One entry was stamped in the year 2099. Its release is refused when the log's clock is set right; all else goes on.
TEST_F(Notary, AnEntryFromTheFarFutureJamsNothing) {
  const std::uint64_t far = 73 * 366 * 24 * kHour;
  const auto jammed = Propose(Release(1), far);
  Approve(jammed, "bert", far);
  Approve(jammed, "cora", far);
  Reject(DigestOf("another"), "dora", "dora");
  const auto count = statements_.size();
  EXPECT_EQ(ReasonsAt(61), Reasons{kMalformed}) << "the rejection set it right";
  const auto release = Propose(Release(2), 100);
  Approve(release, "bert", 110);
  Approve(release, "cora", 120);
  EXPECT_EQ(Due(100 + kHour).size(), 2U);
  EnterVerdicts(100 + kHour);
  EXPECT_EQ(Due(200 + kHour).size(), 0U);
  // Entered again: approvals from 2099 are nobody's, and are entered again as well.
  Propose(Release(1), 2 * kHour);
  EXPECT_EQ(Due(3 * kHour).size(), 0U);
  Approve(jammed, "bert", 2 * kHour);
  Approve(jammed, "cora", 2 * kHour);
  EXPECT_EQ(ReasonsAt(3 * kHour), Reasons{});
  statements_.resize(count - 1);
  EXPECT_EQ(Due(100 * kHour).size(), 0U) << "control: as long as nothing sets it right, it waits";
}

TEST_F(Notary, ARejectionFromTheFarFutureStillRejects) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  Reject(release, "dora", "dora");
  statements_.back().logged_at.value += 73 * 366 * 24 * kHour;
  Approve(release, "emil", 100);
  EXPECT_EQ(ReasonsAt(kHour), Reasons{kRejected});
}

}  // namespace
}  // namespace edgekeep::log
