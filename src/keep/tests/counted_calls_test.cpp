// Licences with a call budget or a rate, from the install to the cell's ledger.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/gate/ledger.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kNow;
using fixture::Package;
using fixture::Survival;
using fixture::TestDevice;
using fixture::TestPublisher;
using formats::Licence;

class KeepCallsTest : public testing::Test {
 protected:
  KeepCallsTest() {
    EXPECT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
  }

  Buffer Bounded(std::optional<std::uint64_t> budget, std::optional<std::uint32_t> per_minute, std::uint8_t id = 1) {
    return device_.Licence(publisher_, [&](Licence& licence) {
      licence.id = formats::LicenceId(std::array<std::uint8_t, 16>{id});
      licence.terms.call_budget = budget;
      licence.terms.calls_per_minute = per_minute;
    });
  }

  Result<gate::InstallAnswer> Install(const Buffer& licence) { return device_.Install(package_, grant_, licence); }

  // What the cell's ledger answers.
  gate::DrawnCalls Draw(const gate::CallDraw& draw) {
    Buffer body(64);
    CborWriter out(body);
    EXPECT_TRUE(gate::EncodeCallDraw(draw, out));
    const auto answer =
        device_.lines.last_desk->Answer(static_cast<std::uint16_t>(gate::Command::kDrawCalls), out.written());
    EXPECT_TRUE(answer);
    return draw.last ? gate::DrawnCalls() : gate::DecodeDrawnCalls((*answer)->view()).value();
  }

  // Uses all it gets, and returns how much that was.
  std::uint64_t UseAll() {
    std::uint64_t used = 0;
    for (gate::DrawnCalls drawn = Draw({}); !drawn.refusal; drawn = Draw({.used = drawn.calls})) used += drawn.calls;
    return used;
  }

  std::optional<std::uint64_t> CallsLeft() { return device_.Status()->products[0].calls_left; }

  TestPublisher publisher_;
  TestDevice device_;
  Package package_ = publisher_.Seal({3}, fixture::Pattern(5000, 7));
  Buffer grant_ = publisher_.Grant(package_, {4});
};

TEST_F(KeepCallsTest, ACellThatIsLateToBoundThemIsNoCrash) {
  EK_ASSERT_OK(Install(Bounded(100, {})));
  device_.cells.faults.late_bounding_calls = true;
  for (int i = 0; i < 6; ++i) EK_EXPECT_ERROR(device_.Open(), ErrorCode::kTimedOut);
  EXPECT_FALSE(device_.Status()->products[0].crashes);
  EXPECT_FALSE(device_.Status()->products[0].prepared_form_set_aside);
  device_.cells.faults = {};
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepCallsTest, CellsAreToldBeforeTheirFirstSession) {
  EK_ASSERT_OK(Install(Bounded({}, {})));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.num_bounded, 0);
  EXPECT_FALSE(CallsLeft());
  EK_ASSERT_OK(Install(Bounded(100, {}, 2)));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.num_bounded, 1);
  EXPECT_EQ(CallsLeft(), 100U);
}

TEST_F(KeepCallsTest, BudgetCountsAcrossSessionsRestartsAndInstalls) {
  const Buffer licence = Bounded(100, {});
  EK_ASSERT_OK(Install(licence));
  EK_ASSERT_OK(device_.Open());
  ASSERT_EQ(Draw({}).calls, 1U);
  static_cast<void>(Draw({.used = 1, .last = true}));
  device_.sessions.clear();
  device_.Collect();
  EXPECT_EQ(CallsLeft(), 99U);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(CallsLeft(), 99U);
  EK_ASSERT_OK(Install(licence));
  EXPECT_EQ(CallsLeft(), 99U);
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(UseAll(), 99U);
  EXPECT_EQ(Draw({}).refusal, ErrorCode::kOverBudget);
  EXPECT_EQ(CallsLeft(), 0U);
  EK_ASSERT_OK(Install(licence));
  EXPECT_EQ(CallsLeft(), 0U);
  // A new licence has a count of its own.
  EK_ASSERT_OK(Install(Bounded(100, {}, 2)));
  EXPECT_EQ(CallsLeft(), 100U);
}

// The power is gone while a cell has calls in hand: those are lost, and no used one comes back.
TEST_F(KeepCallsTest, PowerCutNeverGivesCallsBack) {
  EK_ASSERT_OK(Install(Bounded(1280, {})));
  std::uint64_t used = 0;
  for (int round = 0; round < 10; ++round) {
    EK_ASSERT_OK(device_.Open());
    used += Draw({}).calls;
    device_.PowerCycle(Survival::kNothing);
    ASSERT_TRUE(device_.Start());
    EXPECT_EQ(CallsLeft(), 1280U - used);
  }
}

