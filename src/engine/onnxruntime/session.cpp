#include "session.h"

#include <array>
#include <new>

#include "edgekeep/engine/element_type.h"
#include "string_tensors.h"
#include "tensor_infos.h"

namespace edgekeep::engine {
namespace {

using Values = std::array<Handle<OrtValue>, kMaxTensors>;

constexpr const char* kWhere = "engine: session";
constexpr ElementType kLastOfOneNumber = 23;

// Pointers to what `values` own, in the form the C interface takes.
std::array<const OrtValue*, kMaxTensors> PointersTo(const Values& values) {
  std::array<const OrtValue*, kMaxTensors> pointers{};
  for (std::size_t i = 0; i < values.size(); ++i) pointers[i] = values[i].get();
  return pointers;
}

std::array<const char*, kMaxTensors> NamesOf(const TensorInfos& infos) {
  std::array<const char*, kMaxTensors> names{};
  for (std::size_t i = 0; i < infos.size(); ++i) names[i] = infos[i].name.c_str();
  return names;
}

// `status` in other words where a refusal of the allocator's was the reason.
Status UnlessOverBudget(EnvAllocator* allocator, const Status& status) {
  const bool refused = allocator != nullptr && allocator->TakeRefusal();
  if (!status && refused) return Error(ErrorCode::kNoMemory, "engine: over the memory budget");
  return status;
}

class OnnxRuntimeSession final : public Session {
 public:
  OnnxRuntimeSession(const SessionParts& parts, Handle<OrtSession> session, Handle<OrtMemoryInfo> memory,
                     formats::ExecutionProvider provider)
      : api_(parts.api),
        allocator_(parts.allocator),
        session_(std::move(session)),
        memory_(std::move(memory)),
        provider_(provider) {}

  Status ReadInfos() {
    EK_TRY_ASSIGN(inputs_, ReadTensorInfos(api_, *session_, Side::kInputs));
    EK_TRY_ASSIGN(outputs_, ReadTensorInfos(api_, *session_, Side::kOutputs));
    return {};
  }

  const TensorInfos& inputs() const override { return inputs_; }

  const TensorInfos& outputs() const override { return outputs_; }

  formats::ExecutionProvider provider() const override { return provider_; }

  Status Run(std::span<const InputTensor> inputs, OutputSink& outputs) override {
    if (inputs.size() != inputs_.size()) return Error(ErrorCode::kBadTensor, "number of inputs");
    Values given;
    for (const InputTensor& input : inputs) EK_TRY(Take(input, given));
    return Compute(given, outputs);
  }

 private:
  // Wraps one input without copying, unless it is of strings. Shapes against the model's are ONNX Runtime's to check.
  Status Take(const InputTensor& input, Values& given) const {
    if (input.index >= inputs_.size() || given[input.index]) return Error(ErrorCode::kBadTensor, "index of an input");
    if (input.type != inputs_[input.index].type) return Error(ErrorCode::kBadTensor, "element type of an input");
    EK_TRY_ASSIGN(given[input.index], input.type == kString ? MakeStringTensor(api_, input) : MakeTensorInPlace(input));
    return {};
  }

  Result<Handle<OrtValue>> MakeTensorInPlace(const InputTensor& input) const {
    EK_TRY_ASSIGN(const std::size_t size, TensorBytes(input.type, input.shape.view()));
    if (size != input.bytes.size()) return Error(ErrorCode::kBadTensor, "size of an input");
    OrtValue* made = nullptr;
    // The interface takes void* and writes to no input.
    void* const data = size == 0 ? const_cast<std::uint8_t*>(&nothing_) : const_cast<std::uint8_t*>(input.bytes.data());
    EK_TRY(CheckRun(
        api_,
        api_.CreateTensorWithDataAsOrtValue(memory_.get(), data, size, input.shape.view().data(), input.shape.size(),
                                            static_cast<ONNXTensorElementDataType>(input.type), &made),
        "engine: input"));
    Handle<OrtValue> value = Own(made, api_.ReleaseValue);
    if (input.type > kLastOfOneNumber) EK_TRY(ExpectType(*value, input.type));
    return value;
  }

