// Files that fit into one message of the gate.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "outcome.h"

namespace edgekeep::cli::device {

// Reads a regular file of at most 64 KiB; `what` names it in refusals ("the trust bundle").
Outcome<std::vector<std::uint8_t>> ReadSmallFile(const std::string& path, const std::string& what);

// Of a new file.
enum class Readers { kAll, kItsOwnerAlone };

// Writes a new file, never over an old one; what could not be written whole is removed.
Done WriteNewFile(const std::string& path, ByteView bytes, Readers readers = Readers::kAll);

}  // namespace edgekeep::cli::device
