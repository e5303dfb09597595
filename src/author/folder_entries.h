// Files of a folder that many people add to.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/failure.h"
#include "edgekeep/crypto/provider.h"

namespace edgekeep::author {

// More than any ceremony has; a folder with more is refused, so that nobody's copy takes for ever to read.
inline constexpr std::size_t kMaxFolderEntries = 1024;

// Names that end with `suffix`, ascending; hidden ones left out. A missing directory has none.
Outcome<std::vector<std::string>> EntriesOf(const std::string& directory, std::string_view suffix);

// Writes `bytes` as DIRECTORY/STEM-DIGEST.SUFFIX, digest being the first 16 characters of their SHA-256 in hexadecimal:
// the same bytes have one name, other bytes have another. Succeeds where the file is there already.
Done AddByContent(const crypto::Provider& provider, const std::string& directory, const std::string& stem,
                  std::string_view suffix, ByteView bytes);

}  // namespace edgekeep::author
