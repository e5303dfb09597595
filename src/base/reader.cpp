#include "edgekeep/base/reader.h"

#include <type_traits>

namespace edgekeep {
namespace {

template <typename T>
T FromLittleEndian(ByteView bytes) {
  T value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = static_cast<T>((std::uint64_t{value} << 8) | bytes[i]);
  return value;
}

template <typename T>
T FromBigEndian(ByteView bytes) {
  T value = 0;
  for (const std::uint8_t byte : bytes) value = static_cast<T>((std::uint64_t{value} << 8) | byte);
  return value;
}

}  // namespace

Result<ByteView> Reader::ReadBytes(std::size_t count) {
  if (count > rest_.size()) return Error(ErrorCode::kMalformed, "truncated");
  const ByteView taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

Result<std::uint8_t> Reader::ReadU8() {
  EK_TRY_ASSIGN(const ByteView bytes, ReadBytes(1));
  return bytes[0];
}

Result<std::uint16_t> Reader::ReadU16LittleEndian() {
  EK_TRY_ASSIGN(const ByteView bytes, ReadBytes(2));
  return FromLittleEndian<std::uint16_t>(bytes);
}

Result<std::uint32_t> Reader::ReadU32LittleEndian() {
  EK_TRY_ASSIGN(const ByteView bytes, ReadBytes(4));
  return FromLittleEndian<std::uint32_t>(bytes);
}

Result<std::uint64_t> Reader::ReadU64LittleEndian() {
  EK_TRY_ASSIGN(const ByteView bytes, ReadBytes(8));
  return FromLittleEndian<std::uint64_t>(bytes);
}

Result<std::uint16_t> Reader::ReadU16BigEndian() {
  EK_TRY_ASSIGN(const ByteView bytes, ReadBytes(2));
  return FromBigEndian<std::uint16_t>(bytes);
}

Result<std::uint32_t> Reader::ReadU32BigEndian() {
  EK_TRY_ASSIGN(const ByteView bytes, ReadBytes(4));
  return FromBigEndian<std::uint32_t>(bytes);
}

Result<std::uint64_t> Reader::ReadU64BigEndian() {
  EK_TRY_ASSIGN(const ByteView bytes, ReadBytes(8));
  return FromBigEndian<std::uint64_t>(bytes);
}

Status Reader::ExpectEnd() const {
  if (!rest_.empty()) return Error(ErrorCode::kMalformed, "bytes after the end");
  return {};
}

}  // namespace edgekeep
