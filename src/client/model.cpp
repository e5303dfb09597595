#include "model.h"

#include <cstring>

#include "tensor_match.h"

namespace {

using edgekeep::gate::TensorInfo;

void Describe(std::span<const TensorInfo> tensors, std::span<ek_tensor_info> out) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    out[i].name = tensors[i].name.c_str();
    out[i].type = static_cast<ek_element_type>(tensors[i].type);
    out[i].rank = static_cast<std::uint32_t>(tensors[i].shape.size());
    std::copy(tensors[i].shape.begin(), tensors[i].shape.end(), out[i].shape);
  }
}

}  // namespace

ek_model::ek_model(const edgekeep::ProductName& product, const edgekeep::gate::OpenModelAnswer& answer,
                   edgekeep::client::Session opened, std::uint32_t timeout)
    : product_name(product),
      version_text(answer.version.display),
      info(answer.model),
      timeout_ms(timeout),
      session(std::move(opened)) {
  description = {.product = product_name.c_str(),
                 .version = version_text.c_str(),
                 .version_sequence = answer.version.sequence.value,
                 .ring_bytes = session.data_size(),
                 .num_inputs = info.inputs.size(),
                 .num_outputs = info.outputs.size()};
  Describe(info.inputs.view(), inputs);
  Describe(info.outputs.view(), outputs);
}

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

using Indexes = InlineVector<std::size_t, gate::kMaxTensors>;

Result<Indexes> IndexesOf(const gate::ModelInfo& info, std::span<const ek_output> outputs) {
  Indexes indexes;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EK_TRY_ASSIGN(const std::size_t index, IndexOf(info.outputs.view(), outputs[i].name, i, ErrorCode::kNotFound));
    EK_TRY(indexes.PushBack(index));
  }
  return indexes;
}

bool AllFit(std::span<const ek_output> outputs) {
  return std::ranges::all_of(
      outputs, [](const ek_output& output) { return output.buffer == nullptr || output.size <= output.capacity; });
}

// TakeCall has checked that every place lies inside the ring.
void HandOver(std::span<const std::uint8_t> ring, std::uint64_t offset, ek_output& output) {
  const std::uint8_t* bytes = ring.subspan(offset, output.size).data();
  if (output.buffer != nullptr && output.size != 0) std::memcpy(output.buffer, bytes, output.size);
  output.data = output.buffer != nullptr ? output.buffer : bytes;
}

Status Collect(ek_model& model, const gate::TensorPlaces& places, const Indexes& indexes,
               std::span<ek_output> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EK_TRY(DescribeOutput(model.info, places, indexes[i], outputs[i]));
  }
  if (!AllFit(outputs)) return Error(ErrorCode::kTooLarge, "an output is larger than its buffer");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EK_TRY_ASSIGN(const gate::TensorPlace* place, PlaceOf(places, indexes[i]));
    HandOver(model.session.data(), place->offset, outputs[i]);
  }
  return {};
}

}  // namespace

Outcome Run(ek_model& model, const RunRequest& request, const Deadline& deadline) {
  EK_TRY_ASSIGN(const Indexes indexes, IndexesOf(model.info, request.outputs));
  EK_TRY_ASSIGN(const gate::TensorPlaces places, PlaceInputs(model.info, request.inputs, model.session.data_size()));
  EK_TRY(model.session.Settle(deadline));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const MutableByteView target = model.session.data().subspan(places[i].offset, places[i].size);
    if (!target.empty()) std::memcpy(target.data(), request.inputs[i].data, target.size());
  }
  EK_TRY_ASSIGN(const gate::TensorPlaces answer, model.session.Call(places, deadline));
  EK_TRY(Collect(model, answer, indexes, request.outputs));
  return {};
}

}  // namespace edgekeep::client
