// What a model takes and gives, read from the file without an engine.
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/result.h"

namespace edgekeep::model {

inline constexpr std::size_t kMaxRank = 8;
inline constexpr std::size_t kMaxValues = 32;

// One input or output of the main graph. Views borrow from the model's bytes.
struct Value {
  std::string_view name;
  std::uint8_t type = 0;                       // TensorProto.DataType
  bool has_shape = false;                      // ONNX allows values without one
  InlineVector<std::int64_t, kMaxRank> shape;  // -1: free dimension
};

// Inputs that an initializer gives a value to are left out: nobody has to hand them in.
struct Signature {
  std::int64_t ir_version = 0;
  InlineVector<Value, kMaxValues> inputs;
  InlineVector<Value, kMaxValues> outputs;
};

// Fails with kModelRefused: broken encoding, no graph, no output, an input or output that is no tensor or has no name,
// more of them or more dimensions than the gate carries; with kNoMemory.
Result<Signature> ReadSignature(ByteView model);

}  // namespace edgekeep::model
