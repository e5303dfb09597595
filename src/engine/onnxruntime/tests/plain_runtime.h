// ONNX Runtime as anybody would use it, from a plain file.
#pragma once
#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgekeep/base/check.h"

namespace edgekeep::engine::testing {

// Nothing of this module between the test and the library.
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

  std::vector<std::uint8_t> Run(const std::string& path, std::span<const std::int64_t> shape, std::vector<float> x,
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

}  // namespace edgekeep::engine::testing
