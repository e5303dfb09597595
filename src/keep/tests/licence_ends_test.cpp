// A licence that ends while its product is in use: each policy's safe end.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/gate/ledger.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kNow;
using fixture::Package;
using fixture::TestDevice;
using fixture::TestPublisher;
using formats::LicenceEnd;

class LicenceEndTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kLife = 600;

  // A device with an open session of a product whose licence ends in kLife.
  void Open(const formats::ProductPolicy& policy, std::optional<std::uint32_t> per_minute = {}) {
    ASSERT_TRUE(device_.Start());
    ASSERT_TRUE(device_.Initialise(publisher_.Bundle()));
    publisher_.policy = policy;
    const Package package = publisher_.Seal({3}, fixture::Pattern(5000, 7));
    const Buffer licence = device_.Licence(publisher_, [&](formats::Licence& terms) {
      terms.terms.expires = UnixTime{kNow.value + kLife};
      terms.terms.calls_per_minute = per_minute;
    });
    EK_ASSERT_OK(device_.Install(package, publisher_.Grant(package, {4}), licence));
    EK_ASSERT_OK(device_.Open());
  }

  gate::DrawnCalls Draw() {
    Buffer body(64);
    CborWriter out(body);
    EXPECT_TRUE(gate::EncodeCallDraw({}, out));
    const auto answer =
        device_.lines.last_desk->Answer(static_cast<std::uint16_t>(gate::Command::kDrawCalls), out.written());
    return gate::DecodeDrawnCalls((*answer)->view()).value();
  }

  TestPublisher publisher_;
  TestDevice device_;
};

TEST_F(LicenceEndTest, FinishLetsRunningSessionsGoOnAndOpensNoneAnew) {
  Open({});
  EXPECT_FALSE(device_.TendLicences());
  device_.clock.Pass(kLife);
  EXPECT_FALSE(device_.TendLicences());
  EXPECT_EQ(device_.cells.num_bounded, 0);
  EXPECT_FALSE(device_.cells.stopped_with);
  EXPECT_EQ(device_.cells.num_running, 1);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
}

TEST_F(LicenceEndTest, DegradeBoundsTheRateOnce) {
  Open({.licence_end = LicenceEnd::kDegrade, .degraded_calls_per_minute = 3});
  EXPECT_TRUE(device_.TendLicences());
  device_.clock.Pass(kLife - 1);
  EXPECT_EQ(device_.TendLicences(), 1U);
  EXPECT_EQ(device_.cells.num_bounded, 0);
  device_.clock.Pass(1);
  EXPECT_FALSE(device_.TendLicences());
  EXPECT_EQ(device_.cells.num_bounded, 1);
  EXPECT_FALSE(device_.TendLicences());
  EXPECT_EQ(device_.cells.num_bounded, 1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Draw().calls, 1U);
  EXPECT_EQ(Draw().refusal, ErrorCode::kOverRate);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
}

TEST_F(LicenceEndTest, DegradeNeverWidensTheLicencesRate) {
  Open({.licence_end = LicenceEnd::kDegrade, .degraded_calls_per_minute = 1000}, 2);
  device_.clock.Pass(kLife);
  device_.TendLicences();
  EXPECT_EQ(Draw().calls, 1U);
  EXPECT_EQ(Draw().calls, 1U);
  EXPECT_EQ(Draw().refusal, ErrorCode::kOverRate);
}

TEST_F(LicenceEndTest, StopSaysWhyAndEndsTheCell) {
  Open({.licence_end = LicenceEnd::kStop});
  device_.clock.Pass(kLife);
  EXPECT_FALSE(device_.TendLicences());
  EXPECT_EQ(device_.cells.stopped_with, ErrorCode::kExpired);
  device_.sessions.clear();
  EXPECT_FALSE(device_.Collect());
  EXPECT_EQ(device_.cells.num_running, 0);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
}

// It is the keep that ended it: that is no crash, and nobody is told of one.
TEST_F(LicenceEndTest, ACellThatWasStoppedHasNoSuccessorAndItsCallersHearWhy) {
  Open({.licence_end = LicenceEnd::kStop});
  device_.clock.Pass(kLife);
  EXPECT_FALSE(device_.TendLicences());
  device_.cells.CrashLast();
  EXPECT_FALSE(device_.Tend());
  EXPECT_TRUE(device_.sessions[0]->over());
  EXPECT_EQ(device_.lines.last_refusal, ErrorCode::kExpired);
  EXPECT_FALSE(device_.journal.Mentions("peer-gone"));
  EXPECT_EQ(device_.cells.num_serves, 1);
}

