// Small private files of a publisher's directory, of which the last one counts.
#pragma once
#include <string>

#include "edgekeep/author/failure.h"
#include "edgekeep/base/bytes.h"

namespace edgekeep::author {

// In `directory`, made where it is not there: a new file at `path`, or one in place of that which is there, durable
// once it returns.
Done KeepFile(const std::string& directory, const std::string& path, ByteView bytes);

}  // namespace edgekeep::author