// Whoever deletes the count gets no new one, not by installing the licence anew either.
TEST_F(KeepCallsTest, CountThatWasTakenAwayIsDenied) {
  const Buffer licence = Bounded(100, {});
  EK_ASSERT_OK(Install(licence));
  EK_ASSERT_OK(device_.Open());
  ASSERT_EQ(Draw({}).calls, 1U);
  ASSERT_TRUE(device_.disk->Remove("meters"));
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  EXPECT_EQ(Draw({.used = 1}).refusal, ErrorCode::kDenied);
  EK_EXPECT_ERROR(Install(licence), ErrorCode::kDenied);
  EXPECT_FALSE(CallsLeft());
  EK_EXPECT_ERROR(Install(Bounded(100, {}, 2)), ErrorCode::kDenied);
  EK_ASSERT_OK(Install(device_.Licence(publisher_, [](Licence& l) {
    l.id = formats::LicenceId(std::array<std::uint8_t, 16>{2});
    l.issued_at = {kNow.value + 1};
    l.terms.call_budget = 100;
  })));
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepCallsTest, RateHoldsAcrossSessions) {
  EK_ASSERT_OK(Install(Bounded({}, 60)));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(UseAll(), 60U);
  device_.sessions.clear();
  device_.Collect();
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(Draw({}).refusal, ErrorCode::kOverRate);
  device_.clock.Pass(30);
  EXPECT_EQ(UseAll(), 30U);
}

// A clock that is turned fills no bucket; the machine's counter does.
TEST_F(KeepCallsTest, TurningTheClockFillsNoBucket) {
  EK_ASSERT_OK(Install(Bounded({}, 60)));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(UseAll(), 60U);
  device_.clock.Set(UnixTime{kNow.value + 3600});
  EXPECT_EQ(UseAll(), 0U);
}

TEST_F(KeepCallsTest, FullDiskLetsNoUncountedCallThrough) {
  EK_ASSERT_OK(Install(Bounded(100, {})));
  EK_ASSERT_OK(device_.Open());
  device_.disk->FullFrom(device_.disk->num_steps());
  EXPECT_EQ(Draw({}).refusal, ErrorCode::kNoSpace);
  device_.disk->Heal();
  EXPECT_EQ(Draw({}).calls, 1U);
}

TEST_F(KeepCallsTest, LedgerRefusesWhatIsNotItsOwn) {
  EK_ASSERT_OK(Install(Bounded({}, {})));
  EK_ASSERT_OK(device_.Open());
  ports::LedgerDesk& desk = *device_.lines.last_desk;
  EXPECT_EQ(desk.Answer(static_cast<std::uint16_t>(gate::Command::kStatus), {}).error().code(),
            ErrorCode::kUnsupported);
  EXPECT_EQ(desk.Answer(static_cast<std::uint16_t>(gate::Command::kDrawCalls), {}).error().code(),
            ErrorCode::kMalformed);
}

TEST_F(KeepCallsTest, CountThatIsPutBackIsDenied) {
  EK_ASSERT_OK(Install(Bounded(100, {})));
  const std::vector<std::uint8_t> unused = *device_.disk->ContentsOf("meters");
  auto unused_disk = device_.disk->Clone();
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(UseAll(), 100U);
  device_.Stop();
  device_.ForgetLastChange();
  const std::vector<std::uint8_t> used = *device_.disk->ContentsOf("meters");
  ASSERT_NE(used, unused);
  *device_.disk->ContentsOf("meters") = unused;
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  // Control: the count as it was says that nothing is left.
  *device_.disk->ContentsOf("meters") = used;
  ASSERT_TRUE(device_.Start());
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(Draw({}).refusal, ErrorCode::kOverBudget);
  // The whole disk is no way around it, unless the anchor is put back, too (THREAT_MODEL T5).
  device_.Stop();
  device_.disk = std::move(unused_disk);
  device_.cells.UseDisk(*device_.disk);
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
}

TEST_F(KeepCallsTest, CountAndLicenceThatAreSpoiledTogetherBringNoCallsBack) {
  const Buffer licence = Bounded(100, {});
  EK_ASSERT_OK(Install(licence));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(UseAll(), 100U);
  device_.Stop();
  device_.ForgetLastChange();
  for (const char* name : {"meters", "products/acme_label-ocr/licence.0", "products/acme_label-ocr/record.0",
                           "products/acme_label-ocr/record.1"}) {
    ASSERT_TRUE(device_.disk->Remove(name)) << name;
  }
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(Install(licence), ErrorCode::kDenied);
  // Control: a licence that was issued since is counted, from the start.
  EK_ASSERT_OK(Install(device_.Licence(publisher_, [](Licence& l) {
    l.id = formats::LicenceId(std::array<std::uint8_t, 16>{2});
    l.issued_at = {kNow.value + 1};
    l.terms.call_budget = 50;
  })));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(UseAll(), 50U);
}

}  // namespace
}  // namespace edgekeep::keep
