// Base64 (RFC 4648 §4) in its one canonical form: padded, unused bits zero, no line ends.
#pragma once
#include <cstddef>
#include <string_view>

#include "edgekeep/base/bytes.h"

namespace edgekeep {

constexpr std::size_t Base64Size(std::size_t num_bytes) {
  return (num_bytes + 2) / 3 * 4;
}

// How many bytes `text` stands for. Fails with kMalformed for anything that is not canonical base64.
Result<std::size_t> CheckBase64(std::string_view text);

// Decodes into the front of `out` and returns that part. Fails as CheckBase64, or with kTooLarge.
Result<ByteView> DecodeBase64(std::string_view text, MutableByteView out);

// Requires out.size() == Base64Size(bytes.size()).
void EncodeBase64(ByteView bytes, std::span<char> out) noexcept;

}  // namespace edgekeep
