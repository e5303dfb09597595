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

class KeepInstallTest : public testing::Test {
 protected:
  KeepInstallTest() {
    EXPECT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
    licence_ = device_.Licence(publisher_);
  }

  Result<gate::InstallAnswer> Install() { return device_.Install(package_, grant_, licence_); }

  // What is refused leaves no trace, and what belongs in its place is then accepted.
  void ExpectRefused(const Result<gate::InstallAnswer>& refused, ErrorCode code) {
    EK_EXPECT_ERROR(refused, code);
    EXPECT_EQ(device_.cells.num_running, 0);
    for (const std::string& path : device_.disk->AllPaths()) {
      EXPECT_EQ(path.find("canonical"), std::string::npos) << path << " was left";
    }
    EXPECT_EQ(device_.disk->num_open(), 0U);
    EK_ASSERT_OK(Install());
  }

  TestPublisher publisher_;
  TestDevice device_;
  Package package_ = publisher_.Seal({3}, fixture::Pattern(5000, 7));
  Buffer grant_ = publisher_.Grant(package_, {4});
  Buffer licence_;
};

TEST_F(KeepInstallTest, InstallsAndOpens) {
  const auto answer = Install();
  EK_ASSERT_OK(answer);
  EXPECT_EQ(answer->product.view(), fixture::kProduct);
  EXPECT_TRUE(answer->prepared);
  EXPECT_EQ(device_.cells.num_running, 0);
  EXPECT_EQ(device_.disk->num_open(), 0U);
  EK_ASSERT_OK(device_.Open());
  const auto status = device_.Status().value();
  ASSERT_EQ(status.products.size(), 1U);
  EXPECT_TRUE(status.products[0].licensed);
  EXPECT_TRUE(status.products[0].prepared_form_current);
  EXPECT_EQ(status.products[0].open_sessions, 1U);
}

TEST_F(KeepInstallTest, NothingOfThePackageIsOnTheDisk) {
  const auto has_plaintext = [&] {
    const std::vector<std::uint8_t> all = device_.disk->AllContents();
    const Buffer piece(package_.plaintext.begin() + 100, package_.plaintext.begin() + 132);
    return std::ranges::search(all, piece).begin() != all.end();
  };
  EK_ASSERT_OK(Install());
  EXPECT_FALSE(has_plaintext());
  device_.cells.faults.writes_plaintext = true;
  EK_ASSERT_OK(Install());
  EXPECT_TRUE(has_plaintext()) << "the scan finds nothing even where there is something";
}

TEST_F(KeepInstallTest, LicenceForAnotherDevice) {
  TestDevice other;
  ASSERT_TRUE(other.Start());
  EK_ASSERT_OK(other.Initialise(publisher_.Bundle()));
  ExpectRefused(device_.Install(package_, grant_, other.Licence(publisher_)), ErrorCode::kWrongDevice);
}

TEST_F(KeepInstallTest, ExpiredLicence) {
  ExpectRefused(
      device_.Install(package_, grant_, device_.Licence(publisher_, [](Licence& l) { l.terms.expires = kNow; })),
      ErrorCode::kExpired);
}

TEST_F(KeepInstallTest, LicenceWithTooHighAnIsolationFloor) {
  const Buffer demanding =
      device_.Licence(publisher_, [](Licence& l) { l.terms.isolation_floor = formats::Isolation::kTrustZone; });
  ExpectRefused(device_.Install(package_, grant_, demanding), ErrorCode::kForbidden);
}

TEST_F(KeepInstallTest, SealedFileByAStranger) {
  const TestPublisher stranger;
  const Package forged = stranger.Seal({3}, fixture::Pattern(5000, 7));
  ExpectRefused(device_.Install(forged, publisher_.Grant(forged, {4}), licence_), ErrorCode::kUntrusted);
}

// An insider knows K_n, and with it the content key: they encrypt another model under it, and every AEAD tag is right.
TEST_F(KeepInstallTest, SegmentsForgedWithTheEpochKey) {
  const Package forged = package_.With(package_.ForgedWith(fixture::Pattern(5000, 8)));
  ExpectRefused(device_.Install(forged, grant_, licence_), ErrorCode::kDenied);
  EXPECT_TRUE(device_.journal.Mentions("install acme/label-ocr: denied"));
}

TEST_F(KeepInstallTest, GrantForAnotherFile) {
  const Package other = publisher_.Seal({3}, fixture::Pattern(5000, 8));
  ExpectRefused(device_.Install(package_, publisher_.Grant(other, {4}), licence_), ErrorCode::kWrongProduct);
}

TEST_F(KeepInstallTest, OlderVersion) {
  const Package newer = publisher_.Seal({4}, fixture::Pattern(5000, 8));
  EK_ASSERT_OK(device_.Install(newer, publisher_.Grant(newer, {4}), licence_));
  EK_EXPECT_ERROR(Install(), ErrorCode::kWrongVersion);
  EXPECT_EQ(device_.Status()->products[0].version.sequence.value, 4U);
  EK_ASSERT_OK(device_.Install(newer, publisher_.Grant(newer, {4}), licence_));
}

