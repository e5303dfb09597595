// Byte strings of tests, as specifications print them.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "edgekeep/base/hex.h"

namespace edgekeep {

inline std::vector<std::uint8_t> BytesOf(std::string_view hex) {
  std::vector<std::uint8_t> bytes(hex.size() / 2);
  if (!FromHex(hex, bytes)) throw std::invalid_argument("test data is not hexadecimal");
  return bytes;
}

}  // namespace edgekeep
