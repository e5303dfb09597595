#include "edgekeep/formats/product_policy.h"

#include <algorithm>

#include "edgekeep/base/testing/expect_error.h"
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

  // In a cell of its own, with what the keep does meanwhile.
  void OpenAnew() {
    device_.CloseAll();
    EK_ASSERT_OK(device_.Open());
    device_.WorkMeanwhile();
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

TEST_F(KeepProductPolicyTest, AGuardThatTheModelsOutputsDoNotTakeIsRefusedAndLeavesWhatWasThere) {
  EK_ASSERT_OK(Install(Sealed(3, {.output_guard = {.top_k = 1}})));
  device_.cells.faults.tiny_float_output = true;
  EK_EXPECT_ERROR(Install(Sealed(4, {.output_guard = {.top_k = 1}})), ErrorCode::kModelRefused);
  EXPECT_EQ(InStatus().output_guard.top_k, 1U);
  EK_ASSERT_OK(device_.Open());
  EK_ASSERT_OK(Install(Sealed(5, {})));  // without a guard it may give what it likes
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

ProductPolicy Preferring(formats::ExecutionProvider first) {
  ProductPolicy policy{.weights_may_leave = true};
  policy.providers = {};
  EXPECT_TRUE(policy.providers.PushBack(first));
  EXPECT_TRUE(policy.providers.PushBack(formats::ExecutionProvider::kCpu));
  return policy;
}

TEST_F(KeepProductPolicyTest, TellsWhatAModelComputesOn) {
  EK_ASSERT_OK(Install(Sealed(3, Preferring(formats::ExecutionProvider::kCuda))));
  EXPECT_EQ(device_.Status()->products[0].provider, 0);
  device_.cells.provider = 1;
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.Status()->products[0].provider, 1);
  EXPECT_TRUE(device_.journal.Mentions("acme/label-ocr: computes on cpu, there is no cuda"));
  device_.journal.lines.clear();
  device_.CloseAll();
  device_.cells.provider = 2;
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.Status()->products[0].provider, 2);
  EXPECT_FALSE(device_.journal.Mentions("computes on"));
}

// Prepared forms are the CPU's: one is used where the policy prefers the CPU, or once nothing else was found.
TEST_F(KeepProductPolicyTest, PreparedFormsAreForTheCpu) {
  EK_ASSERT_OK(Install(Sealed(3, Preferring(formats::ExecutionProvider::kCuda))));
  device_.cells.provider = 2;
  OpenAnew();
  EXPECT_FALSE(device_.cells.last_served_prepared);
  device_.cells.engine_key = "engine-2/cpu";
  OpenAnew();
  EXPECT_EQ(device_.cells.num_prepares, 0);
  device_.cells.engine_key = "engine-1/cpu";
  device_.cells.provider = 1;
  OpenAnew();
  EXPECT_FALSE(device_.cells.last_served_prepared);
  OpenAnew();
  EXPECT_TRUE(device_.cells.last_served_prepared);
  EXPECT_EQ(device_.cells.num_prepares, 0) << "the one made at the install";
  device_.cells.engine_key = "engine-2/cpu";
  OpenAnew();
  EXPECT_EQ(device_.cells.num_prepares, 1);
}

TEST_F(KeepProductPolicyTest, ACellThatTakesWhatThePolicyDoesNotAllowIsNotBelieved) {
  EK_ASSERT_OK(Install(Sealed(3, {})));
  for (const int provider : {0, 2, 255}) {
    device_.cells.provider = static_cast<std::uint8_t>(provider);
    EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  }
  EXPECT_TRUE(device_.journal.Mentions("a provider that the policy does not allow"));
  device_.cells.provider = 1;
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepProductPolicyTest, ProcessorsThatAreIgnoredAreInTheJournal) {
  ProductPolicy policy;
  ASSERT_TRUE(policy.processors.PushBack(1000));
  EK_ASSERT_OK(Install(Sealed(3, policy)));
  EK_ASSERT_OK(device_.Open());
  EXPECT_FALSE(device_.journal.Mentions("runs on any processor"));
  device_.CloseAll();
  device_.cells.processors_ignored = true;
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.journal.Mentions("acme/label-ocr: runs on any processor"));
}

TEST_F(KeepProductPolicyTest, RefusalsForThePolicySaySo) {
  ProductPolicy policy{.weights_may_leave = true};
  policy.providers[0] = formats::ExecutionProvider::kCuda;
  EK_ASSERT_OK(Install(Sealed(3, policy)));
  device_.cells.faults.order_error = ErrorCode::kModelRefused;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kModelRefused);
  EXPECT_TRUE(device_.journal.Mentions("none of the providers in the product's policy"));
  device_.cells.faults.order_error.reset();
  EK_ASSERT_OK(Install(Sealed(4, {.memory_budget = 4096})));
  device_.cells.faults.order_error = ErrorCode::kNoMemory;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kNoMemory);
  EXPECT_TRUE(device_.journal.Mentions("within its policy's memory budget"));
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
