#include "edgekeep/gate/tensor.h"

#include <utility>

#include "fields.h"

namespace edgekeep::gate {
namespace {

constexpr std::int64_t kFreeDimension = -1;

using Shape = InlineVector<std::int64_t, kMaxRank>;
using TensorInfos = InlineVector<TensorInfo, kMaxTensors>;

Result<Shape> DecodeShape(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t rank, in.ReadArray());
  Shape shape;
  for (std::size_t i = 0; i < rank; ++i) {
    EK_TRY_ASSIGN(const std::int64_t dimension, in.ReadInt());
    if (dimension < kFreeDimension) return Error(ErrorCode::kMalformed, "negative dimension");
    EK_TRY(shape.PushBack(dimension));
  }
  return shape;
}

Result<TensorInfo> DecodeTensor(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  TensorInfo info;
  EK_TRY_ASSIGN(info.name, fields.Text<127>(1));
  EK_TRY_ASSIGN(const auto type, fields.Unsigned<std::uint8_t>(2));
  info.type = static_cast<ElementType>(type);
  EK_TRY(CheckType(info.type));
  EK_TRY(fields.At(3));
  EK_TRY_ASSIGN(info.shape, DecodeShape(in));
  EK_TRY(fields.End());
  return info;
}

Status EncodeTensor(const TensorInfo& info, CborWriter& out) {
  EK_TRY(CheckType(info.type));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Text(1, info.name.view()));
  EK_TRY(fields.Unsigned(2, std::to_underlying(info.type)));
  EK_TRY(fields.At(3));
  EK_TRY(out.Array(info.shape.size()));
  for (const std::int64_t dimension : info.shape) {
    if (dimension < kFreeDimension) return Error(ErrorCode::kMalformed, "negative dimension");
    EK_TRY(out.Int(dimension));
  }
  return {};
}

Result<TensorInfos> DecodeTensors(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  TensorInfos infos;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const TensorInfo info, DecodeTensor(in));
    EK_TRY(infos.PushBack(info));
  }
  return infos;
}

Status EncodeTensors(const TensorInfos& infos, CborWriter& out) {
  EK_TRY(out.Array(infos.size()));
  for (const TensorInfo& info : infos) EK_TRY(EncodeTensor(info, out));
  return {};
}

}  // namespace

Result<std::size_t> ElementBits(ElementType type) {
  switch (type) {
    case ElementType::kUint2:
    case ElementType::kInt2:
      return 2;
    case ElementType::kUint4:
    case ElementType::kInt4:
    case ElementType::kFloat4E2M1:
      return 4;
    case ElementType::kUint8:
    case ElementType::kInt8:
    case ElementType::kBool:
    case ElementType::kFloat8E4M3Fn:
    case ElementType::kFloat8E4M3Fnuz:
    case ElementType::kFloat8E5M2:
    case ElementType::kFloat8E5M2Fnuz:
    case ElementType::kFloat8E8M0:
      return 8;
    case ElementType::kUint16:
    case ElementType::kInt16:
    case ElementType::kFloat16:
    case ElementType::kBfloat16:
      return 16;
    case ElementType::kFloat32:
    case ElementType::kInt32:
    case ElementType::kUint32:
      return 32;
    case ElementType::kInt64:
    case ElementType::kFloat64:
    case ElementType::kUint64:
      return 64;
    case ElementType::kString:
      break;
  }
  return Error(ErrorCode::kUnsupported, "element type");
}

Status CheckType(ElementType type) {
  if (type == ElementType::kString) return {};
  EK_TRY(ElementBits(type));
  return {};
}

bool IsTinyFloat(ElementType type) noexcept {
  switch (type) {
    case ElementType::kFloat8E4M3Fn:
    case ElementType::kFloat8E4M3Fnuz:
    case ElementType::kFloat8E5M2:
    case ElementType::kFloat8E5M2Fnuz:
    case ElementType::kFloat8E8M0:
    case ElementType::kFloat4E2M1:
      return true;
    default:
      return false;
  }
}

Status CheckGuardable(const ModelInfo& info) {
  for (const TensorInfo& output : info.outputs) {
    if (IsTinyFloat(output.type)) return Error(ErrorCode::kModelRefused, "guard: an output of 8-bit or 4-bit floats");
  }
  return {};
}

Result<ModelInfo> DecodeModelInfo(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ModelInfo info;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(info.inputs, DecodeTensors(in));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(info.outputs, DecodeTensors(in));
  EK_TRY(fields.End());
  return info;
}

Status EncodeModelInfo(const ModelInfo& info, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.At(1));
  EK_TRY(EncodeTensors(info.inputs, out));
  EK_TRY(fields.At(2));
  return EncodeTensors(info.outputs, out);
}

}  // namespace edgekeep::gate
