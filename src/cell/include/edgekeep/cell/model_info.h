// What a loaded model takes and gives, as the gate tells it.
#pragma once
#include "edgekeep/base/result.h"
#include "edgekeep/engine/engine.h"
#include "edgekeep/gate/tensor.h"

namespace edgekeep::cell {

// Fails with kModelRefused for an element type the gate does not carry.
Result<gate::ModelInfo> ModelInfoOf(const engine::TensorInfos& inputs, const engine::TensorInfos& outputs);

}  // namespace edgekeep::cell
