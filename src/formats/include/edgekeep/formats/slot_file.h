// The slot file: a package re-sealed by one device for itself (spec/slot-file.md). Same segments as a sealed file.
#pragma once
#include "edgekeep/formats/sealed_file.h"

namespace edgekeep::formats {

enum class SlotFileKind : std::uint8_t { kCanonical = 1, kPrepared = 2 };

// What a prepared form was made by and for: "onnxruntime-1.30.0/x86_64-avx2-…". Other key, other form.
using EngineKey = InlineString<128>;

// Preamble as a sealed file's, with magic "EKSLOT01" and record size 0.
struct SlotFileHeader {
  SlotFileKind kind = SlotFileKind::kCanonical;
  ProductName product;
  Sequence sequence;
  SealedFileId sealed_file;  // what it was made of
  std::uint16_t seal_suite = 0;
  std::uint64_t plaintext_size = 0;
  Salt salt;
  KeyCommitment key_commitment;
  EngineKey engine_key;  // empty for kCanonical; else printable ASCII without space
  // Bit i: the model's input i may be used where an application can still write (spec/slot-file.md §2).
  std::uint32_t in_place_inputs = 0;
};

Result<Preamble> DecodeSlotPreamble(ByteView first_bytes);
Status EncodeSlotPreamble(const Preamble& preamble, Writer& out);

Result<SlotFileHeader> DecodeSlotFileHeader(ByteView bytes);
Status EncodeSlotFileHeader(const SlotFileHeader& header, CborWriter& out);

// As CheckSealedLayout.
Status CheckSlotLayout(const Preamble& preamble, const SlotFileHeader& header, std::uint64_t file_size);

}  // namespace edgekeep::formats
