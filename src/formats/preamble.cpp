#include "preamble.h"

#include "checks.h"
#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kSealedMagic = "EKSEALED";
constexpr std::uint16_t kFormatVersion = 1;

Status Check(const Preamble& preamble, Record record) {
  if (preamble.header_size == 0 || preamble.header_size > kMaxHeaderSize) return Malformed("preamble: header size");
  if ((preamble.record_size != 0) != (record == Record::kPresent)) return Malformed("preamble: record size");
  const std::uint64_t body_offset = BodyOffset(preamble.header_size, preamble.record_size);
  if (preamble.body_offset != body_offset || body_offset > kMaxBodyOffset) return Malformed("preamble: body offset");
  if (preamble.body_size < BodySize(1) || preamble.body_size > BodySize(kMaxPlaintextSize))
    return Malformed("preamble: body size");
  return {};
}

}  // namespace

std::uint64_t BodyOffset(std::uint32_t header_size, std::uint32_t record_size) {
  const std::uint64_t used = std::uint64_t{kPreambleSize} + header_size + record_size;
  return (used + kBodyAlignment - 1) / kBodyAlignment * kBodyAlignment;
}

Result<Preamble> DecodePreambleWith(std::string_view magic, Record record, ByteView first_bytes) {
  Reader reader(first_bytes);
  EK_TRY_ASSIGN(const ByteView found, reader.ReadBytes(magic.size()));
  if (!Equal(found, AsBytes(magic))) return Malformed("preamble: magic");
  EK_TRY_ASSIGN(const std::uint16_t version, reader.ReadU16LittleEndian());
  if (version != kFormatVersion) return Error(ErrorCode::kUnsupported, "preamble: format version");
  EK_TRY_ASSIGN(const std::uint16_t reserved, reader.ReadU16LittleEndian());
  if (reserved != 0) return Malformed("preamble: reserved field");
  Preamble preamble;
  EK_TRY_ASSIGN(preamble.header_size, reader.ReadU32LittleEndian());
  EK_TRY_ASSIGN(preamble.record_size, reader.ReadU32LittleEndian());
  EK_TRY_ASSIGN(preamble.body_offset, reader.ReadU32LittleEndian());
  EK_TRY_ASSIGN(preamble.body_size, reader.ReadU64LittleEndian());
  EK_TRY(Check(preamble, record));
  return preamble;
}

Status EncodePreambleWith(std::string_view magic, Record record, const Preamble& preamble, Writer& out) {
  EK_TRY(Check(preamble, record));
  EK_TRY(out.WriteBytes(AsBytes(magic)));
  EK_TRY(out.WriteU16LittleEndian(kFormatVersion));
  EK_TRY(out.WriteU16LittleEndian(0));
  EK_TRY(out.WriteU32LittleEndian(preamble.header_size));
  EK_TRY(out.WriteU32LittleEndian(preamble.record_size));
  EK_TRY(out.WriteU32LittleEndian(preamble.body_offset));
  return out.WriteU64LittleEndian(preamble.body_size);
}

Result<Preamble> DecodePreamble(ByteView first_bytes) {
  return DecodePreambleWith(kSealedMagic, Record::kPresent, first_bytes);
}

Status EncodePreamble(const Preamble& preamble, Writer& out) {
  return EncodePreambleWith(kSealedMagic, Record::kPresent, preamble, out);
}

}  // namespace edgekeep::formats
