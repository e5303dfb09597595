// Splitting a path into the directory that holds a name, and the name.
#pragma once
#include <string>

#include "edgekeep/base/result.h"

namespace edgekeep::files {

struct SplitPath {
  std::string directory;  // "." when the path has none
  std::string name;
};

// Trailing slashes are ignored. Fails with kBadArgument when no name is left, or it is "." or "..".
Result<SplitPath> Split(std::string path);

}  // namespace edgekeep::files
