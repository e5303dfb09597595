#include "edgekeep/base/testing/expect_error.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Survival;
using fixture::TestDevice;
using fixture::TestPublisher;

class InitialiseTest : public testing::Test {
 protected:
  InitialiseTest() { EXPECT_TRUE(device_.Start()); }

  TestPublisher publisher_;
  TestDevice device_;
};

TEST_F(InitialiseTest, BeforeItNothingElseWorks) {
  EK_EXPECT_ERROR(device_.ShowRequest(), ErrorCode::kNotInitialised);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kNotInitialised);
  const auto package = publisher_.Seal({1}, fixture::Pattern(100, 1));
  EK_EXPECT_ERROR(device_.Install(package, publisher_.Grant(package, {1}), {}), ErrorCode::kNotInitialised);
  const auto status = device_.Status();
  EK_ASSERT_OK(status);
  EXPECT_FALSE(status->initialised);
  EXPECT_EQ(status->engine_key.view(), "engine-1/cpu");
}

TEST_F(InitialiseTest, TrustsThePublisherAndShowsARequest) {
  const auto answer = device_.Initialise(publisher_.Bundle());
  EK_ASSERT_OK(answer);
  EXPECT_EQ(answer->publisher.view(), "acme");
  EXPECT_EQ(answer->anchor, static_cast<std::uint8_t>(ports::AnchorKind::kSoftware));
  EK_ASSERT_OK(device_.ShowRequest());
  const auto status = device_.Status().value();
  EXPECT_TRUE(status.initialised);
  EXPECT_EQ(status.device, answer->device);
}

TEST_F(InitialiseTest, StaysInitialisedAfterARestart) {
  const auto answer = device_.Initialise(publisher_.Bundle()).value();
  const Buffer request = device_.ShowRequest().value();
  device_.PowerCycle(Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(device_.Status()->device, answer.device);
}

TEST_F(InitialiseTest, OnceOnlyButAskingAgainIsFine) {
  const auto first = device_.Initialise(publisher_.Bundle()).value();
  const auto again = device_.Initialise(publisher_.Bundle());
  EK_ASSERT_OK(again);
  EXPECT_EQ(again->device, first.device);
  EK_EXPECT_ERROR(device_.Initialise(TestPublisher("other").Bundle()), ErrorCode::kAlreadyExists);
  EXPECT_EQ(device_.Status()->publisher.view(), "acme");
}

TEST_F(InitialiseTest, BadBundleLeavesNothing) {
  Buffer bundle = publisher_.Bundle();
  bundle[bundle.size() / 2] ^= 1;
  EXPECT_FALSE(device_.Initialise(bundle));
  EK_EXPECT_ERROR(device_.Initialise({}), ErrorCode::kMalformed);
  EXPECT_TRUE(device_.disk->AllPaths().empty());
  EK_ASSERT_OK(device_.Initialise(publisher_.Bundle()));
}

TEST_F(InitialiseTest, BundleExchangedOnTheDiskIsDenied) {
  EK_ASSERT_OK(device_.Initialise(publisher_.Bundle()));
  device_.Stop();
  device_.ForgetLastChange();
  // A thief of the disk puts their own bundle there, rightly signed by their own keys.
  const Buffer theirs = TestPublisher("acme").Bundle();
  std::vector<std::uint8_t>& stored = *device_.disk->ContentsOf("trust");
  const std::vector<std::uint8_t> good = stored;
  stored = theirs;
  stored.insert(stored.end(), good.end() - 32, good.end());
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(device_.Status(), ErrorCode::kDenied);
  EK_EXPECT_ERROR(device_.ShowRequest(), ErrorCode::kDenied);
  EK_EXPECT_ERROR(device_.Initialise(theirs), ErrorCode::kDenied);
  // Control: with the stored bytes mended the device is itself again.
  stored = good;
  ASSERT_TRUE(device_.Start());
  EK_ASSERT_OK(device_.Status());
}

TEST_F(InitialiseTest, EachFlippedByteOfTrustAndDeviceIsDenied) {
  EK_ASSERT_OK(device_.Initialise(publisher_.Bundle()));
  device_.ForgetLastChange();
  for (const char* const name : {"trust", "device"}) {
    std::vector<std::uint8_t>& stored = *device_.disk->ContentsOf(name);
    for (std::size_t i = 0; i < stored.size(); i += 1 + stored.size() / 40) {
      stored[i] ^= 0x20;
      ASSERT_TRUE(device_.Start());
      EK_EXPECT_ERROR(device_.ShowRequest(), ErrorCode::kDenied);
      stored[i] ^= 0x20;
    }
  }
  ASSERT_TRUE(device_.Start());
  EK_ASSERT_OK(device_.ShowRequest());
}

TEST_F(InitialiseTest, FullOrReadOnlyDiskSaysSo) {
  device_.disk->FullFrom(0);
  EK_EXPECT_ERROR(device_.Initialise(publisher_.Bundle()), ErrorCode::kNoSpace);
  device_.disk->Heal();
  device_.disk->ReadOnlyFrom(0);
  EK_EXPECT_ERROR(device_.Initialise(publisher_.Bundle()), ErrorCode::kReadOnly);
  device_.disk->Heal();
  EK_ASSERT_OK(device_.Initialise(publisher_.Bundle()));
}

}  // namespace
}  // namespace edgekeep::keep
