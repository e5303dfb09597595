#include "edgekeep/engine/testing/engine_contract.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::engine::testing {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(OnnxRuntime, EngineContract, OnnxRuntime);

TEST(LoadOnnxRuntime, SaysItsVersion) {
  OnnxRuntime runtime;
  EXPECT_EQ(runtime.engine().version().substr(0, 12), "onnxruntime-");
}

TEST(LoadOnnxRuntime, RefusesWhatIsNoOnnxRuntime) {
  for (const char* const path : {"/nowhere/libonnxruntime.so.1", "/etc/passwd", "/lib/x86_64-linux-gnu/libm.so.6"}) {
    const auto engine = LoadOnnxRuntime({.library_path = path});
    ASSERT_FALSE(engine) << path;
    EXPECT_EQ(engine.error().code(), ErrorCode::kModelRefused) << path;
  }
  EXPECT_EQ(LoadOnnxRuntime({.library_path = "libm.so.6"}).error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(LoadOnnxRuntime({}).error().code(), ErrorCode::kBadArgument);
}

TEST(LoadOnnxRuntime, KeepsNoBudgetWithoutMemoryOfItsOwnAndSaysSo) {
  const auto engine = LoadOnnxRuntime({.library_path = EK_ONNXRUNTIME_LIBRARY});
  ASSERT_TRUE(engine);
  const std::string model = TestModel("affine");
  EXPECT_TRUE((*engine)->LoadCanonical(AsBytes(model), {}, {}));
  const auto session = (*engine)->LoadCanonical(AsBytes(model), {}, {.memory_budget = 1 << 30});
  EXPECT_EQ(session.error().code(), ErrorCode::kUnsupported);
}

std::vector<RecordedOutput> RunWith(Session& session, std::initializer_list<InputTensor> inputs) {
  OutputRecorder recorder;
  const Status status = session.Run({inputs.begin(), inputs.size()}, recorder);
  EXPECT_TRUE(status) << status.error().where();
  return recorder.outputs;
}

TEST(OnnxRuntimeSession, CarriesIntegersAndSeveralOutputs) {
  OnnxRuntime runtime;
  auto session = runtime.engine().LoadCanonical(AsBytes(TestModel("gather")), {}, {});
  ASSERT_TRUE(session);
  ASSERT_EQ((*session)->outputs().size(), 2U);
  const std::vector<std::int64_t> indices = {3, 0, 1};
  const auto outputs = RunWith(**session, {Input(0, 7, {3}, indices)});
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].shape, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(outputs[0].floats(), (std::vector<float>{6, 7, 0, 1, 2, 3}));
  EXPECT_EQ(outputs[1].type, 7);
}

// An index outside the tensor is the engine's to refuse; the session goes on.
TEST(OnnxRuntimeSession, RefusesIndicesOutsideTheTensor) {
  OnnxRuntime runtime;
  auto session = runtime.engine().LoadCanonical(AsBytes(TestModel("gather")), {}, {});
  ASSERT_TRUE(session);
  OutputRecorder recorder;
  const std::vector<std::int64_t> indices = {1LL << 40};
  const InputTensor input = Input(0, 7, {1}, indices);
  EXPECT_FALSE((*session)->Run({&input, 1}, recorder));
  const std::vector<std::int64_t> good = {2};
  EXPECT_EQ(RunWith(**session, {Input(0, 7, {1}, good)})[0].floats(), (std::vector<float>{4, 5}));
}

TEST(OnnxRuntimeSession, RunsSubgraphs) {
  OnnxRuntime runtime;
  auto session = runtime.engine().LoadCanonical(AsBytes(TestModel("branches")), {}, {});
  ASSERT_TRUE(session);
  const std::vector<float> x = {2};
  for (const std::uint8_t which : {std::uint8_t{1}, std::uint8_t{0}}) {
    const std::vector<std::uint8_t> flag = {which};
    const auto outputs = RunWith(**session, {Input(0, 9, {}, flag), Input(1, 1, {1}, x)});
    EXPECT_EQ(outputs[0].floats(), std::vector<float>{which == 1 ? 6.0F : -2.0F});
  }
}

}  // namespace
}  // namespace edgekeep::engine::testing
