#include "providers.h"

#include <onnxruntime_session_options_config_keys.h>

#include <array>
#include <string_view>

namespace edgekeep::engine {
namespace {

using formats::ExecutionProvider;

constexpr const char* kWhere = "engine: a provider that is not there";

// As OrtApi::GetAvailableProviders has them.
const char* LibrarysNameOf(ExecutionProvider provider) {
  switch (provider) {
    case ExecutionProvider::kCpu:
      break;
    case ExecutionProvider::kCuda:
      return "CUDAExecutionProvider";
    case ExecutionProvider::kTensorRt:
      return "TensorrtExecutionProvider";
    case ExecutionProvider::kOpenVino:
      return "OpenVINOExecutionProvider";
    case ExecutionProvider::kWebGpu:
      return "WebGpuExecutionProvider";
  }
  return "";
}

Status CheckBuiltIn(const OrtApi& api, ExecutionProvider provider) {
  char** names = nullptr;
  int count = 0;
  EK_TRY(Check(api, api.GetAvailableProviders(&names, &count), kWhere));
  bool found = false;
  for (int i = 0; i < count; ++i) found = found || std::string_view(names[i]) == LibrarysNameOf(provider);
  EK_TRY(Check(api, api.ReleaseAvailableProviders(names, count), kWhere));
  if (!found) return Error(ErrorCode::kModelRefused, kWhere);
  return {};
}

Status UseCuda(const OrtApi& api, OrtSessionOptions* options) {
  OrtCUDAProviderOptionsV2* made = nullptr;
  EK_TRY(Check(api, api.CreateCUDAProviderOptions(&made), kWhere));
  const auto cuda = Own(made, api.ReleaseCUDAProviderOptions);
  return Check(api, api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, made), kWhere);
}

// Nothing that it makes of a model may get into a file.
Status UseTensorRt(const OrtApi& api, OrtSessionOptions* options) {
  OrtTensorRTProviderOptionsV2* made = nullptr;
  EK_TRY(Check(api, api.CreateTensorRTProviderOptions(&made), kWhere));
  const auto tensor_rt = Own(made, api.ReleaseTensorRTProviderOptions);
  constexpr std::array<const char*, 3> kKeys = {"trt_engine_cache_enable", "trt_timing_cache_enable",
                                                "trt_dump_subgraphs"};
  constexpr std::array<const char*, 3> kValues = {"0", "0", "0"};
  EK_TRY(Check(api, api.UpdateTensorRTProviderOptions(made, kKeys.data(), kValues.data(), kKeys.size()), kWhere));
  return Check(api, api.SessionOptionsAppendExecutionProvider_TensorRT_V2(options, made), kWhere);
}

// Without a directory it caches nothing.
Status UseOpenVino(const OrtApi& api, OrtSessionOptions* options) {
  return Check(api, api.SessionOptionsAppendExecutionProvider_OpenVINO_V2(options, nullptr, nullptr, 0), kWhere);
}

Status UseWebGpu(const OrtApi& api, OrtSessionOptions* options) {
  return Check(api, api.SessionOptionsAppendExecutionProvider(options, "WebGPU", nullptr, nullptr, 0), kWhere);
}

}  // namespace

Status UseProvider(const OrtApi& api, OrtSessionOptions* options, ExecutionProvider provider) {
  if (provider == ExecutionProvider::kCpu) return {};  // in every library, and every session has it
  EK_TRY(CheckBuiltIn(api, provider));
  switch (provider) {
    case ExecutionProvider::kCpu:
      break;
    case ExecutionProvider::kCuda:
      return UseCuda(api, options);
    case ExecutionProvider::kTensorRt:
      return UseTensorRt(api, options);
    case ExecutionProvider::kOpenVino:
      return UseOpenVino(api, options);
    case ExecutionProvider::kWebGpu:
      return UseWebGpu(api, options);
  }
  return Error(ErrorCode::kModelRefused, kWhere);
}

Status ForbidTheCpu(const OrtApi& api, OrtSessionOptions* options) {
  return Check(api, api.AddSessionConfigEntry(options, kOrtSessionOptionsDisableCPUEPFallback, "1"), kWhere);
}

}  // namespace edgekeep::engine
