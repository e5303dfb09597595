// Lower-case hexadecimal, for ids that people read.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_string.h"

namespace edgekeep {

// Returns the hexadecimal form of at most 64 bytes; longer input is a programmer's error.
InlineString<128> ToHex(ByteView bytes) noexcept;

// Decodes exactly 2 * out.size() hexadecimal characters, lower case only. Fails with kMalformed.
Status FromHex(std::string_view text, MutableByteView out);

// Decodes hexadecimal of any length, in which others may have used upper case. Fails with kMalformed, kNoMemory.
Result<Bytes> DecodeHex(std::string_view text);

}  // namespace edgekeep
