#include "edgekeep/base/testing/expect_error.h"
#include "fixture/installed_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kDirectory;
using fixture::kNow;
using fixture::TestDevice;
using fixture::TestPublisher;
using formats::Licence;

class KeepOpenTest : public fixture::InstalledDevice {};

TEST_F(KeepOpenTest, OpensFromThePreparedForm) {
  const auto answer = device_.Open();
  EK_ASSERT_OK(answer);
  EXPECT_TRUE(device_.cells.last_served_prepared);
  EXPECT_EQ(answer->version.sequence.value, 3U);
  EXPECT_EQ(answer->model.inputs.size(), 1U);
  EXPECT_EQ(answer->ring_bytes, (64U << 20) + 131072U);
  EXPECT_EQ(device_.cells.num_running, 1);
  EXPECT_EQ(device_.lines.num_open, 1);
  device_.CloseAll();
  EXPECT_EQ(device_.cells.num_running, 0);
  EXPECT_EQ(device_.lines.num_open, 0);
  EXPECT_EQ(device_.Status()->products[0].open_sessions, 0U);
  EXPECT_EQ(device_.disk->num_open(), 0U);
}

TEST_F(KeepOpenTest, UnknownProduct) {
  EK_EXPECT_ERROR(device_.Open("acme/other"), ErrorCode::kNotFound);
}

TEST_F(KeepOpenTest, WishesOutOfBoundsAreRefusedBeforeAnythingElse) {
  EK_EXPECT_ERROR(device_.Open(fixture::kProduct, (1ULL << 30) + 1), ErrorCode::kTooLarge);
  EK_EXPECT_ERROR(device_.Open(fixture::kProduct, UINT64_MAX), ErrorCode::kTooLarge);
  EK_EXPECT_ERROR(device_.Open(fixture::kProduct, 0, 65), ErrorCode::kTooLarge);
  EXPECT_EQ(device_.cells.num_serves, 0);
  EK_ASSERT_OK(device_.Open(fixture::kProduct, 4096, 2));
  EXPECT_EQ(device_.lines.last_data_bytes, 4096U);
  EXPECT_EQ(device_.cells.last_threads, 2U);
}

TEST_F(KeepOpenTest, LicenceIsCheckedAtEveryOpen) {
  EK_ASSERT_OK(Install([](Licence& l) { l.terms.expires = UnixTime{kNow.value + 100}; }));
  EK_ASSERT_OK(device_.Open());
  device_.clock.Set({kNow.value + 100});
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
  EXPECT_FALSE(device_.Status()->products[0].licensed);
  EXPECT_EQ(device_.sessions.size(), 1U) << "what runs is not stopped";
}

TEST_F(KeepOpenTest, TurningTheClockBackDoesNotHelp) {
  EK_ASSERT_OK(Install([](Licence& l) { l.terms.expires = UnixTime{kNow.value + 7200}; }));
  device_.clock.Pass(7200);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
  device_.clock.Set({kNow.value + 10});
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
}