// A new version may take minutes to load.
TEST_F(LicenceEndTest, StopEndsACellWhoseSessionsAreAboutToMove) {
  Open({.licence_end = LicenceEnd::kStop});
  publisher_.policy = {};
  const Package package = publisher_.Seal({4}, fixture::Pattern(5000, 8));
  EK_ASSERT_OK(device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_)));
  device_.cells.faults.while_working = [this, once = true]() mutable {
    if (!std::exchange(once, false)) return;
    device_.clock.Pass(kLife);
    device_.TendLicences();
    EXPECT_EQ(device_.cells.stopped_with, ErrorCode::kExpired);
  };
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_serves, 2) << "the new version's licence holds";
  EXPECT_FALSE(device_.sessions[0]->over());
}

// A licence that came in time is the successor's, and its end is looked after as well.
TEST_F(LicenceEndTest, ASuccessorStandsUnderTheLicenceItWasStartedWith) {
  Open({.licence_end = LicenceEnd::kStop}, 2);
  EXPECT_EQ(device_.cells.num_bounded, 1);
  const ports::LedgerDesk* const first = device_.lines.last_desk;
  device_.cells.CrashLast();
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_serves, 2);
  EXPECT_EQ(device_.cells.num_bounded, 2) << "before its first session";
  EXPECT_NE(device_.lines.last_desk, first);
  EXPECT_EQ(Draw().calls, 1U);
  EXPECT_EQ(Draw().calls, 1U);
  EXPECT_EQ(Draw().refusal, ErrorCode::kOverRate);
  device_.clock.Pass(kLife);
  EXPECT_FALSE(device_.TendLicences());
  EXPECT_EQ(device_.cells.stopped_with, ErrorCode::kExpired);
}

// Whatever the cell says to it, it is hung up on.
TEST_F(LicenceEndTest, StopEndsACellThatRefusesToo) {
  Open({.licence_end = LicenceEnd::kStop});
  device_.clock.Pass(kLife);
  device_.cells.faults.order_error = ErrorCode::kTimedOut;
  EXPECT_FALSE(device_.TendLicences());
  device_.sessions.clear();
  EXPECT_FALSE(device_.Collect());
  EXPECT_EQ(device_.cells.num_running, 0);
}

// The other cell hears of its licence's end at once, and calls and opens go on; the stuck one is ended in its time.
TEST_F(LicenceEndTest, ACellThatIsStuckHoldsUpNoOther) {
  Open({.licence_end = LicenceEnd::kStop});
  const Package other = publisher_.Seal({3}, fixture::Pattern(5000, 9), "acme/other");
  const Buffer licence = device_.Licence(publisher_, [&](formats::Licence& terms) {
    terms.product = ProductName::Parse("acme/other").value();
    terms.terms.expires = UnixTime{kNow.value + kLife};
  });
  EK_ASSERT_OK(device_.Install(other, publisher_.Grant(other, {4}), licence));
  EK_ASSERT_OK(device_.Open("acme/other"));
  device_.cells.faults.silent = true;
  device_.clock.Pass(kLife);
  EXPECT_EQ(device_.TendLicences(), 1U);
  EXPECT_EQ(device_.cells.stopped_with, ErrorCode::kExpired) << "the first one";
  device_.clock.Pass(4);
  EXPECT_EQ(device_.TendLicences(), 1U);
  EXPECT_EQ(device_.cells.num_killed, 0) << "control: not before its time is over";
  device_.clock.Pass(1);
  EXPECT_FALSE(device_.TendLicences());
  EXPECT_EQ(device_.cells.num_killed, 1);
  EXPECT_TRUE(device_.journal.Mentions("a cell did not take its licence's end"));
}

TEST_F(LicenceEndTest, ACellThatTakesItsTimeIsBoundedAndNotEnded) {
  Open({.licence_end = LicenceEnd::kDegrade, .degraded_calls_per_minute = 3});
  device_.cells.faults.silent = true;
  device_.clock.Pass(kLife);
  EXPECT_EQ(device_.TendLicences(), 1U);
  EXPECT_EQ(device_.cells.num_bounded, 0);
  device_.clock.Pass(4);
  device_.cells.faults.silent = false;
  EXPECT_FALSE(device_.TendLicences());
  EXPECT_EQ(device_.cells.num_bounded, 1);
  EXPECT_EQ(device_.cells.num_killed, 0);
}

// A clock that is turned back does not put the end off: the keep's time does not go back.
TEST_F(LicenceEndTest, TurningTheClockBackPutsNoEndOff) {
  Open({.licence_end = LicenceEnd::kStop});
  device_.clock.Pass(kLife - 1);
  device_.clock.Set(UnixTime{kNow.value - 100'000});
  device_.clock.Pass(1);
  device_.TendLicences();
  EXPECT_EQ(device_.cells.stopped_with, ErrorCode::kExpired);
}

TEST_F(LicenceEndTest, ALicenceThatHoldsLeavesAllAsItIs) {
  Open({.licence_end = LicenceEnd::kStop});
  device_.clock.Pass(kLife - 100);
  EXPECT_EQ(device_.TendLicences(), 60U);
  EXPECT_FALSE(device_.cells.stopped_with);
  EXPECT_EQ(device_.cells.num_running, 1);
}

}  // namespace
}  // namespace edgekeep::keep
