#include "tensor_infos.h"

#include <array>

#include "edgekeep/engine/element_type.h"

namespace edgekeep::engine {
namespace {

constexpr const char* kWhere = "engine: inputs and outputs";

Error Refused(const char* where) {
  return Error(ErrorCode::kModelRefused, where);
}

// ONNX Runtime tells types by numbers of its own, which are ONNX's up to float4e2m1 (23). Its enumeration goes on with
// uint2, int2, float8e8m0, onnx.proto with float8e8m0, uint2, int2.
ElementType OnnxTypeOf(ONNXTensorElementDataType element) {
  const auto number = static_cast<std::uint32_t>(element);
  constexpr std::uint32_t kUint2Here = 24;
  constexpr std::uint32_t kInt2Here = 25;
  constexpr std::uint32_t kFloat8E8M0Here = 26;
  switch (number) {
    case kUint2Here:
      return 25;
    case kInt2Here:
      return 26;
    case kFloat8E8M0Here:
      return 24;
    default:
      return number < kUint2Here ? static_cast<ElementType>(number) : 0;
  }
}

Result<InlineString<127>> ReadName(const OrtApi& api, const OrtSession& session, Side side, std::size_t index) {
  OrtAllocator* allocator = nullptr;
  EK_TRY(Check(api, api.GetAllocatorWithDefaultOptions(&allocator), kWhere));
  const auto get = side == Side::kInputs ? api.SessionGetInputName : api.SessionGetOutputName;
  char* text = nullptr;
  EK_TRY(Check(api, get(&session, index, allocator, &text), kWhere));
  auto name = InlineString<127>::From(text);
  EK_TRY(Check(api, api.AllocatorFree(allocator, text), kWhere));
  if (!name || name->empty()) return Refused("engine: the name of an input or output");
  return name;
}

Result<Handle<OrtTypeInfo>> ReadType(const OrtApi& api, const OrtSession& session, Side side, std::size_t index) {
  const auto get = side == Side::kInputs ? api.SessionGetInputTypeInfo : api.SessionGetOutputTypeInfo;
  OrtTypeInfo* made = nullptr;
  EK_TRY(Check(api, get(&session, index, &made), kWhere));
  return Own(made, api.ReleaseTypeInfo);
}

Result<TensorInfo> ReadTensorInfo(const OrtApi& api, const OrtSession& session, Side side, std::size_t index) {
  TensorInfo info;
  EK_TRY_ASSIGN(info.name, ReadName(api, session, side, index));
  EK_TRY_ASSIGN(const auto type, ReadType(api, session, side, index));
  const OrtTensorTypeAndShapeInfo* tensor = nullptr;  // belongs to `type`
  EK_TRY(Check(api, api.CastTypeInfoToTensorInfo(type.get(), &tensor), kWhere));
  if (tensor == nullptr) return Refused("engine: an input or output that is no tensor");
  EK_TRY(ReadTypeAndShape(api, *tensor, info.type, info.shape));
  return info;
}

}  // namespace

Status ReadTypeAndShape(const OrtApi& api, const OrtTensorTypeAndShapeInfo& info, ElementType& type, Shape& shape) {
  ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  EK_TRY(Check(api, api.GetTensorElementType(&info, &element), kWhere));
  type = OnnxTypeOf(element);
  if (!IsKnown(type)) return Refused("engine: an element type that cannot cross the gate");
  std::size_t rank = 0;
  EK_TRY(Check(api, api.GetDimensionsCount(&info, &rank), kWhere));
  if (rank > kMaxRank) return Refused("engine: too many dimensions");
  std::array<std::int64_t, kMaxRank> dims{};
  EK_TRY(Check(api, api.GetDimensions(&info, dims.data(), rank), kWhere));
  for (std::size_t i = 0; i < rank; ++i) EK_TRY(shape.PushBack(dims[i] < 0 ? -1 : dims[i]));
  return {};
}

Result<TensorInfos> ReadTensorInfos(const OrtApi& api, const OrtSession& session, Side side) {
  std::size_t count = 0;
  EK_TRY(Check(
      api,
      side == Side::kInputs ? api.SessionGetInputCount(&session, &count) : api.SessionGetOutputCount(&session, &count),
      kWhere));
  if (count > kMaxTensors) return Refused("engine: too many inputs or outputs");
  TensorInfos infos;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const TensorInfo info, ReadTensorInfo(api, session, side, i));
    EK_TRY(infos.PushBack(info));
  }
  return infos;
}

}  // namespace edgekeep::engine
