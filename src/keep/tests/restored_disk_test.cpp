// Whoever holds a device copies its disk, and puts the copy back when something has changed that they do not like.
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/installed_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Package;

class RestoredDisk : public fixture::InstalledDevice {
 protected:
  void PutBack(std::unique_ptr<fixture::FaultDisk> copy) {
    device_.Stop();
    device_.disk = std::move(copy);
    device_.cells.UseDisk(*device_.disk);
    ASSERT_TRUE(device_.Start());
  }

  bool InstallNewer() {
    const Package newer = publisher_.Seal({4}, fixture::Pattern(5000, 8));
    return device_.Install(newer, publisher_.Grant(newer, {4}), device_.Licence(publisher_)).has_value();
  }
};

TEST_F(RestoredDisk, IsDeniedEverything) {
  auto older = device_.disk->Clone();
  ASSERT_TRUE(InstallNewer());
  const auto newer = device_.disk->Clone();
  const std::vector<std::string> before = older->AllPaths();
  PutBack(std::move(older));
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  EK_EXPECT_ERROR(device_.Status(), ErrorCode::kDenied);
  EK_EXPECT_ERROR(device_.Initialise(publisher_.Bundle()), ErrorCode::kDenied);
  EXPECT_TRUE(device_.journal.Mentions("not the one that the anchor's counter names"));
  EXPECT_EQ(device_.disk->AllPaths(), before) << "and nothing of it is changed";
  // Control: the disk that belongs to the anchor opens.
  PutBack(newer->Clone());
  EXPECT_EQ(device_.Open()->version.sequence.value, 4U);
}

TEST_F(RestoredDisk, TogetherWithItsAnchorIsNotNoticed) {
  auto older = device_.disk->Clone();
  const std::uint64_t counter = device_.counter.value;
  ASSERT_TRUE(InstallNewer());
  device_.counter.value = counter;
  PutBack(std::move(older));
  EXPECT_EQ(device_.Open()->version.sequence.value, 3U) << "THREAT_MODEL T5 says so";
}

TEST_F(RestoredDisk, BringsNoOlderFileIntoTheNewerStateEither) {
  const auto older = device_.disk->Clone();
  ASSERT_TRUE(InstallNewer());
  device_.Stop();
  for (const char* const name : {"record.0", "record.1", "canonical.0", "prepared.0", "licence.0"}) {
    const std::string path = std::string(fixture::kDirectory) + name;
    const Buffer* const copy = older->ContentsOf(path);
    if (Buffer* const there = device_.disk->ContentsOf(path)) *there = *copy;
  }
  device_.ForgetLastChange();
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
}

}  // namespace
}  // namespace edgekeep::keep
