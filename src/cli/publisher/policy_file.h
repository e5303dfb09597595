// Product and operations policies from files.
#pragma once
#include <string>

#include "edgekeep/author/failure.h"
#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/formats/product_policy.h"

namespace edgekeep::cli::publisher {

// Fails with kBadArgument naming the field that is wrong, or as files::ReadFile.
author::Outcome<formats::ProductPolicy> ReadPolicyFile(const std::string& path);
author::Outcome<formats::OperationsPolicy> ReadOperationsFile(const std::string& path);

}  // namespace edgekeep::cli::publisher
