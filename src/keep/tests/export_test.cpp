// Plaintext that leaves the trusted domain: when the licence says so, and at no other time.
#include <thread>

#include "edgekeep/base/testing/expect_error.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kNow;
using fixture::Package;
using fixture::TestDevice;
using fixture::TestPublisher;
using formats::Licence;

void AllowExport(Licence& licence) {
  licence.terms.allows_export = true;
}

class KeepExportTest : public testing::Test {
 protected:
  KeepExportTest() {
    EXPECT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
  }

  void Install(const fixture::Edit<Licence>& edit = AllowExport) {
    EK_ASSERT_OK(device_.Install(package_, grant_, device_.Licence(publisher_, edit)));
  }

  TestPublisher publisher_;
  TestDevice device_;
  Buffer plaintext_ = fixture::Pattern(5000, 7);
  Package package_ = publisher_.Seal({3}, plaintext_);
  Buffer grant_ = publisher_.Grant(package_, {4});
};

TEST_F(KeepExportTest, HandsOutWhatTheAuthorSealed) {
  Install();
  device_.user = 1000;
  const auto answer = device_.Export({"", ""});
  EK_ASSERT_OK(answer);
  EXPECT_EQ(answer->version.sequence.value, 3U);
  ASSERT_EQ(device_.exported.files.size(), 2U);
  for (const auto& file : device_.exported.files) {
    EXPECT_EQ(file.bytes, plaintext_);
    EXPECT_TRUE(file.sealed);
  }
  EXPECT_TRUE(device_.journal.Mentions("handed plaintext out, to user 1000: acme/label-ocr"));
  EXPECT_EQ(device_.exported.num_open, 0) << "the keep's own descriptors";
  EXPECT_EQ(device_.cells.num_running, 0);
  EXPECT_EQ(device_.disk->num_open(), 0U);
  EXPECT_EQ(device_.Status()->products[0].open_sessions, 0U);
}

TEST_F(KeepExportTest, IsForbiddenBeforeAnyKeyIsUsedWithoutTheClaim) {
  Install({});
  const int uses = device_.anchor->num_kem_uses();
  const int started = device_.cells.num_started;
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kForbidden);
  EXPECT_EQ(device_.anchor->num_kem_uses(), uses);
  EXPECT_EQ(device_.cells.num_started, started);
  EXPECT_TRUE(device_.exported.files.empty());
  EXPECT_TRUE(device_.journal.Mentions("export acme/label-ocr: forbidden"));
  EK_ASSERT_OK(device_.Open());
  EXPECT_GT(device_.anchor->num_kem_uses(), uses) << "control: the count notices a use";
}

TEST_F(KeepExportTest, LicenceIsCheckedEachTime) {
  Install([](Licence& l) {
    l.terms.allows_export = true;
    l.terms.expires = UnixTime{kNow.value + 100};
  });
  EK_ASSERT_OK(device_.Export({""}));
  device_.clock.Set({kNow.value + 100});
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kExpired);
  device_.clock.Set(kNow);
  Install({});
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kForbidden);
}

TEST_F(KeepExportTest, UnknownProductsAndFilesAreNotFound) {
  EK_EXPECT_ERROR(device_.Export({""}, "acme/other"), ErrorCode::kNotFound);
  Install();
  EK_EXPECT_ERROR(device_.Export({"", "words.txt"}), ErrorCode::kNotFound);
  EXPECT_EQ(device_.exported.num_open, 0);
}

TEST_F(KeepExportTest, DamagedSlotFilesAreDenied) {
  Install();
  Buffer& stored = *device_.disk->ContentsOf("products/acme_label-ocr/canonical.0");
  stored.back() ^= 1;
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kDenied);
  stored.back() ^= 1;
  EK_ASSERT_OK(device_.Export({""}));
}

TEST_F(KeepExportTest, TroubleOfTheWorldIsToldAndLeavesNothing) {
  Install();
  device_.exported.fails = true;
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kNoMemory);
  device_.exported.fails = false;
  device_.cells.faults.start_error = ErrorCode::kBusy;
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kBusy);
  device_.cells.faults.start_error.reset();
  device_.cells.faults.answers_nonsense = true;
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kDenied);
  device_.cells.faults.answers_nonsense = false;
  EXPECT_EQ(device_.exported.num_open, 0);
  EXPECT_EQ(device_.cells.num_running, 0);
  EK_ASSERT_OK(device_.Export({""}));
}

// A cell that could still write would change what the application reads.
TEST_F(KeepExportTest, NothingUnsealedGoesOut) {
  Install();
  device_.exported.is_mapped = true;
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kBusy);
  EXPECT_FALSE(device_.journal.Mentions("handed plaintext out"));
}

TEST_F(KeepExportTest, TakesASessionsPlaceOfItsUserAsLongAsItLasts) {
  Install();
  std::uint32_t open = 0;
  device_.cells.faults.while_working = [&] { open = device_.Status()->products[0].open_sessions; };
  EK_ASSERT_OK(device_.Export({""}));
  EXPECT_EQ(open, 1U);
  device_.cells.faults.while_working = nullptr;
  device_.settings.max_sessions_of_one_user = 1;
  ASSERT_TRUE(device_.Start());
  EK_ASSERT_OK(device_.Open());
  EK_EXPECT_ERROR(device_.Export({""}), ErrorCode::kBusy);
}

// Otherwise one user's could take every cell.
TEST_F(KeepExportTest, ManyAtOnceTakeOneCell) {
  Install();
  EK_ASSERT_OK(device_.Status());  // the first one has a cell started
  const int before = device_.cells.num_started;
  int meanwhile = 0;
  bool second = false;
  std::thread waiting;
  device_.cells.faults.while_working = [&] {
    if (waiting.joinable()) return;
    waiting = std::thread([&] { second = device_.Export({""}).has_value(); });
    while (device_.Status()->products[0].open_sessions != 2) std::this_thread::yield();
    meanwhile = device_.cells.num_started;
  };
  EXPECT_TRUE(device_.Export({""}));
  waiting.join();
  EXPECT_EQ(meanwhile, before + 1);
  EXPECT_TRUE(second);
  EXPECT_EQ(device_.cells.num_started, before + 2);
}

TEST_F(KeepExportTest, IsGivenAtTheApplicationsDoorOnly) {
  EXPECT_TRUE(CheckCommand(Door::kApplication, gate::Command::kExportModel));
  EK_EXPECT_ERROR(CheckCommand(Door::kAdministrator, gate::Command::kExportModel), ErrorCode::kForbidden);
}

}  // namespace
}  // namespace edgekeep::keep
