#include "model.h"

#include <algorithm>

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
                   std::unique_ptr<edgekeep::client::Session> opened, std::uint32_t timeout)
    : product_name(product),
      version_text(answer.version.display),
      info(answer.model),
      features(answer.features),
      timeout_ms(timeout),
      session(std::move(opened)) {
  description = {.product = product_name.c_str(),
                 .version = version_text.c_str(),
                 .version_sequence = answer.version.sequence.value,
                 .ring_bytes = session->room_size(),
                 .num_inputs = info.inputs.size(),
                 .num_outputs = info.outputs.size(),
                 .max_calls = session->num_slots(),
                 .provider = answer.provider,
                 .num_features = features.size()};
  Describe(info.inputs.view(), inputs);
  Describe(info.outputs.view(), outputs);
}
