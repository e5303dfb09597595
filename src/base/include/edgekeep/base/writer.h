// Writer: appends fields to a caller's buffer, never past its end.
#pragma once
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep {

// Every Write fails with kTooLarge when the buffer is full; what was written before stays.
class Writer {
 public:
  explicit Writer(MutableByteView buffer) noexcept : buffer_(buffer) {}

  Status WriteU8(std::uint8_t value);
  Status WriteU16LittleEndian(std::uint16_t value);
  Status WriteU32LittleEndian(std::uint32_t value);
  Status WriteU64LittleEndian(std::uint64_t value);
  Status WriteU16BigEndian(std::uint16_t value);
  Status WriteU32BigEndian(std::uint32_t value);
  Status WriteU64BigEndian(std::uint64_t value);
  Status WriteBytes(ByteView bytes);

  std::size_t size() const noexcept { return used_; }

  ByteView written() const noexcept { return buffer_.first(used_); }

 private:
  MutableByteView buffer_;
  std::size_t used_ = 0;
};

}  // namespace edgekeep
