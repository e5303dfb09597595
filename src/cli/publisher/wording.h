// How numbers and ids look to people.
#pragma once
#include <cstdint>
#include <string>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::cli::publisher {

// "1,234,567 bytes"
std::string Bytes64(std::uint64_t count);
// "12.3 MiB"
std::string Rounded(std::uint64_t count);
// A fingerprint in groups of four hexadecimal characters, eight to a line, each line indented by two.
std::string Grouped(const Digest& fingerprint);
std::string Hex(ByteView bytes);
// "1.2 (sequence 3)"
std::string Versioned(const Version& version);
// `text` and a line end: one line, whatever somebody else put into it (base/printable.h).
std::string Line(std::string text);

}  // namespace edgekeep::cli::publisher
