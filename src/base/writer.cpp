#include "edgekeep/base/writer.h"

#include <algorithm>
#include <array>

namespace edgekeep {
namespace {

template <std::size_t N>
std::array<std::uint8_t, N> LittleEndian(std::uint64_t value) {
  std::array<std::uint8_t, N> bytes;
  for (std::size_t i = 0; i < N; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return bytes;
}

template <std::size_t N>
std::array<std::uint8_t, N> BigEndian(std::uint64_t value) {
  std::array<std::uint8_t, N> bytes = LittleEndian<N>(value);
  std::ranges::reverse(bytes);
  return bytes;
}

}  // namespace

Status Writer::WriteBytes(ByteView bytes) {
  if (bytes.size() > buffer_.size() - used_) return Error(ErrorCode::kTooLarge, "output buffer");
  std::ranges::copy(bytes, buffer_.subspan(used_).begin());
  used_ += bytes.size();
  return {};
}

Status Writer::WriteU8(std::uint8_t value) {
  return WriteBytes(LittleEndian<1>(value));
}

Status Writer::WriteU16LittleEndian(std::uint16_t value) {
  return WriteBytes(LittleEndian<2>(value));
}

Status Writer::WriteU32LittleEndian(std::uint32_t value) {
  return WriteBytes(LittleEndian<4>(value));
}

Status Writer::WriteU64LittleEndian(std::uint64_t value) {
  return WriteBytes(LittleEndian<8>(value));
}

Status Writer::WriteU16BigEndian(std::uint16_t value) {
  return WriteBytes(BigEndian<2>(value));
}

Status Writer::WriteU32BigEndian(std::uint32_t value) {
  return WriteBytes(BigEndian<4>(value));
}

Status Writer::WriteU64BigEndian(std::uint64_t value) {
  return WriteBytes(BigEndian<8>(value));
}

}  // namespace edgekeep
