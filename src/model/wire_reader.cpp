#include "wire_reader.h"

#include <limits>

namespace edgekeep::model {
namespace {

constexpr unsigned kMaxVarintBytes = 10;

Error Refused(const char* where) {
  return Error(ErrorCode::kModelRefused, where);
}

std::uint64_t LittleEndian(ByteView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = (value << 8) | bytes[i];
  return value;
}

}  // namespace

Result<std::uint64_t> Field::Varint() const {
  if (type != WireType::kVarint) return Refused("model: a number is encoded as something else");
  return value;
}

Result<ByteView> Field::Message() const {
  if (type != WireType::kBytes) return Refused("model: a message is encoded as something else");
  return bytes;
}

Result<std::string_view> Field::Text() const {
  EK_TRY_ASSIGN(const ByteView text, Message());
  return AsText(text);
}

Result<ByteView> WireReader::Take(std::uint64_t count) {
  if (count > rest_.size()) return Refused("model: truncated");
  const ByteView taken = rest_.first(static_cast<std::size_t>(count));
  rest_ = rest_.subspan(static_cast<std::size_t>(count));
  return taken;
}

Result<std::uint64_t> WireReader::NextVarint() {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < kMaxVarintBytes; ++i) {
    EK_TRY_ASSIGN(const ByteView taken, Take(1));
    const std::uint64_t byte = taken[0];
    if (i == kMaxVarintBytes - 1 && byte > 1) break;
    value |= (byte & 0x7F) << (7 * i);
    if (byte < 0x80) return value;
  }
  return Refused("model: a number over 64 bits");
}

Result<Field> WireReader::Next() {
  EK_TRY_ASSIGN(const std::uint64_t head, NextVarint());
  if (head > std::numeric_limits<std::uint32_t>::max() || head < 8) return Refused("model: a field without a number");
  Field field{.number = static_cast<std::uint32_t>(head >> 3), .type = static_cast<WireType>(head & 7)};
  switch (field.type) {
    case WireType::kVarint: {
      EK_TRY_ASSIGN(field.value, NextVarint());
      return field;
    }
    case WireType::kBytes: {
      EK_TRY_ASSIGN(const std::uint64_t size, NextVarint());
      EK_TRY_ASSIGN(field.bytes, Take(size));
      return field;
    }
    case WireType::kFixed64:
    case WireType::kFixed32: {
      EK_TRY_ASSIGN(const ByteView raw, Take(field.type == WireType::kFixed64 ? 8 : 4));
      field.value = LittleEndian(raw);
      return field;
    }
  }
  return Refused("model: a field of an unknown encoding");
}

}  // namespace edgekeep::model
