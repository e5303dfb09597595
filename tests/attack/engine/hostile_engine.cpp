// A library that passes for ONNX Runtime and computes nothing: its "model" takes an attacker's order and gives a report
// (takeover_order.h). Whatever of the interface is not filled in below succeeds and does nothing.
#include <onnxruntime_c_api.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "takeover.h"

namespace edgekeep::attack {
namespace {

// The one kind of tensor there is: bytes in one dimension, free (-1) where there is no value yet.
struct Tensor {
  Report owned;
  std::uint8_t* data = nullptr;
  std::int64_t size = -1;
};

Tensor no_value;

// The interface's types are never defined: handles to tensors point to the above, all others to nothing in particular.
template <typename Handle>
Tensor* TensorOf(const Handle* handle) {
  return reinterpret_cast<Tensor*>(const_cast<Handle*>(handle));
}

template <typename Handle>
OrtStatus* HandOut(Tensor* tensor, Handle** out) {
  *out = reinterpret_cast<Handle*>(tensor);
  return nullptr;
}

OrtStatus* Name(const char* name, char** out) {
  *out = ::strdup(name);
  return nullptr;
}

void* Succeed() {
  return nullptr;
}

void FillInMaking(OrtApi& api) {
  api.CreateEnvWithCustomLogger = [](OrtLoggingFunction, void*, OrtLoggingLevel, const char*, OrtEnv** out) noexcept {
    return HandOut(&no_value, out);
  };
  api.CreateCpuMemoryInfo = [](OrtAllocatorType, OrtMemType, OrtMemoryInfo** out) noexcept {
    return HandOut(&no_value, out);
  };
  api.CreateSessionOptions = [](OrtSessionOptions** out) noexcept { return HandOut(&no_value, out); };
  api.CreateSessionFromArray = [](const OrtEnv*, const void*, std::size_t, const OrtSessionOptions*,
                                  OrtSession** out) noexcept { return HandOut(&no_value, out); };
  api.GetAllocatorWithDefaultOptions = [](OrtAllocator** out) noexcept { return HandOut(&no_value, out); };
  api.AllocatorFree = [](OrtAllocator*, void* block) noexcept -> OrtStatus* {
    std::free(block);
    return nullptr;
  };
}

void FillInDescription(OrtApi& api) {
  api.SessionGetInputCount =
      api.SessionGetOutputCount = [](const OrtSession*, std::size_t* out) noexcept -> OrtStatus* {
    *out = 1;
    return nullptr;
  };
  api.SessionGetInputName = [](const OrtSession*, std::size_t, OrtAllocator*, char** out) noexcept {
    return Name("order", out);
  };
  api.SessionGetOutputName = [](const OrtSession*, std::size_t, OrtAllocator*, char** out) noexcept {
    return Name("report", out);
  };
  api.SessionGetInputTypeInfo = api.SessionGetOutputTypeInfo =
      [](const OrtSession*, std::size_t, OrtTypeInfo** out) noexcept { return HandOut(&no_value, out); };
  api.CastTypeInfoToTensorInfo = [](const OrtTypeInfo* info, const OrtTensorTypeAndShapeInfo** out) noexcept {
    return HandOut(TensorOf(info), out);
  };
  api.GetTensorElementType = [](const OrtTensorTypeAndShapeInfo*,
                                ONNXTensorElementDataType* out) noexcept -> OrtStatus* {
    *out = ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
    return nullptr;
  };
  api.GetDimensionsCount = [](const OrtTensorTypeAndShapeInfo*, std::size_t* out) noexcept -> OrtStatus* {
    *out = 1;
    return nullptr;
  };
  api.GetDimensions = [](const OrtTensorTypeAndShapeInfo* info, std::int64_t* dims,
                         std::size_t) noexcept -> OrtStatus* {
    dims[0] = TensorOf(info)->size;
    return nullptr;
  };
}

// As the interface has it.
// NOLINTNEXTLINE(readability-function-size)
OrtStatus* Run(OrtSession*, const OrtRunOptions*, const char* const*, const OrtValue* const* inputs, std::size_t,
               const char* const*, std::size_t, OrtValue** outputs) noexcept {
  const Tensor& order = *TensorOf(inputs[0]);
  auto* const report = new Tensor{.owned = Obey({order.data, static_cast<std::size_t>(order.size)})};
  report->data = report->owned.data();
  report->size = static_cast<std::int64_t>(report->owned.size());
  return HandOut(report, outputs);
}

void FillInComputing(OrtApi& api) {
  api.CreateTensorWithDataAsOrtValue = [](const OrtMemoryInfo*, void* data, std::size_t size, const std::int64_t*,
                                          std::size_t, ONNXTensorElementDataType, OrtValue** out) noexcept {
    return HandOut(
        new Tensor{.owned = {}, .data = static_cast<std::uint8_t*>(data), .size = static_cast<std::int64_t>(size)},
        out);
  };
  api.Run = Run;
  api.IsTensor = [](const OrtValue*, int* out) noexcept -> OrtStatus* {
    *out = 1;
    return nullptr;
  };
  api.GetTensorTypeAndShape = [](const OrtValue* value, OrtTensorTypeAndShapeInfo** out) noexcept {
    return HandOut(TensorOf(value), out);
  };
  api.GetTensorMutableData = [](OrtValue* value, void** out) noexcept -> OrtStatus* {
    *out = TensorOf(value)->data;
    return nullptr;
  };
  api.ReleaseValue = [](OrtValue* value) noexcept { delete TensorOf(value); };
}

OrtApi MakeApi() {
  std::array<void* (*)(), sizeof(OrtApi) / sizeof(void*)> entries{};
  entries.fill(Succeed);
  OrtApi api;
  static_assert(sizeof entries == sizeof api);
  std::memcpy(&api, entries.data(), sizeof api);
  FillInMaking(api);
  FillInDescription(api);
  FillInComputing(api);
  return api;
}

const OrtApi* GetApi(std::uint32_t) noexcept {
  static const OrtApi api = MakeApi();
  return &api;
}

const char* GetVersion() noexcept {
  return "0.0.0-hostile";
}

constexpr OrtApiBase kBase{.GetApi = GetApi, .GetVersionString = GetVersion};

}  // namespace
}  // namespace edgekeep::attack

extern "C" __attribute__((visibility("default"))) const OrtApiBase* OrtGetApiBase() noexcept {
  return &edgekeep::attack::kBase;
}

// For a test that loads the library itself: the same search without a cell.
extern "C" __attribute__((visibility("default"))) void EdgekeepSearchProcesses(
    const std::vector<edgekeep::attack::Needle>& needles, const std::vector<std::string>& processes,
    edgekeep::attack::Report& report) {
  report = edgekeep::attack::SearchProcesses(needles, processes);
}
