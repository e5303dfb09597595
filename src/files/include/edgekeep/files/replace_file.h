// Replacing a file by a newer one, atomically.
#pragma once
#include <string>

#include "edgekeep/base/bytes.h"
#include "edgekeep/files/new_file.h"

namespace edgekeep::files {

// Puts a file with exactly `bytes` in the place of `path`, which must exist: readers see the old one or the new one,
// also after a power cut. Fails with kNotFound, and as NewFile does.
Status ReplaceFile(const std::string& path, Access access, ByteView bytes);

}  // namespace edgekeep::files
