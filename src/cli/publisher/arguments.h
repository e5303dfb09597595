// Arguments with a meaning of their own.
#pragma once
#include <string>

#include "edgekeep/author/failure.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::cli::publisher {

author::Outcome<ProductName> ParseProduct(const std::string& text);
author::Outcome<Version> ParseVersion(std::uint64_t sequence, const std::string& display);

}  // namespace edgekeep::cli::publisher
