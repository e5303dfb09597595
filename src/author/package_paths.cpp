#include "package_paths.h"

#include <algorithm>
#include <filesystem>

#include "edgekeep/formats/package_index.h"

namespace edgekeep::author {
namespace {

namespace fs = std::filesystem;

fs::path Absolute(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return (error ? fs::path(path) : absolute).lexically_normal();
}

std::string PackagePathOf(const fs::path& file, const fs::path& model_directory) {
  const fs::path relative = file.lexically_relative(model_directory);
  const bool below = !relative.empty() && *relative.begin() != "..";
  return (below ? relative : file.filename()).generic_string();
}

Done CheckPath(const std::string& path, const std::string& file) {
  if (formats::IsPackagePath(path)) return {};
  return Failure{ErrorCode::kBadArgument, "a name that cannot stand in a package", file,
                 "rename it: letters, digits, '.', '_' and '-' only"};
}

}  // namespace

Outcome<std::vector<std::string>> PackagePathsOf(const std::string& model, const std::vector<std::string>& side_files) {
  if (side_files.size() + 1 > formats::kMaxPackageFiles) {
    return Failure{ErrorCode::kTooLarge, "too many files", model,
                   "a package holds at most " + std::to_string(formats::kMaxPackageFiles)};
  }
  const fs::path model_path = Absolute(model);
  std::vector<std::string> paths{model_path.filename().generic_string()};
  EK_TRY(CheckPath(paths.front(), model));
  for (const std::string& file : side_files) {
    std::string path = PackagePathOf(Absolute(file), model_path.parent_path());
    EK_TRY(CheckPath(path, file));
    if (std::ranges::find(paths, path) != paths.end()) {
      return Failure{ErrorCode::kBadArgument, "two files of one name in the package", file, "rename one of them"};
    }
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace edgekeep::author
