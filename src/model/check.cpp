#include "edgekeep/model/check.h"

#include "edgekeep/model/signature.h"
#include "edgekeep/model/tensor.h"

namespace edgekeep::model {
namespace {

class ExternalDataCheck final : public TensorVisitor {
 public:
  explicit ExternalDataCheck(std::span<const FileBeside> files) : files_(files) {}

  Status Visit(const Tensor& tensor, TensorRole /*role*/) override {
    if (!tensor.external) return {};
    for (const FileBeside& file : files_) {
      if (file.path == tensor.external->location) return CheckRange(*tensor.external, file.size);
    }
    return Error(ErrorCode::kModelRefused, "model: external data that is not in the package");
  }

 private:
  static Status CheckRange(const ExternalData& data, std::uint64_t file_size) {
    const bool inside = data.offset <= file_size && data.length.value_or(0) <= file_size - data.offset;
    if (!inside) return Error(ErrorCode::kModelRefused, "model: external data beyond its file");
    return {};
  }

  std::span<const FileBeside> files_;
};

// ONNX has two types of complex numbers, and no engine computes with them.
bool IsComplex(std::uint8_t type) {
  return type == 14 || type == 15;
}

Status CheckSignature(const Signature& signature) {
  for (const Value& input : signature.inputs) {
    if (IsComplex(input.type)) return Error(ErrorCode::kModelRefused, "model: an input of complex numbers");
    // An engine tells it as a scalar, and applications could hand in nothing else.
    if (!input.has_shape)
      return Error(ErrorCode::kModelRefused, "model: an input whose number of dimensions is not stated");
  }
  for (const Value& output : signature.outputs) {
    if (IsComplex(output.type)) return Error(ErrorCode::kModelRefused, "model: an output of complex numbers");
  }
  return {};
}

}  // namespace

Status CheckModel(ByteView model, std::span<const FileBeside> files) {
  ExternalDataCheck check(files);
  EK_TRY(VisitTensors(model, check));
  EK_TRY_ASSIGN(const Signature signature, ReadSignature(model));
  return CheckSignature(signature);
}

}  // namespace edgekeep::model
