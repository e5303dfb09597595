// A file of signed/ in a signing folder (spec/release-metadata.md §3), as anybody may have put it there.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"

namespace edgekeep::author {

inline constexpr std::size_t kMaxSignedFile = 64 * 1024;

// What somebody says is a signature: nobody has looked.
struct ClaimedSignature {
  std::string key_id;
  std::string hex;
};

// None where the file is no such file; what is no signature in it is passed over.
std::vector<ClaimedSignature> ReadSignedFile(ByteView file);

}  // namespace edgekeep::author
