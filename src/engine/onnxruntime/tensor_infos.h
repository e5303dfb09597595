// What a session's model takes and gives.
#pragma once
#include "api.h"
#include "edgekeep/engine/engine.h"

namespace edgekeep::engine {

enum class Side : std::uint8_t { kInputs, kOutputs };

// Fails with kModelRefused for what the interface cannot carry: other values than tensors, complex numbers, more than
// kMaxTensors of them, more than kMaxRank dimensions, names over 127 bytes.
Result<TensorInfos> ReadTensorInfos(const OrtApi& api, const OrtSession& session, Side side);

// Reads element type, as ONNX numbers it, and dimensions (-1: free).
Status ReadTypeAndShape(const OrtApi& api, const OrtTensorTypeAndShapeInfo& info, ElementType& type, Shape& shape);

}  // namespace edgekeep::engine
