#include "tensor_match.h"

#include <string_view>

#include "room.h"
#include "strings.h"

namespace edgekeep::client {
namespace {

constexpr std::uint64_t kAlignment = 64;

Error BadTensor(const char* where) {
  return Error(ErrorCode::kBadTensor, where);
}

bool Takes(const gate::TensorInfo& info, std::span<const std::int64_t> shape) {
  if (info.shape.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (info.shape[i] != -1 && info.shape[i] != shape[i]) return false;
  }
  return true;
}

Result<std::uint64_t> SizeInRing(const ek_input& input, const gate::TensorPlace& place) {
  if (place.type == gate::ElementType::kString) {
    EK_TRY_ASSIGN(const std::uint64_t count, gate::NumStrings(place));
    return StringInputSize(input, count);
  }
  EK_TRY_ASSIGN(const std::uint64_t size, gate::TensorBytes(place.type, place.shape.view()));
  if (input.size != size) return BadTensor("an input's size is not what its shape says");
  return size;
}

Result<gate::TensorPlace> Check(const gate::TensorInfo& info, const ek_input& input) {
  if (input.type != static_cast<ek_element_type>(info.type)) return BadTensor("an input's element type");
  if (input.rank > EK_MAX_RANK) return BadTensor("an input's rank");
  if (input.shape == nullptr && input.rank != 0) return Error(ErrorCode::kBadArgument, "an input without a shape");
  if (input.data == nullptr && input.size != 0) return Error(ErrorCode::kBadArgument, "an input without data");
  const std::span shape(input.shape, input.rank);
  if (!Takes(info, shape)) return BadTensor("an input's shape");
  gate::TensorPlace place{.type = info.type};
  for (const std::int64_t dimension : shape) EK_TRY(place.shape.PushBack(dimension));
  EK_TRY_ASSIGN(place.size, SizeInRing(input, place));
  return place;
}

bool Holds(const gate::TensorPlaces& places, std::size_t index) {
  for (const gate::TensorPlace& place : places) {
    if (place.index == index) return true;
  }
  return false;
}

// Sizes are those of memory the caller has, but one region may be given many times.
Result<std::uint64_t> NextOffset(const gate::TensorPlace& place) {
  std::uint64_t end = place.offset;
  if (__builtin_add_overflow(end, place.size, &end) || __builtin_add_overflow(end, kAlignment - 1, &end)) {
    return Error(ErrorCode::kTooLarge, "the inputs' size");
  }
  return end / kAlignment * kAlignment;
}

}  // namespace

Result<std::size_t> IndexOf(std::span<const gate::TensorInfo> tensors, const char* name, std::size_t position,
                            ErrorCode code) {
  if (name == nullptr && position < tensors.size()) return position;
  for (std::size_t i = 0; name != nullptr && i < tensors.size(); ++i) {
    if (tensors[i].name.view() == std::string_view(name)) return i;
  }
  return Error(code, "the model has no tensor of this name or position");
}

Answer<gate::TensorPlaces> PlaceInputs(const gate::ModelInfo& info, std::span<const ek_input> inputs,
                                       std::uint64_t room) {
  gate::TensorPlaces places;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
  if (inputs.size() != info.inputs.size()) return BadTensor("the number of inputs");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EK_TRY_ASSIGN(const std::size_t index, IndexOf(info.inputs.view(), inputs[i].name, i, ErrorCode::kBadTensor));
    if (Holds(places, index)) return BadTensor("an input is given twice");
    EK_TRY_ASSIGN(gate::TensorPlace place, Check(info.inputs[index], inputs[i]));
    place.index = static_cast<std::uint32_t>(index);
    place.offset = offset;
    EK_TRY_ASSIGN(offset, NextOffset(place));
    end = place.offset + place.size;
    EK_TRY(places.PushBack(place));
  }
  if (end > room) return TooLittleRoom(end);
  return places;
}

}  // namespace edgekeep::client