// The older licence is for all versions and for ever, still valid and rightly signed.
TEST_F(KeepInstallTest, OlderAndWiderLicenceDoesNotComeBack) {
  const Buffer narrow = device_.Licence(publisher_, [](Licence& l) {
    l.issued_at = {kNow.value + 60};
    l.terms.expires = UnixTime{kNow.value + 3600};
  });
  EK_ASSERT_OK(Install());  // control: alone it is accepted
  EK_ASSERT_OK(device_.Install(package_, grant_, narrow));
  EK_EXPECT_ERROR(Install(), ErrorCode::kWrongVersion);
  EK_ASSERT_OK(device_.Install(package_, grant_, narrow));
  device_.clock.Pass(3600);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kExpired);
  EK_EXPECT_ERROR(Install(), ErrorCode::kWrongVersion);
  const Buffer renewed = device_.Licence(publisher_, [](Licence& l) { l.issued_at = {kNow.value + 3600}; });
  EK_ASSERT_OK(device_.Install(package_, grant_, renewed));
  EK_ASSERT_OK(device_.Open());
}

// What was installed is no less because its files were spoiled.
TEST_F(KeepInstallTest, NothingOlderComesInPlaceOfDamagedFiles) {
  const Package newer = publisher_.Seal({4}, fixture::Pattern(5000, 8));
  const Buffer newer_grant = publisher_.Grant(newer, {4});
  const Buffer renewed = device_.Licence(publisher_, [](Licence& l) { l.issued_at = {kNow.value + 60}; });
  EK_ASSERT_OK(Install());
  EK_ASSERT_OK(device_.Install(newer, newer_grant, renewed));
  device_.Stop();
  device_.ForgetLastChange();
  for (const char* name : {"record.0", "record.1", "licence.1"}) {
    ASSERT_NE(device_.disk->ContentsOf(std::string("products/acme_label-ocr/") + name), nullptr) << name;
    static_cast<void>(device_.disk->Remove(std::string("products/acme_label-ocr/") + name));
  }
  ASSERT_TRUE(device_.Start());
  EXPECT_FALSE(device_.Open());
  EK_EXPECT_ERROR(device_.Install(package_, grant_, renewed), ErrorCode::kWrongVersion);
  EK_EXPECT_ERROR(device_.Install(newer, newer_grant, licence_), ErrorCode::kWrongVersion);
  // Control: what was there is what mends it.
  EK_ASSERT_OK(device_.Install(newer, newer_grant, renewed));
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepInstallTest, SlotsAlternateAndTheOldOneIsErased) {
  EK_ASSERT_OK(Install());
  EXPECT_EQ(device_.Status()->products[0].slot, 0);
  EK_ASSERT_OK(Install());
  EXPECT_EQ(device_.Status()->products[0].slot, 1);
  EXPECT_EQ(device_.disk->ContentsOf("products/acme_label-ocr/canonical.0"), nullptr);
  EK_ASSERT_OK(device_.Open());
  EK_ASSERT_OK(Install());
  EXPECT_EQ(device_.Status()->products[0].slot, 0);
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepInstallTest, ModelWithoutPreparedFormIsServedFromTheCanonicalPackage) {
  device_.cells.faults.has_prepared_form = false;
  const auto answer = Install();
  EK_ASSERT_OK(answer);
  EXPECT_FALSE(answer->prepared);
  EK_ASSERT_OK(device_.Open());
  EXPECT_FALSE(device_.cells.last_served_prepared);
  EXPECT_EQ(device_.cells.num_prepares, 0);
}

TEST_F(KeepInstallTest, CellsRefusalsKeepTheirNamesWhereTheyTellNothing) {
  for (const ErrorCode code : {ErrorCode::kModelRefused, ErrorCode::kPeerGone, ErrorCode::kTimedOut,
                               ErrorCode::kNoMemory, ErrorCode::kNoSpace}) {
    device_.cells.faults.order_error = code;
    const auto refused = Install();
    device_.cells.faults.order_error.reset();
    ExpectRefused(refused, code);
    device_.disk = std::make_unique<fixture::FaultDisk>();
    device_.cells.UseDisk(*device_.disk);
    ASSERT_TRUE(device_.Start());
    EK_ASSERT_OK(device_.Initialise(publisher_.Bundle()));
    licence_ = device_.Licence(publisher_);
  }
}

TEST_F(KeepInstallTest, CellsRefusalsThatCouldTellSomethingAreDenied) {
  for (const ErrorCode code : {ErrorCode::kBadSignature, ErrorCode::kMalformed, ErrorCode::kInternal}) {
    device_.cells.faults.order_error = code;
    EK_EXPECT_ERROR(Install(), ErrorCode::kDenied);
  }
}

TEST_F(KeepInstallTest, CellThatLiesIsNotBelieved) {
  device_.cells.faults.lies_about_size = true;
  const auto lied = Install();
  device_.cells.faults.lies_about_size = false;
  ExpectRefused(lied, ErrorCode::kIo);
}

