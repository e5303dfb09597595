// Tensors of an ONNX model as the file states them (onnx.proto, TensorProto).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/result.h"

namespace edgekeep::model {

// Dimensions of one stored tensor.
inline constexpr std::size_t kMaxTensorRank = 16;

// Where a tensor's bytes are when they are not in the model (onnx.proto, TensorProto.external_data). An absent length
// means: to the end of the file.
struct ExternalData {
  std::string_view location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

// One stored tensor. Views borrow from the model's bytes.
struct Tensor {
  std::string_view name;
  std::int32_t type = 0;  // TensorProto.DataType, not checked against a list
  InlineVector<std::int64_t, kMaxTensorRank> dims;
  ByteView raw_data;  // empty when the values are in typed fields or outside
  std::optional<ExternalData> external;
};

// Where in the model a tensor stands.
enum class TensorRole : std::uint8_t { kInitializer, kInner };

// Receives tensors in the file's order; the first failure ends the walk.
class TensorVisitor {
 public:
  virtual ~TensorVisitor() = default;
  virtual Status Visit(const Tensor& tensor, TensorRole role) = 0;
};

// Shows every tensor of the model wherever ONNX allows one: initializers (kInitializer: the main graph's), attributes,
// sparse tensors, subgraphs, functions, training graphs. Time is linear in the model's size, memory is constant. Fails
// with kModelRefused for what is no model: broken encoding, nesting over 16 graphs, a message given twice that ONNX has
// once, negative dimensions, external data that is half stated or stated twice.
Status VisitTensors(ByteView model, TensorVisitor& visitor);

}  // namespace edgekeep::model
