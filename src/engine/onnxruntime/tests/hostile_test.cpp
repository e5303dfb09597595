// Models that would do harm: the engine alone must end with a refusal, whether or not module model saw them before.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::engine::testing {
namespace {

class HostileModel : public ::testing::TestWithParam<const char*> {};

TEST_P(HostileModel, IsRefused) {
  OnnxRuntime runtime;
  const std::string model = TestModel(GetParam());
  const auto session = runtime.engine().LoadCanonical(AsBytes(model), {}, {});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code(), ErrorCode::kModelRefused);
  const auto prepared = runtime.engine().Prepare(AsBytes(model), {});
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().code(), ErrorCode::kUnsupported);
  EXPECT_TRUE(runtime.ScratchIsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Each, HostileModel,
                         ::testing::Values("escape-parent", "escape-inside", "beyond", "truncated", "unknown-operator",
                                           "wrong-size", "cycle", "empty", "text", "group"));

// 181 bytes that ask for 16 TiB: the refusal may come at load (constants are folded) or at the call.
TEST(HostileModel, HugeConstantEndsInARefusal) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "SKIP huge constant: under the address sanitizer such an allocation ends the process";
#endif
  OnnxRuntime runtime;
  auto session = runtime.engine().LoadCanonical(AsBytes(TestModel("huge-constant")), {}, {});
  if (!session) {
    EXPECT_EQ(session.error().code(), ErrorCode::kModelRefused);
    return;
  }
  OutputRecorder recorder;
  const std::vector<float> x = {1, 2, 3, 4};
  const InputTensor input = Input(0, 1, {4}, x);
  const Status status = (*session)->Run({&input, 1}, recorder);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kModelRefused);
}

TEST(HostileModel, HugeConstantIsOverAnyMemoryBudget) {
  OnnxRuntime runtime;
  const auto refusal = [&] {
    auto session = runtime.engine().LoadCanonical(AsBytes(TestModel("huge-constant")), {}, {.memory_budget = 1 << 30});
    if (!session) return session.error().code();
    OutputRecorder recorder;
    const std::vector<float> x = {1, 2, 3, 4};
    const InputTensor input = Input(0, 1, {4}, x);
    return (*session)->Run({&input, 1}, recorder).error().code();
  };
  EXPECT_EQ(refusal(), ErrorCode::kNoMemory);
  auto session = runtime.engine().LoadCanonical(AsBytes(TestModel("affine")), {}, {.memory_budget = 1 << 30});
  EXPECT_TRUE(session) << "the control";
}

// A prepared form under the name of a canonical model, and the reverse: neither loads as the other.
TEST(HostileModel, FormsDoNotPassAsEachOther) {
  OnnxRuntime runtime;
  const std::string model = TestModel("affine");
  const auto prepared = runtime.engine().Prepare(AsBytes(model), {});
  ASSERT_TRUE(prepared);
  EXPECT_FALSE(runtime.engine().LoadCanonical(prepared->Reveal(), {}, {}));
  EXPECT_FALSE(runtime.engine().LoadPrepared(AsBytes(model), {}));
}

}  // namespace
}  // namespace edgekeep::engine::testing
