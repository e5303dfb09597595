#include "external_data.h"

#include <vector>

#include "edgekeep/files/read_file.h"
#include "edgekeep/model/check.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxLookedAt = std::size_t{32} << 20;

}  // namespace

std::optional<std::string> ExternalDataWarning(const std::string& model, const PackageSource& source) {
  if (!model.ends_with(".onnx") || source.sizes().front() > kMaxLookedAt) return std::nullopt;
  const Result<Bytes> bytes = files::ReadFile(model, kMaxLookedAt);
  if (!bytes) return std::nullopt;
  std::vector<model::FileBeside> beside;
  for (std::size_t i = 1; i < source.sizes().size(); ++i) {
    beside.push_back({source.package_paths()[i], source.sizes()[i]});
  }
  const Status checked = model::CheckModel(bytes->view(), beside);
  if (checked || checked.error().code() != ErrorCode::kModelRefused) return std::nullopt;
  return std::string("devices will refuse this model: ") + checked.error().where();
}

}  // namespace edgekeep::author
