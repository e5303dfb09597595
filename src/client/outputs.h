// What comes back of a call, handed to the caller.
#pragma once
#include <span>

#include "edgekeep/client/model.h"
#include "edgekeep/gate/ring.h"

namespace edgekeep::client {

using OutputIndexes = InlineVector<std::size_t, gate::kMaxTensors>;

// Which of the model's outputs the caller's `outputs` mean. Fails with kNotFound.
Result<OutputIndexes> IndexesOf(const gate::ModelInfo& info, std::span<const ek_output> outputs);

// Describes `outputs` by the cell's `places`, and copies them out of `room` or makes views of it. Fails with kTooLarge
// when a buffer is too small (nothing is copied then), kMalformed when an output is missing or of another type.
Status Collect(const gate::ModelInfo& info, const gate::TensorPlaces& places, const OutputIndexes& indexes,
               ByteView room, std::span<ek_output> outputs);

}  // namespace edgekeep::client
