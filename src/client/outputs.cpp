#include "outputs.h"

#include <algorithm>
#include <cstring>

#include "tensor_match.h"

namespace edgekeep::client {
namespace {

Error Nonsense() {
  return Error(ErrorCode::kMalformed, "the cell's answer: an output is missing or of another type");
}

Result<const gate::TensorPlace*> PlaceOf(const gate::TensorPlaces& places, std::size_t index) {
  for (const gate::TensorPlace& place : places) {
    if (place.index == index) return &place;
  }
  return Nonsense();
}

Status DescribeOutput(const gate::ModelInfo& info, const gate::TensorPlaces& places, std::size_t index,
                      ek_output& output) {
  EK_TRY_ASSIGN(const gate::TensorPlace* place, PlaceOf(places, index));
  if (place->type != info.outputs[index].type) return Nonsense();
  output.size = place->size;
  output.type = static_cast<ek_element_type>(place->type);
  output.rank = static_cast<std::uint32_t>(place->shape.size());
  std::copy(place->shape.begin(), place->shape.end(), output.shape);
  return {};
}

bool AllFit(std::span<const ek_output> outputs) {
  return std::ranges::all_of(
      outputs, [](const ek_output& output) { return output.buffer == nullptr || output.size <= output.capacity; });
}

// TakeCall has checked that every place lies inside the room.
void HandOver(ByteView room, std::uint64_t offset, ek_output& output) {
  const std::uint8_t* bytes = room.subspan(offset, output.size).data();
  if (output.buffer != nullptr && output.size != 0) std::memcpy(output.buffer, bytes, output.size);
  output.data = output.buffer != nullptr ? output.buffer : bytes;
}

}  // namespace

Result<OutputIndexes> IndexesOf(const gate::ModelInfo& info, std::span<const ek_output> outputs) {
  OutputIndexes indexes;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EK_TRY_ASSIGN(const std::size_t index, IndexOf(info.outputs.view(), outputs[i].name, i, ErrorCode::kNotFound));
    EK_TRY(indexes.PushBack(index));
  }
  return indexes;
}

Status Collect(const gate::ModelInfo& info, const gate::TensorPlaces& places, const OutputIndexes& indexes,
               ByteView room, std::span<ek_output> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EK_TRY(DescribeOutput(info, places, indexes[i], outputs[i]));
  }
  if (!AllFit(outputs)) return Error(ErrorCode::kTooLarge, "an output is larger than its buffer");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EK_TRY_ASSIGN(const gate::TensorPlace* place, PlaceOf(places, indexes[i]));
    HandOver(room, place->offset, outputs[i]);
  }
  return {};
}

}  // namespace edgekeep::client
