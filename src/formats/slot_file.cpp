#include "edgekeep/formats/slot_file.h"

#include <limits>

#include "fields.h"
#include "preamble.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kSlotMagic = "EKSLOT01";

Status Check(const SlotFileHeader& header) {
  EK_TRY(CheckEnum(header.kind, SlotFileKind::kPrepared));
  EK_TRY(CheckProduct(header.product));
  EK_TRY(CheckAlgorithmNumber(header.seal_suite));
  EK_TRY(CheckPlaintextSize(header.plaintext_size));
  const bool fits =
      header.kind == SlotFileKind::kCanonical ? header.engine_key.empty() : IsPrintable(header.engine_key.view());
  if (!fits) return Malformed("engine key");
  return {};
}

}  // namespace

Result<Preamble> DecodeSlotPreamble(ByteView first_bytes) {
  return DecodePreambleWith(kSlotMagic, Record::kAbsent, first_bytes);
}

Status EncodeSlotPreamble(const Preamble& preamble, Writer& out) {
  return EncodePreambleWith(kSlotMagic, Record::kAbsent, preamble, out);
}

Result<SlotFileHeader> DecodeSlotFileHeader(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxHeaderSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  SlotFileHeader header;
  EK_TRY_ASSIGN(header.kind, fields.EnumOf<SlotFileKind>(1));
  EK_TRY_ASSIGN(header.product, fields.Product(2));
  EK_TRY_ASSIGN(header.sequence, fields.NumberOf<Sequence>(3));
  EK_TRY_ASSIGN(header.sealed_file, fields.IdOf<SealedFileId>(4));
  EK_TRY_ASSIGN(header.seal_suite, fields.Unsigned<std::uint16_t>(5));
  EK_TRY_ASSIGN(header.plaintext_size, fields.Unsigned<std::uint64_t>(6));
  EK_TRY_ASSIGN(header.salt, fields.IdOf<Salt>(7));
  EK_TRY_ASSIGN(header.key_commitment, fields.IdOf<KeyCommitment>(8));
  EK_TRY_ASSIGN(const std::string_view engine_key, fields.Text(9));
  EK_TRY_ASSIGN(header.engine_key, EngineKey::From(engine_key));
  EK_TRY_ASSIGN(const bool in_place, fields.Has(10));
  if (in_place) {
    EK_TRY_ASSIGN(const std::uint64_t inputs, in.ReadUnsigned());
    if (inputs == 0 || inputs > std::numeric_limits<std::uint32_t>::max()) return Malformed("inputs in place");
    header.in_place_inputs = static_cast<std::uint32_t>(inputs);
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(header));
  return header;
}

Status EncodeSlotFileHeader(const SlotFileHeader& header, CborWriter& out) {
  EK_TRY(Check(header));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, header.in_place_inputs == 0 ? 9 : 10));
  EK_TRY(fields.Unsigned(1, std::to_underlying(header.kind)));
  EK_TRY(fields.Text(2, header.product.view()));
  EK_TRY(fields.Unsigned(3, header.sequence.value));
  EK_TRY(fields.ByteString(4, header.sealed_file.view()));
  EK_TRY(fields.Unsigned(5, header.seal_suite));
  EK_TRY(fields.Unsigned(6, header.plaintext_size));
  EK_TRY(fields.ByteString(7, header.salt.view()));
  EK_TRY(fields.ByteString(8, header.key_commitment.view()));
  EK_TRY(fields.Text(9, header.engine_key.view()));
  if (header.in_place_inputs == 0) return {};
  return fields.Unsigned(10, header.in_place_inputs);
}

Status CheckSlotLayout(const Preamble& preamble, const SlotFileHeader& header, std::uint64_t file_size) {
  return CheckLayout(preamble, header.plaintext_size, file_size);
}

}  // namespace edgekeep::formats
