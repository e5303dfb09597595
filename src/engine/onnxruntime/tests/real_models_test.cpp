// The OCR models: a prepared form answers bit for bit as ONNX Runtime itself does with every optimisation.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"
#include "plain_runtime.h"

namespace edgekeep::engine::testing {
namespace {

struct RealModel {
  const char* file;
  std::array<std::int64_t, 4> shape;
};

class RealModels : public ::testing::TestWithParam<RealModel> {};

std::vector<float> Picture(const std::array<std::int64_t, 4>& shape) {
  std::size_t size = 1;
  for (const std::int64_t dim : shape) size *= static_cast<std::size_t>(dim);
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = std::sin(static_cast<float>(i) * 0.37F);
  return values;
}

TEST_P(RealModels, PreparedFormIsBitIdenticalToPlainOnnxRuntime) {
  const std::string path = std::string(EK_OCR_MODELS) + "/" + GetParam().file;
  if (!std::ifstream(path)) GTEST_SKIP() << "SKIP real models: " << path << " is missing; run script/bootstrap";
  const std::string model = ReadFile(path);
  OnnxRuntime runtime;
  const auto prepared = runtime.engine().Prepare(AsBytes(model), {});
  ASSERT_TRUE(prepared);
  const std::vector<float> x = Picture(GetParam().shape);
  for (const std::uint32_t threads : {1U, 2U}) {
    auto session = runtime.engine().LoadPrepared(prepared->Reveal(), {.threads = threads});
    ASSERT_TRUE(session);
    OutputRecorder recorder;
    const InputTensor input = Input(0, 1, GetParam().shape, x);
    const Status status = (*session)->Run({&input, 1}, recorder);
    ASSERT_TRUE(status) << status.error().where();
    PlainRuntime plain;
    const auto expected =
        plain.Run(path, GetParam().shape, x, (*session)->outputs()[0].name.c_str(), static_cast<int>(threads));
    ASSERT_EQ(recorder.outputs.size(), 1U);
    EXPECT_FALSE(expected.empty());
    EXPECT_TRUE(recorder.outputs[0].bytes == expected) << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Ocr, RealModels,
                         ::testing::Values(RealModel{"ch_ppocr_mobile_v2.0_cls_infer.onnx", {1, 3, 48, 192}},
                                           RealModel{"ch_PP-OCRv4_det_infer.onnx", {1, 3, 160, 96}},
                                           RealModel{"ch_PP-OCRv4_rec_infer.onnx", {2, 3, 48, 200}}));

}  // namespace
}  // namespace edgekeep::engine::testing
