// The engine's form of a model, checked by loading it.
#pragma once
#include <optional>

#include "edgekeep/engine/package.h"

namespace edgekeep::prepare {

// `prepared` is absent when the model has to be opened from its canonical form.
struct PreparedForm {
  std::optional<SecretBytes> prepared;
  engine::TensorInfos inputs;
  engine::TensorInfos outputs;
};

// Makes the prepared form, loads it and, when all dimensions are fixed, computes once with zeros. A form that fails is
// dropped; then the canonical form must load. Fails with kModelRefused when neither does, kNoMemory.
Result<PreparedForm> MakePreparedForm(engine::Engine& engine, const engine::Package& package);

}  // namespace edgekeep::prepare
