#include "edgekeep/cell/model_info.h"

namespace edgekeep::cell {
namespace {

Result<gate::TensorInfo> TensorInfoOf(const engine::TensorInfo& tensor) {
  gate::TensorInfo info;
  info.name = tensor.name;
  info.type = static_cast<gate::ElementType>(tensor.type);
  if (!gate::CheckType(info.type)) return Error(ErrorCode::kModelRefused, "element type of an input or output");
  for (const std::int64_t dim : tensor.shape) EK_TRY(info.shape.PushBack(dim));
  return info;
}

}  // namespace

Result<gate::ModelInfo> ModelInfoOf(const engine::TensorInfos& inputs, const engine::TensorInfos& outputs) {
  gate::ModelInfo model;
  for (const engine::TensorInfo& tensor : inputs) {
    EK_TRY_ASSIGN(const gate::TensorInfo info, TensorInfoOf(tensor));
    EK_TRY(model.inputs.PushBack(info));
  }
  for (const engine::TensorInfo& tensor : outputs) {
    EK_TRY_ASSIGN(const gate::TensorInfo info, TensorInfoOf(tensor));
    EK_TRY(model.outputs.PushBack(info));
  }
  return model;
}

}  // namespace edgekeep::cell
