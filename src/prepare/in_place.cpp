#include "in_place.h"

#include "edgekeep/model/in_place.h"
#include "edgekeep/model/signature.h"

namespace edgekeep::prepare {

Result<std::uint32_t> InPlaceInputs(const engine::Package& package, const engine::TensorInfos& inputs) {
  EK_TRY_ASSIGN(const model::Signature signature, model::ReadSignature(package.model));
  if (signature.inputs.size() != inputs.size()) return std::uint32_t{0};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool same = signature.inputs[i].name == inputs[i].name.view() && signature.inputs[i].type == inputs[i].type;
    if (!same) return std::uint32_t{0};
  }
  return model::InputsUsableInPlace(package.model);
}

}  // namespace edgekeep::prepare
