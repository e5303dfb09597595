// Heads of CBOR items (RFC 8949 §3), for the reader and the writer alone.
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep {

enum class CborMajor : std::uint8_t {
  kUnsigned = 0,
  kNegative = 1,
  kByteString = 2,
  kText = 3,
  kArray = 4,
  kMap = 5,
  kTag = 6,
  kSimple = 7
};

inline constexpr std::uint8_t kCborFalse = 0xF4;
inline constexpr std::uint8_t kCborTrue = 0xF5;

struct CborHead {
  CborMajor major;
  std::uint64_t argument;
};

// Takes one head in its shortest form off the front of `rest`. Fails with kMalformed and takes nothing.
Result<CborHead> TakeCborHead(ByteView& rest);

}  // namespace edgekeep
