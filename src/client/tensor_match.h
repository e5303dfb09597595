// What a caller hands in, held against what the model says it takes.
#pragma once
#include <span>

#include "answer.h"
#include "edgekeep/client/model.h"
#include "edgekeep/gate/ring.h"

namespace edgekeep::client {

// Which of `tensors` is meant: the one named `name`, or where that is null, the one at `position`. Fails with `code`.
Result<std::size_t> IndexOf(std::span<const gate::TensorInfo> tensors, const char* name, std::size_t position,
                            ErrorCode code);

// Where each input of a run lies in the ring, by the order of `inputs`. Fails with kBadTensor unless every input of the
// model is there once, with its type, a shape it takes and as many bytes as that shape has; kTooLarge, and how
// many bytes they take, when they do not fit into `room`.
Answer<gate::TensorPlaces> PlaceInputs(const gate::ModelInfo& info, std::span<const ek_input> inputs,
                                       std::uint64_t room);

}  // namespace edgekeep::client
