#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::engine::testing {
namespace {

TEST(Prepare, LeavesNothingBehind) {
  OnnxRuntime runtime;
  const auto prepared = runtime.engine().Prepare(AsBytes(TestModel("tagged")), {});
  ASSERT_TRUE(prepared);
  EXPECT_GT(prepared->size(), 8U << 20);
  EXPECT_TRUE(runtime.ScratchIsEmpty());
}

TEST(Prepare, NeedsAScratchDirectory) {
  const auto engine = LoadOnnxRuntime({.library_path = EK_ONNXRUNTIME_LIBRARY});
  ASSERT_TRUE(engine);
  EXPECT_EQ((*engine)->Prepare(AsBytes(TestModel("affine")), {}).error().code(), ErrorCode::kUnsupported);
  const auto lost = LoadOnnxRuntime({.library_path = EK_ONNXRUNTIME_LIBRARY, .scratch_directory = "/nowhere/at/all"});
  ASSERT_TRUE(lost);
  EXPECT_EQ((*lost)->Prepare(AsBytes(TestModel("affine")), {}).error().code(), ErrorCode::kUnsupported);
}

TEST(Prepare, RefusesTooMuchWithoutReadingIt) {
  OnnxRuntime runtime;
  const std::string model = TestModel("affine");
  const SideFile huge{.path = "weights.bin", .bytes = ByteView(AsBytes(model).data(), 1ULL << 31)};
  EXPECT_EQ(runtime.engine().Prepare(AsBytes(model), {&huge, 1}).error().code(), ErrorCode::kUnsupported);
}

// External data comes from memory: the file does not exist.
TEST(Prepare, TakesWeightsFromSideFiles) {
  OnnxRuntime runtime;
  const std::string model = TestModel("external");
  const std::string weights = ReadFile(std::string(EK_TEST_MODELS) + "/weights/matrix.bin");
  const SideFile files[] = {
      {"notes.txt", AsBytes("read me")}, {"weights/matrix.bin", AsBytes(weights)}, {"empty.txt", ByteView()}};
  auto canonical = runtime.engine().LoadCanonical(AsBytes(model), files, {});
  ASSERT_TRUE(canonical) << canonical.error().where();
  const auto prepared = runtime.engine().Prepare(AsBytes(model), files);
  ASSERT_TRUE(prepared) << prepared.error().where();
  auto session = runtime.engine().LoadPrepared(prepared->Reveal(), {});
  ASSERT_TRUE(session);
  std::vector<float> x(256, 0);
  x[3] = 1;  // picks row 3
  const InputTensor input = Input(0, 1, {1, 256}, x);
  OutputRecorder plain;
  OutputRecorder fast;
  ASSERT_TRUE((*canonical)->Run({&input, 1}, plain));
  ASSERT_TRUE((*session)->Run({&input, 1}, fast));
  EXPECT_EQ(plain.outputs, fast.outputs);
  EXPECT_EQ(std::memcmp(plain.outputs[0].bytes.data(), weights.data() + 4096 + 3 * 1024, 1024), 0);
}

TEST(Prepare, RefusesMissingSideFiles) {
  OnnxRuntime runtime;
  const std::string model = TestModel("external");
  EXPECT_FALSE(runtime.engine().LoadCanonical(AsBytes(model), {}, {}));
  const SideFile other{.path = "weights/other.bin", .bytes = AsBytes("x")};
  EXPECT_FALSE(runtime.engine().LoadCanonical(AsBytes(model), {&other, 1}, {}));
  const SideFile small{.path = "weights/matrix.bin", .bytes = AsBytes("too small")};
  EXPECT_FALSE(runtime.engine().LoadCanonical(AsBytes(model), {&small, 1}, {}));
  EXPECT_FALSE(runtime.engine().Prepare(AsBytes(model), {&small, 1}));
}

// The session computes with the given bytes themselves: changing them changes what comes out. This is what lets the
// plaintext be in one place only.
TEST(LoadPrepared, UsesTheBytesInPlace) {
  OnnxRuntime runtime;
  const auto prepared = runtime.engine().Prepare(AsBytes(TestModel("shift")), {});
  ASSERT_TRUE(prepared);
  std::vector<std::uint64_t> aligned(prepared->size() / 8 + 1);
  auto* const begin = reinterpret_cast<std::uint8_t*>(aligned.data());
  auto* const end = std::copy(prepared->Reveal().begin(), prepared->Reveal().end(), begin);
  auto session = runtime.engine().LoadPrepared({begin, end}, {});
  ASSERT_TRUE(session);
  const float before[] = {500, 501, 502};
  const float after[] = {1, 2, 3};
  const auto* const pattern = reinterpret_cast<const std::uint8_t*>(before);
  auto* const found = std::search(begin, end, pattern, pattern + sizeof(before));
  ASSERT_NE(found, end);
  std::memcpy(found, after, sizeof(after));
  const std::vector<float> x(1024, 0);
  const InputTensor input = Input(0, 1, {1024}, x);
  OutputRecorder recorder;
  ASSERT_TRUE((*session)->Run({&input, 1}, recorder));
  const std::vector<float> y = recorder.outputs[0].floats();
  EXPECT_EQ((std::vector<float>(y.begin() + 499, y.begin() + 504)), (std::vector<float>{499, 1, 2, 3, 503}));
}

}  // namespace
}  // namespace edgekeep::engine::testing
