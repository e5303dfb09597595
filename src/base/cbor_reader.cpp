#include "edgekeep/base/cbor_reader.h"

#include <limits>

#include "cbor_head.h"
#include "edgekeep/base/utf8.h"

namespace edgekeep {
namespace {

Error Malformed(const char* where) {
  return Error(ErrorCode::kMalformed, where);
}

// Takes a head of `major` off `rest` and returns its argument.
Result<std::uint64_t> TakeArgument(ByteView& rest, CborMajor major) {
  ByteView after = rest;
  EK_TRY_ASSIGN(const CborHead head, TakeCborHead(after));
  if (head.major != major) return Malformed("CBOR: another type was expected");
  rest = after;
  return head.argument;
}

// Takes a string of `major` off `rest`.
Result<ByteView> TakeString(ByteView& rest, CborMajor major) {
  ByteView after = rest;
  EK_TRY_ASSIGN(const std::uint64_t size, TakeArgument(after, major));
  if (size > after.size()) return Malformed("CBOR: string longer than the input");
  const ByteView content = after.first(static_cast<std::size_t>(size));
  rest = after.subspan(content.size());
  return content;
}

// Takes the head of a container off `rest`, each of whose elements takes at least `element_size` bytes.
Result<std::size_t> TakeContainer(ByteView& rest, CborMajor major, std::size_t element_size) {
  ByteView after = rest;
  EK_TRY_ASSIGN(const std::uint64_t count, TakeArgument(after, major));
  if (count > after.size() / element_size) return Malformed("CBOR: more elements than the input can hold");
  rest = after;
  return static_cast<std::size_t>(count);
}

}  // namespace

Result<std::uint64_t> CborReader::ReadUnsigned() {
  return TakeArgument(rest_, CborMajor::kUnsigned);
}

Result<std::int64_t> CborReader::ReadInt() {
  ByteView after = rest_;
  EK_TRY_ASSIGN(const CborHead head, TakeCborHead(after));
  if (head.major != CborMajor::kUnsigned && head.major != CborMajor::kNegative)
    return Malformed("CBOR: an integer was expected");
  if (head.argument > std::numeric_limits<std::int64_t>::max()) return Malformed("CBOR: integer out of range");
  rest_ = after;
  const auto magnitude = static_cast<std::int64_t>(head.argument);
  return head.major == CborMajor::kUnsigned ? magnitude : -1 - magnitude;
}

Result<bool> CborReader::ReadBool() {
  if (rest_.empty() || (rest_[0] != kCborFalse && rest_[0] != kCborTrue)) return Malformed("CBOR: expected a boolean");
  const bool value = rest_[0] == kCborTrue;
  rest_ = rest_.subspan(1);
  return value;
}

Result<ByteView> CborReader::ReadByteString() {
  return TakeString(rest_, CborMajor::kByteString);
}

Result<ByteView> CborReader::ReadByteString(std::size_t size) {
  ByteView after = rest_;
  EK_TRY_ASSIGN(const ByteView bytes, TakeString(after, CborMajor::kByteString));
  if (bytes.size() != size) return Malformed("CBOR: byte string of another size");
  rest_ = after;
  return bytes;
}

Result<std::string_view> CborReader::ReadText() {
  ByteView after = rest_;
  EK_TRY_ASSIGN(const ByteView bytes, TakeString(after, CborMajor::kText));
  if (!IsUtf8(bytes)) return Malformed("CBOR: text is not UTF-8");
  rest_ = after;
  return AsText(bytes);
}

Result<std::size_t> CborReader::ReadArray() {
  return TakeContainer(rest_, CborMajor::kArray, 1);
}

Result<std::size_t> CborReader::ReadMap() {
  return TakeContainer(rest_, CborMajor::kMap, 2);
}

Status CborReader::ExpectArray(std::size_t size) {
  ByteView after = rest_;
  EK_TRY_ASSIGN(const std::size_t count, TakeContainer(after, CborMajor::kArray, 1));
  if (count != size) return Malformed("CBOR: array of another size");
  rest_ = after;
  return {};
}

Status CborReader::ExpectTag(std::uint64_t tag) {
  ByteView after = rest_;
  EK_TRY_ASSIGN(const std::uint64_t found, TakeArgument(after, CborMajor::kTag));
  if (found != tag) return Malformed("CBOR: another tag");
  rest_ = after;
  return {};
}

Status CborReader::ExpectText(std::string_view text) {
  ByteView after = rest_;
  EK_TRY_ASSIGN(const ByteView bytes, TakeString(after, CborMajor::kText));
  if (AsText(bytes) != text) return Malformed("CBOR: another text");
  rest_ = after;
  return {};
}

Status CborReader::ExpectEnd() const {
  if (!rest_.empty()) return Malformed("CBOR: bytes after the end");
  return {};
}

}  // namespace edgekeep
