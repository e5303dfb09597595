// Replacing a private file by a newer one, atomically.
#pragma once
#include <string>

#include "edgekeep/base/bytes.h"

namespace edgekeep::files {

// Puts a file of mode 0600 with exactly `bytes` in the place of `path`, which must exist: readers see the old one or
// the new one, also after a power cut. Fails with kNotFound, and as NewFile does.
Status ReplacePrivateFile(const std::string& path, ByteView bytes);

}  // namespace edgekeep::files
