// The OCR models: a prepared form answers bit for bit as ONNX Runtime itself does with every optimisation.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <onnxruntime_c_api.h>

#include <cmath>
#include <string>

#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"

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

// Plain ONNX Runtime: nothing of this module between the test and the library.
class PlainRuntime {
 public:
  PlainRuntime() {
    using GetApiBase = const OrtApiBase*(ORT_API_CALL*)();
    void* const handle = dlopen(EK_ONNXRUNTIME_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    api_ = reinterpret_cast<GetApiBase>(dlsym(handle, "OrtGetApiBase"))()->GetApi(ORT_API_VERSION);
    Expect(api_->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "plain", &environment_));
  }

  PlainRuntime(const PlainRuntime&) = delete;
  PlainRuntime& operator=(const PlainRuntime&) = delete;

  ~PlainRuntime() { api_->ReleaseEnv(environment_); }

  std::vector<std::uint8_t> Run(const std::string& path, const std::array<std::int64_t, 4>& shape, std::vector<float> x,
                                const char* output_name, int threads) {
    OrtSessionOptions* options = nullptr;
    OrtSession* session = nullptr;
    OrtMemoryInfo* memory = nullptr;
    OrtValue* input = nullptr;
    OrtValue* output = nullptr;
    Expect(api_->CreateSessionOptions(&options));
    Expect(api_->SetIntraOpNumThreads(options, threads));
    Expect(api_->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL));
    Expect(api_->CreateSession(environment_, path.c_str(), options, &session));
    Expect(api_->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
    Expect(api_->CreateTensorWithDataAsOrtValue(memory, x.data(), x.size() * 4, shape.data(), shape.size(),
                                                ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &input));
    const char* const input_name = "x";
    Expect(api_->Run(session, nullptr, &input_name, &input, 1, &output_name, 1, &output));
    OrtTensorTypeAndShapeInfo* info = nullptr;
    std::size_t count = 0;
    void* data = nullptr;
    Expect(api_->GetTensorTypeAndShape(output, &info));
    Expect(api_->GetTensorShapeElementCount(info, &count));
    Expect(api_->GetTensorMutableData(output, &data));
    const auto* const bytes = static_cast<const std::uint8_t*>(data);
    std::vector<std::uint8_t> result(bytes, bytes + count * 4);
    api_->ReleaseTensorTypeAndShapeInfo(info);
    api_->ReleaseValue(output);
    api_->ReleaseValue(input);
    api_->ReleaseMemoryInfo(memory);
    api_->ReleaseSession(session);
    api_->ReleaseSessionOptions(options);
    return result;
  }

 private:
  static void Expect(OrtStatus* status) { EK_CHECK(status == nullptr); }

  const OrtApi* api_ = nullptr;
  OrtEnv* environment_ = nullptr;
};

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
