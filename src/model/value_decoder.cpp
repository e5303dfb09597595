#include "value_decoder.h"

#include "once.h"
#include "wire_reader.h"

namespace edgekeep::model {
namespace {

// Field numbers of onnx.proto.
enum ValueField : std::uint32_t { kName = 1, kType = 2 };

enum TypeField : std::uint32_t { kTensorType = 1, kSequenceType = 4, kMapType = 5, kSparseType = 8, kOptionalType = 9 };

enum TensorTypeField : std::uint32_t { kElementType = 1, kShape = 2 };

enum ShapeField : std::uint32_t { kDim = 1 };

enum DimField : std::uint32_t { kDimValue = 1 };

Error Refused(const char* where) {
  return Error(ErrorCode::kModelRefused, where);
}

Result<std::int64_t> DecodeDim(ByteView message) {
  std::int64_t dim = -1;
  Once once;
  for (WireReader fields(message); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number != kDimValue) continue;
    EK_TRY(once.Mark(field.number));
    EK_TRY_ASSIGN(const std::uint64_t value, field.Varint());
    dim = static_cast<std::int64_t>(value);
    if (dim < -1) return Refused("model: a negative dimension");
  }
  return dim;
}

Status DecodeShape(ByteView message, Value& value) {
  value.has_shape = true;
  for (WireReader fields(message); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number != kDim) continue;
    EK_TRY_ASSIGN(const ByteView dim_message, field.Message());
    EK_TRY_ASSIGN(const std::int64_t dim, DecodeDim(dim_message));
    if (!value.shape.PushBack(dim)) return Refused("model: an input or output with too many dimensions");
  }
  return {};
}

Status DecodeTensorType(ByteView message, Value& value) {
  Once once;
  for (WireReader fields(message); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number != kElementType && field.number != kShape) continue;
    EK_TRY(once.Mark(field.number));
    if (field.number == kElementType) {
      EK_TRY_ASSIGN(const std::uint64_t type, field.Varint());
      if (type > 255) return Refused("model: an element type that is none");
      value.type = static_cast<std::uint8_t>(type);
    } else {
      EK_TRY_ASSIGN(const ByteView shape, field.Message());
      EK_TRY(DecodeShape(shape, value));
    }
  }
  return {};
}

Status DecodeType(ByteView message, Value& value) {
  Once once;
  for (WireReader fields(message); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    switch (field.number) {
      case kTensorType: {
        EK_TRY(once.Mark(field.number));
        EK_TRY_ASSIGN(const ByteView type, field.Message());
        EK_TRY(DecodeTensorType(type, value));
        break;
      }
      case kSequenceType:
      case kMapType:
      case kSparseType:
      case kOptionalType:
        return Refused("model: an input or output that is no tensor");
      default:
        break;
    }
  }
  if (!once.Has(kTensorType)) return Refused("model: an input or output without a type");
  return {};
}

}  // namespace

Result<Value> DecodeValue(ByteView message) {
  Value value;
  Once once;
  for (WireReader fields(message); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number != kName && field.number != kType) continue;
    EK_TRY(once.Mark(field.number));
    if (field.number == kName) {
      EK_TRY_ASSIGN(value.name, field.Text());
    } else {
      EK_TRY_ASSIGN(const ByteView type, field.Message());
      EK_TRY(DecodeType(type, value));
    }
  }
  if (value.name.empty()) return Refused("model: an input or output without a name");
  if (!once.Has(kType)) return Refused("model: an input or output without a type");
  return value;
}

}  // namespace edgekeep::model
