// Reading small files whole, public and private ones.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::files {

// Reads a regular file of at most `max_size` bytes; kTooLarge, kNotFound, kForbidden, kIo, or kBadArgument for anything
// that is no regular file.
Result<Bytes> ReadFile(const std::string& path, std::size_t max_size);

// As ReadFile, for what belongs to one person. Refuses with kForbidden, by name: a symbolic link, a file of another
// user, and one that group or others may read or write.
Result<SecretBytes> ReadPrivateFile(const std::string& path, std::size_t max_size);

// The beginning of a file, and how long the file is.
struct FileFront {
  Bytes front;
  std::uint64_t file_size = 0;
};

// Reads the first bytes of a regular file of any size: `max_front` of them, or all there are.
Result<FileFront> ReadFront(const std::string& path, std::size_t max_front);

}  // namespace edgekeep::files
