// A light look at a model before it is sealed; the device checks it thoroughly.
#pragma once
#include <optional>
#include <string>

#include "package_source.h"

namespace edgekeep::author {

// Says when an ONNX model refers to data that is not in the package, or cannot be read as ONNX. Looks only at ".onnx"
// files of at most 32 MiB: a model whose weights are outside is small itself.
std::optional<std::string> ExternalDataWarning(const std::string& model, const PackageSource& source);

}  // namespace edgekeep::author
