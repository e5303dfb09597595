// Byte strings in one run of bytes, as a tensor of strings crosses the gate (spec/gate.md §7): for each string the
// little-endian u32 where it ends, counted from the last of these numbers on; then the strings, one behind the other.
#pragma once
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep {

// Of one call together. An engine keeps an object for each, however short it is.
inline constexpr std::size_t kMaxStrings = std::size_t{1} << 20;

// The size of the run. Fails with kTooLarge for more than kMaxStrings, or ends that a u32 cannot say.
Result<std::size_t> StringsSize(std::size_t count, std::uint64_t content);

// Fails with kMalformed unless `bytes` are exactly `count` strings. Holds as long as nobody writes to `bytes`.
Status CheckStrings(ByteView bytes, std::size_t count);

// One string; the view borrows. Requires index < count. Each number is read once, so what comes back lies inside
// `bytes` even while somebody writes to them; fails with kMalformed where it would not.
Result<ByteView> StringAt(ByteView bytes, std::size_t count, std::size_t index);

// Writes strings one by one. Whoever makes one appends exactly `count`, into as many bytes as StringsSize says.
class StringWriter {
 public:
  StringWriter(MutableByteView out, std::size_t count) noexcept : out_(out), next_(count * sizeof(std::uint32_t)) {}

  // Where the next string of `size` bytes goes: the caller fills it. Fails with kTooLarge.
  Result<MutableByteView> Append(std::size_t size);

 private:
  MutableByteView out_;
  std::size_t next_;  // where the next string begins
  std::size_t end_ = 0;
  std::size_t index_ = 0;
};

}  // namespace edgekeep
