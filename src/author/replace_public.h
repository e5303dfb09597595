// Replacing a file that a web server serves.
#pragma once
#include <string>

#include "edgekeep/author/failure.h"

namespace edgekeep::author {

// Puts a file with exactly `text` at `path`, whether one is there or not: readers see the old one or the new one.
Done ReplacePublicFile(const std::string& path, const std::string& text);

}  // namespace edgekeep::author