TEST_F(KeepInstallTest, CellThatTalksNonsenseIsNotBelieved) {
  device_.cells.faults.answers_nonsense = true;
  const auto refused = Install();
  device_.cells.faults.answers_nonsense = false;
  ExpectRefused(refused, ErrorCode::kDenied);
}

TEST_F(KeepInstallTest, NoCellToBeHad) {
  device_.cells.faults.start_error = ErrorCode::kBusy;
  const auto refused = Install();
  device_.cells.faults.start_error.reset();
  ExpectRefused(refused, ErrorCode::kBusy);
}

TEST_F(KeepInstallTest, FailedInstallLeavesNotEvenADirectory) {
  for (const ErrorCode code : {ErrorCode::kModelRefused, ErrorCode::kNoSpace}) {
    device_.cells.faults.order_error = code;
    EK_EXPECT_ERROR(Install(), code);
    EK_EXPECT_ERROR(device_.disk->Open("products/acme_label-ocr"), ErrorCode::kNotFound);
  }
  device_.cells.faults.order_error.reset();
  EK_ASSERT_OK(Install());
}

// One that a cut left is removed at the next start.
TEST_F(KeepInstallTest, EmptyProductDirectoriesAreRemovedAtStart) {
  EK_ASSERT_OK(Install());
  for (int i = 0; i < 63; ++i) {
    EK_ASSERT_OK(device_.disk->MakeDirectory("products/acme_left-" + std::to_string(i)));
  }
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(device_.disk->Open("products/acme_left-0"), ErrorCode::kNotFound);
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepInstallTest, SecondInstallMeanwhileIsBusyAndEverythingElseWorks) {
  EK_ASSERT_OK(Install());
  bool asked = false;
  device_.cells.faults.while_working = [&] {
    if (std::exchange(asked, true)) return;
    EK_EXPECT_ERROR(Install(), ErrorCode::kBusy);
    EK_ASSERT_OK(device_.Status());
    EK_ASSERT_OK(device_.Open());
  };
  EK_ASSERT_OK(Install());
  EXPECT_TRUE(asked);
  device_.cells.faults.while_working = nullptr;
  EK_ASSERT_OK(Install());
}

TEST_F(KeepInstallTest, FileThatShrinksMeanwhile) {
  const int file = device_.files.Add(package_.file);
  device_.files.At(file).resize(100);
  EXPECT_FALSE(device_.InstallFile({file}, grant_, licence_));
  EK_ASSERT_OK(Install());
}

TEST_F(KeepInstallTest, DescriptorsMustBeOneRegularFile) {
  EK_EXPECT_ERROR(device_.InstallFile({}, grant_, licence_), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(device_.InstallFile({99}, grant_, licence_), ErrorCode::kBadArgument);
  const int file = device_.files.Add(package_.file);
  EK_EXPECT_ERROR(device_.InstallFile({file, file}, grant_, licence_), ErrorCode::kBadArgument);
  EK_ASSERT_OK(device_.InstallFile({file}, grant_, licence_));
}

TEST_F(KeepInstallTest, EveryTruncationOfTheFilesIsRefused) {
  for (std::size_t size = 0; size < package_.file.size(); size += 1 + package_.file.size() / 60) {
    const Buffer cut(package_.file.begin(), package_.file.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(device_.Install(package_.With(cut), grant_, licence_)) << size;
  }
  for (std::size_t size = 0; size < grant_.size(); size += 101) {
    EXPECT_FALSE(device_.Install(package_, Buffer(grant_.begin(), grant_.begin() + static_cast<int>(size)), licence_));
  }
  EXPECT_EQ(device_.cells.num_installs, 0);
  EK_ASSERT_OK(Install());
}

TEST_F(KeepInstallTest, FullDiskAtEachStepChangesNothing) {
  EK_ASSERT_OK(Install());
  const Package newer = publisher_.Seal({4}, fixture::Pattern(5000, 8));
  const Buffer newer_grant = publisher_.Grant(newer, {4});
  int num_refused = 0;
  for (std::uint64_t step = 0; step < 100; ++step) {
    device_.disk->FullFrom(device_.disk->num_steps() + step);
    const auto installed = device_.Install(newer, newer_grant, licence_);
    device_.disk->Heal();
    if (installed) break;
    ++num_refused;
    EK_EXPECT_ERROR(installed, ErrorCode::kNoSpace);
    EXPECT_EQ(device_.Status()->products[0].version.sequence.value, 3U) << step;
    EK_ASSERT_OK(device_.Open());
    device_.CloseAll();
  }
  EXPECT_GT(num_refused, 4);
  EXPECT_EQ(device_.Status()->products[0].version.sequence.value, 4U);
}

TEST_F(KeepInstallTest, ReadOnlyDiskIsNamed) {
  EK_ASSERT_OK(Install());
  device_.disk->ReadOnlyFrom(0);
  EK_EXPECT_ERROR(Install(), ErrorCode::kReadOnly);
  EK_ASSERT_OK(device_.Open());
  ASSERT_TRUE(device_.Start()) << "a device whose disk went read-only still starts";
  EK_ASSERT_OK(device_.Open());
}

}  // namespace
}  // namespace edgekeep::keep
