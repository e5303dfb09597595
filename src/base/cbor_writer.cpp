#include "edgekeep/base/cbor_writer.h"

#include "cbor_head.h"

namespace edgekeep {
namespace {

Status WriteHead(Writer& writer, CborMajor major, std::uint64_t argument) {
  const auto initial = static_cast<std::uint8_t>(static_cast<unsigned>(major) << 5);
  if (argument < 24) return writer.WriteU8(static_cast<std::uint8_t>(initial | argument));
  if (argument <= 0xFF) {
    EK_TRY(writer.WriteU8(initial | 24));
    return writer.WriteU8(static_cast<std::uint8_t>(argument));
  }
  if (argument <= 0xFFFF) {
    EK_TRY(writer.WriteU8(initial | 25));
    return writer.WriteU16BigEndian(static_cast<std::uint16_t>(argument));
  }
  if (argument <= 0xFFFFFFFF) {
    EK_TRY(writer.WriteU8(initial | 26));
    return writer.WriteU32BigEndian(static_cast<std::uint32_t>(argument));
  }
  EK_TRY(writer.WriteU8(initial | 27));
  return writer.WriteU64BigEndian(argument);
}

}  // namespace

Status CborWriter::Unsigned(std::uint64_t value) {
  return WriteHead(writer_, CborMajor::kUnsigned, value);
}

Status CborWriter::Int(std::int64_t value) {
  if (value >= 0) return Unsigned(static_cast<std::uint64_t>(value));
  return WriteHead(writer_, CborMajor::kNegative, static_cast<std::uint64_t>(-1 - value));
}

Status CborWriter::Bool(bool value) {
  return writer_.WriteU8(value ? kCborTrue : kCborFalse);
}

Status CborWriter::ByteString(ByteView bytes) {
  EK_TRY(WriteHead(writer_, CborMajor::kByteString, bytes.size()));
  return writer_.WriteBytes(bytes);
}

Status CborWriter::Text(std::string_view text) {
  EK_TRY(WriteHead(writer_, CborMajor::kText, text.size()));
  return writer_.WriteBytes(AsBytes(text));
}

Status CborWriter::Array(std::size_t size) {
  return WriteHead(writer_, CborMajor::kArray, size);
}

Status CborWriter::Map(std::size_t pairs) {
  return WriteHead(writer_, CborMajor::kMap, pairs);
}

Status CborWriter::Tag(std::uint64_t tag) {
  return WriteHead(writer_, CborMajor::kTag, tag);
}

Status CborWriter::Encoded(ByteView cbor) {
  return writer_.WriteBytes(cbor);
}

}  // namespace edgekeep
