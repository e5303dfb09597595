// Tensors as the gate describes them; element types have ONNX's numbers (onnx.proto TensorProto.DataType).
#pragma once
#include <array>
#include <cstdint>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::gate {

enum class ElementType : std::uint8_t {
  kFloat32 = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kFloat64 = 11,
  kUint32 = 12,
  kUint64 = 13,
  kBfloat16 = 16,
  kFloat8E4M3Fn = 17,
  kFloat8E4M3Fnuz = 18,
  kFloat8E5M2 = 19,
  kFloat8E5M2Fnuz = 20,
  kUint4 = 21,
  kInt4 = 22,
  kFloat4E2M1 = 23,
  kFloat8E8M0 = 24,
  kUint2 = 25,
  kInt2 = 26,
};

// Bits of one element: elements of 4 and of 2 bits share bytes. Fails with kUnsupported for strings, which have no
// fixed size, and for what no tensor here has: numbers that are no type, and complex numbers, with which no engine
// computes.
Result<std::size_t> ElementBits(ElementType type);

// Fails with kUnsupported for what no tensor here has.
Status CheckType(ElementType type);

inline constexpr std::size_t kMaxRank = 8;
inline constexpr std::size_t kMaxTensors = 32;  // inputs or outputs of a model

// What a model takes or gives. A dimension of -1 is free.
struct TensorInfo {
  InlineString<127> name;
  ElementType type = ElementType::kFloat32;
  InlineVector<std::int64_t, kMaxRank> shape;

  bool operator==(const TensorInfo&) const = default;
};

struct ModelInfo {
  InlineVector<TensorInfo, kMaxTensors> inputs;
  InlineVector<TensorInfo, kMaxTensors> outputs;

  bool operator==(const ModelInfo&) const = default;
};

// The floats of 8 and 4 bits. They round to few decimals, and most have no infinity to stand for what is kept back: no
// output guard treats them (spec/output-guard.md §1).
bool IsTinyFloat(ElementType type) noexcept;

// Refuses a model with outputs that no output guard treats. Fails with kModelRefused.
Status CheckGuardable(const ModelInfo& info);

Result<ModelInfo> DecodeModelInfo(CborReader& in);
Status EncodeModelInfo(const ModelInfo& info, CborWriter& out);

}  // namespace edgekeep::gate
