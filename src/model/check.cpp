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

}  // namespace

Status CheckModel(ByteView model, std::span<const FileBeside> files) {
  ExternalDataCheck check(files);
  EK_TRY(VisitTensors(model, check));
  EK_TRY_ASSIGN(const Signature signature, ReadSignature(model));
  static_cast<void>(signature);
  return {};
}

}  // namespace edgekeep::model
