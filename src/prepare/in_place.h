// Which inputs of a package's model a serving cell need not copy.
#pragma once
#include "edgekeep/engine/package.h"

namespace edgekeep::prepare {

// As model::InputsUsableInPlace, for the inputs as the engine tells them. None where the engine's inputs are not the
// model's, one by one: then a bit could mean another input than the one it was proven for.
Result<std::uint32_t> InPlaceInputs(const engine::Package& package, const engine::TensorInfos& inputs);

}  // namespace edgekeep::prepare