TEST_F(KeepOpenTest, OneWrongMomentDoesNotEndALicence) {
  EK_ASSERT_OK(Install([](Licence& l) { l.terms.expires = UnixTime{kNow.value + 86'400}; }));
  const UnixTime year_2080{3'471'292'800};
  for (int i = 0; i < 3; ++i) {
    device_.clock.Set(year_2080);
    EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
    ASSERT_TRUE(device_.Start());
    EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
    device_.clock.Set({kNow.value + 100});
    EK_ASSERT_OK(device_.Open());
    ASSERT_TRUE(device_.Start());
    EK_ASSERT_OK(device_.Open());
  }
}

// The record then says that the package was installed in 2080.
TEST_F(KeepOpenTest, InstallingInAWrongMomentDoesNotEndOtherLicences) {
  device_.clock.Set({3'471'292'800});
  EK_ASSERT_OK(Install());
  device_.clock.Set({kNow.value + 100});
  ASSERT_TRUE(device_.Start());
  EK_ASSERT_OK(Install([](Licence& l) { l.terms.expires = UnixTime{kNow.value + 86'400}; }));
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepOpenTest, StoredTimeThatIsGoneOrDamagedIsToldAndMadeUpForBySignedTimes) {
  EK_ASSERT_OK(Install([](Licence& l) { l.terms.expires = UnixTime{kNow.value + 7200}; }));
  device_.clock.Pass(7200);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
  ASSERT_TRUE(device_.Start());
  EXPECT_FALSE(device_.journal.Mentions("read the stored time"));
  (*device_.disk->ContentsOf("time"))[3] ^= 1;
  device_.clock.Set({5});
  ASSERT_TRUE(device_.Start());
  EXPECT_TRUE(device_.journal.Mentions("read the stored time: denied"));
  // Back to when the licence was issued and no further; what came after is lost with the file.
  EK_ASSERT_OK(device_.Open());
  EXPECT_GE(ReadFloor(), kNow.value);
  device_.journal.lines.clear();
  EK_ASSERT_OK(device_.disk->Remove("time"));
  ASSERT_TRUE(device_.Start());
  EXPECT_TRUE(device_.journal.Mentions("read the stored time: not-found"));
}

TEST_F(KeepOpenTest, LicenceExchangedOnTheDisk) {
  const Buffer good = Stored("licence.0");
  TestDevice other;
  ASSERT_TRUE(other.Start());
  EK_ASSERT_OK(other.Initialise(publisher_.Bundle()));
  Stored("licence.0") = other.Licence(publisher_);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  Stored("licence.0") = device_.Licence(TestPublisher());
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  Stored("licence.0") = device_.Licence(publisher_, [](Licence& l) { l.epoch = {3}; });
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  Stored("licence.0") = good;
  EK_ASSERT_OK(device_.Open());
}

// The whole directory, byte for byte, under another anchor.
TEST_F(KeepOpenTest, StateDirectoryCopiedToAnotherDevice) {
  TestDevice thief(device_.disk->Clone(), std::make_shared<fixture::MemoryAnchor>());
  ASSERT_TRUE(thief.Start());
  EK_EXPECT_ERROR(thief.Open(), ErrorCode::kDenied);
  EK_EXPECT_ERROR(thief.Status(), ErrorCode::kDenied);
  EXPECT_TRUE(thief.journal.Mentions("load the store: denied"));
  // Control: the same bytes under the same anchor open.
  TestDevice same(device_.disk->Clone(), device_.anchor, device_.counter.value);
  ASSERT_TRUE(same.Start());
  EK_ASSERT_OK(same.Open());
}

// The thief initialises a device of their own with the same publisher and puts only the product's directory there.
TEST_F(KeepOpenTest, ProductCopiedIntoAnotherInitialisedDevice) {
  TestDevice thief;
  ASSERT_TRUE(thief.Start());
  EK_ASSERT_OK(thief.Initialise(publisher_.Bundle()));
  EK_ASSERT_OK(thief.Install(package_, grant_, thief.Licence(publisher_)));
  EK_ASSERT_OK(thief.Open());
  for (const char* const name : {"record.0", "record.1", "canonical.0", "prepared.0"}) {
    *thief.disk->ContentsOf(std::string(kDirectory) + name) = Stored(name);
  }
  ASSERT_TRUE(thief.Start());
  EK_EXPECT_ERROR(thief.Open(), ErrorCode::kDenied);
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepOpenTest, OneDamagedRecordIsMendedFromTheOther) {
  const Buffer good = Stored("record.0");
  Stored("record.0")[40] ^= 1;
  EK_ASSERT_OK(device_.Open());
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Stored("record.0"), good);
}

TEST_F(KeepOpenTest, BothRecordsDamagedIsDeniedAndKept) {
  device_.ForgetLastChange();
  Stored("record.0")[40] ^= 1;
  Stored("record.1")[41] ^= 1;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  EXPECT_NE(device_.disk->ContentsOf(std::string(kDirectory) + "canonical.0"), nullptr);
  // Installing again is what mends it.
  EK_ASSERT_OK(Install());
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepOpenTest, DamagedCanonicalPackageIsDenied) {
  device_.cells.engine_key = "engine-2/cpu";  // so that it is needed
  Stored("canonical.0")[5000] ^= 1;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  Stored("canonical.0")[5000] ^= 1;
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepOpenTest, WhyACellRefusedIsInTheJournalAndNowhereElse) {
  device_.cells.faults.order_error = ErrorCode::kDenied;
  device_.cells.faults.reason = "tag of segment 3\x1b[J\xc2\x9b";
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  EXPECT_TRUE(device_.journal.Mentions("acme/label-ocr: its cell refuses: tag of segment 3?[J??"))
      << "and does nothing to a terminal";
  device_.cells.faults.order_error = ErrorCode::kModelRefused;
  device_.cells.faults.reason = "model: nested too deep";
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kModelRefused);
  EXPECT_TRUE(device_.journal.Mentions("acme/label-ocr: its cell refuses: model: nested too deep"));
}

TEST_F(KeepOpenTest, TruncatedOrLostCanonicalPackageIsDenied) {
  Stored("canonical.0").pop_back();
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  EK_ASSERT_OK(device_.disk->Remove(std::string(kDirectory) + "canonical.0"));
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
}

TEST_F(KeepOpenTest, OpeningWhileAnInstallCommits) {
  // The serving cell starts, an install runs to its end, and only then is the model served: from files whose names are
  // gone by then.
  bool installed = false;
  const Buffer licence = device_.Licence(publisher_);
  device_.cells.faults.while_working = [&] {
    if (std::exchange(installed, true)) return;
    EK_ASSERT_OK(device_.Install(package_, grant_, licence));
  };
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(installed);
  device_.cells.faults.while_working = nullptr;
  EK_ASSERT_OK(device_.Open());
}

}  // namespace
}  // namespace edgekeep::keep
