// Reader: takes fixed-size fields off the front of untrusted bytes, never past their end.
#pragma once
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep {

// Every Read fails with kMalformed when too few bytes remain, and then consumes nothing.
class Reader {
 public:
  explicit Reader(ByteView bytes) noexcept : rest_(bytes) {}

  Result<std::uint8_t> ReadU8();
  Result<std::uint16_t> ReadU16LittleEndian();
  Result<std::uint32_t> ReadU32LittleEndian();
  Result<std::uint64_t> ReadU64LittleEndian();
  Result<std::uint16_t> ReadU16BigEndian();
  Result<std::uint32_t> ReadU32BigEndian();
  Result<std::uint64_t> ReadU64BigEndian();
  // The view borrows from the bytes this Reader was made of.
  Result<ByteView> ReadBytes(std::size_t count);

  std::size_t remaining() const noexcept { return rest_.size(); }

  // Fails with kMalformed unless everything was read.
  Status ExpectEnd() const;

 private:
  ByteView rest_;
};

}  // namespace edgekeep