  // Behind kLastOfOneNumber the library makes tensors by ONNX's number but tells another (tensor_infos.cpp): another
  // version could take this number for another type, with elements of another size.
  Status ExpectType(const OrtValue& value, ElementType expected) const {
    EK_TRY_ASSIGN(const auto info, InfoOf(value));
    ElementType type = 0;
    Shape shape;
    EK_TRY(ReadTypeAndShape(api_, *info, type, shape));
    if (type != expected) return Error(ErrorCode::kUnsupported, "engine: element type of an input");
    return {};
  }

  Result<Handle<OrtTensorTypeAndShapeInfo>> InfoOf(const OrtValue& value) const {
    OrtTensorTypeAndShapeInfo* info = nullptr;
    EK_TRY(Check(api_, api_.GetTensorTypeAndShape(&value, &info), kWhere));
    return Own(info, api_.ReleaseTensorTypeAndShapeInfo);
  }

  Status Compute(const Values& given, OutputSink& sink) {
    const auto inputs = PointersTo(given);
    const auto input_names = NamesOf(inputs_);
    const auto output_names = NamesOf(outputs_);
    std::array<OrtValue*, kMaxTensors> made{};
    OrtStatus* const status = api_.Run(session_.get(), nullptr, input_names.data(), inputs.data(), inputs_.size(),
                                       output_names.data(), outputs_.size(), made.data());
    Values results;
    for (std::size_t i = 0; i < outputs_.size(); ++i) results[i] = Own(made[i], api_.ReleaseValue);
    EK_TRY(UnlessOverBudget(allocator_, CheckRun(api_, status, "engine: run")));
    for (std::size_t i = 0; i < outputs_.size(); ++i) EK_TRY(HandOut(i, results[i].get(), sink));
    return {};
  }

  Status HandOut(std::size_t index, OrtValue* value, OutputSink& sink) const {
    int is_tensor = 0;
    if (value != nullptr) EK_TRY(Check(api_, api_.IsTensor(value, &is_tensor), kWhere));
    if (is_tensor == 0) return Error(ErrorCode::kModelRefused, "engine: an output that is no tensor");
    EK_TRY_ASSIGN(const auto info, InfoOf(*value));
    ElementType type = 0;
    Shape shape;
    EK_TRY(ReadTypeAndShape(api_, *info, type, shape));
    if (type == kString) {
      EK_TRY_ASSIGN(const std::size_t count, NumElements(shape.view()));
      EK_TRY_ASSIGN(const SecretBytes strings, ReadStringTensor(api_, *value, count));
      return sink.Accept(index, type, shape.view(), strings.Reveal());
    }
    EK_TRY_ASSIGN(const std::size_t size, TensorBytes(type, shape.view()));
    void* data = nullptr;
    EK_TRY(Check(api_, api_.GetTensorMutableData(value, &data), kWhere));
    return sink.Accept(index, type, shape.view(), ByteView(static_cast<const std::uint8_t*>(data), size));
  }

  const OrtApi& api_;
  EnvAllocator* allocator_;
  Handle<OrtSession> session_;
  Handle<OrtMemoryInfo> memory_;
  formats::ExecutionProvider provider_;
  TensorInfos inputs_;
  TensorInfos outputs_;
  std::uint8_t nothing_ = 0;  // where an empty tensor points
};

}  // namespace

Result<std::unique_ptr<Session>> MakeSession(const SessionParts& parts, ByteView model,
                                             const OrtSessionOptions& options, formats::ExecutionProvider provider) {
  const OrtApi& api = parts.api;
  OrtSession* made = nullptr;
  OrtStatus* const status = api.CreateSessionFromArray(&parts.environment, model.data(), model.size(), &options, &made);
  EK_TRY(UnlessOverBudget(parts.allocator, Check(api, status, "engine: the model does not load")));
  auto session = Own(made, api.ReleaseSession);
  OrtMemoryInfo* made_memory = nullptr;
  EK_TRY(Check(api, api.CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &made_memory), kWhere));
  auto memory = Own(made_memory, api.ReleaseMemoryInfo);
  std::unique_ptr<OnnxRuntimeSession> wrapped(
      new (std::nothrow) OnnxRuntimeSession(parts, std::move(session), std::move(memory), provider));
  if (!wrapped) return Error(ErrorCode::kNoMemory, kWhere);
  EK_TRY(wrapped->ReadInfos());
  return std::unique_ptr<Session>(std::move(wrapped));
}

}  // namespace edgekeep::engine
