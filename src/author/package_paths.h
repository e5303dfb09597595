// What files are called inside a package.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/failure.h"

namespace edgekeep::author {

// The model's name first, then the side files' in their order. A side file below the model's directory keeps its path
// from there, because that is how a model refers to its external data; any other keeps only its name.
Outcome<std::vector<std::string>> PackagePathsOf(const std::string& model, const std::vector<std::string>& side_files);

}  // namespace edgekeep::author
