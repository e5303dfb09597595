#include "edgekeep/formats/product_policy.h"

#include <algorithm>

#include "fixture/expect_error.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Package;
using fixture::TestDevice;
using fixture::TestPublisher;
using formats::ProductPolicy;

class KeepProductPolicyTest : public testing::Test {
 protected:
  KeepProductPolicyTest() {
    EXPECT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
  }

  Package Sealed(std::uint64_t sequence, const ProductPolicy& policy) {
    publisher_.policy = policy;
    return publisher_.Seal({sequence}, fixture::Pattern(5000, 7));
  }

  Result<gate::InstallAnswer> Install(const Package& package) {
    return device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_));
  }

  ProductPolicy InStatus() {
    const auto status = device_.Status().value();
    EXPECT_EQ(status.products.size(), 1U);
    const auto& policy = status.products[0].policy;
    return policy.empty() ? ProductPolicy() : formats::DecodeProductPolicy(policy.view()).value();
  }

  TestPublisher publisher_;
  TestDevice device_;
};

TEST_F(KeepProductPolicyTest, GoesFromTheSealedFileToCellAndStatus) {
  const ProductPolicy policy{.threads = 3, .memory_budget = 1 << 20, .receipts = true};
  EK_ASSERT_OK(Install(Sealed(3, policy)));
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_policy == policy);
  EXPECT_TRUE(InStatus() == policy);
  device_.sessions.clear();
  ASSERT_TRUE(device_.Start());
  EXPECT_TRUE(InStatus() == policy);
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_policy == policy);
}

TEST_F(KeepProductPolicyTest, OnlyAnotherReleaseChangesIt) {
  EK_ASSERT_OK(Install(Sealed(3, {.linger_seconds = 5})));
  EXPECT_EQ(InStatus().linger_seconds, 5U);
  EK_ASSERT_OK(Install(Sealed(4, {})));
  EXPECT_TRUE(InStatus().is_default());
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_policy.is_default());
  EK_ASSERT_OK(Install(Sealed(5, {.spinning = true})));
  EXPECT_TRUE(InStatus().spinning);
}

TEST_F(KeepProductPolicyTest, OutlastsTheRemakingOfThePreparedForm) {
  EK_ASSERT_OK(Install(Sealed(3, {.threads = 2})));
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.last_policy.threads, 2U) << "from the canonical package";
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.cells.num_prepares, 1);
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_served_prepared);
  EXPECT_EQ(InStatus().threads, 2U);
  EXPECT_EQ(device_.cells.last_policy.threads, 2U);
}

// The control is the install of the same bytes unchanged.
TEST_F(KeepProductPolicyTest, ChangedInASealedFileNothingIsInstalled) {
  const Package package = Sealed(3, {.threads = 3});
  const Buffer header_end = {13, 0xA1, 1, 3};  // {13: {1: 3}}
  const auto found = std::ranges::search(package.file, header_end);
  ASSERT_FALSE(found.empty());
  Buffer widened = package.file;
  widened[static_cast<std::size_t>(found.begin() - package.file.begin()) + 3] = 23;
  EK_EXPECT_ERROR(Install(package.With(widened)), ErrorCode::kMalformed);
  EK_ASSERT_OK(Install(package));
}

TEST_F(KeepProductPolicyTest, ApplicationsGetFewerThreadsNeverMore) {
  EK_ASSERT_OK(Install(Sealed(3, {.threads = 4})));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.last_threads, 4U);
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open(fixture::kProduct, 0, 2));
  EXPECT_EQ(device_.cells.last_threads, 2U);
  const int started = device_.cells.num_started;
  EK_EXPECT_ERROR(device_.Open(fixture::kProduct, 0, 5), ErrorCode::kTooLarge);
  EXPECT_EQ(device_.cells.num_started, started);
  EK_ASSERT_OK(Install(Sealed(4, {})));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.last_threads, device_.settings.default_threads);
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open(fixture::kProduct, 0, 5));
  EXPECT_EQ(device_.cells.last_threads, 5U);
}

TEST_F(KeepProductPolicyTest, NoProductGetsMoreThreadsThanTheDeviceAllows) {
  device_.settings.max_threads = 2;
  ASSERT_TRUE(device_.Start());
  EK_ASSERT_OK(Install(Sealed(3, {.threads = 4})));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.last_threads, 2U);
  EK_EXPECT_ERROR(device_.Open(fixture::kProduct, 0, 3), ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::keep
