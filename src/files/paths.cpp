#include "paths.h"

namespace edgekeep::files {

Result<SplitPath> Split(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::size_t slash = path.rfind('/');
  SplitPath split;
  if (slash == std::string::npos) {
    split = {".", path};
  } else {
    split = {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
  }
  if (split.name.empty() || split.name == "." || split.name == "..") return Error(ErrorCode::kBadArgument, "file name");
  return split;
}

}  // namespace edgekeep::files
