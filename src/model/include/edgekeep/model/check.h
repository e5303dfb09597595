// The check a model passes before any engine sees it.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::model {

// A file that came in the same package as the model.
struct FileBeside {
  std::string_view path;
  std::uint64_t size = 0;
};

// Accepts a model whose structure can be read (tensor.h, signature.h), whose inputs have a stated number of dimensions,
// that takes and gives no complex numbers, and whose external data lies inside files of its own package. A location
// must be one of `files` by exact bytes; there is no normalising, so "..", absolute paths and an engine's own markers
// can match nothing. Fails with kModelRefused.
Status CheckModel(ByteView model, std::span<const FileBeside> files);

}  // namespace edgekeep::model
