#include "edgekeep/sealing/slot_file.h"

#include <array>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/sealing/body.h"
#include "file_front.h"

namespace edgekeep::sealing {
namespace {

// A slot file whose front is right and whose key fits.
struct UnlockedSlotFile {
  formats::SlotFileHeader header;
  SegmentKeys keys;
  BodyToOpen body;
};

Result<UnlockedSlotFile> Unlock(const crypto::Provider& provider, const ByteSource& file, const SlotFileTrust& trust) {
  EK_TRY_ASSIGN(const FileFront front, ReadFront(provider, file, formats::DecodeSlotPreamble, trust.header_digest));
  EK_TRY(formats::CheckRoomIsZero(front.room()));
  UnlockedSlotFile slot;
  EK_TRY_ASSIGN(slot.header, formats::DecodeSlotFileHeader(front.header()));
  EK_TRY(formats::CheckSlotLayout(front.preamble, slot.header, file.size()));
  const KeyedHeader keyed{slot.header.seal_suite, slot.header.salt, slot.header.key_commitment};
  EK_TRY_ASSIGN(slot.keys, KeysFor(provider, keyed, trust.key, trust.header_digest));
  slot.body = {&file, front.preamble.body_offset, slot.header.plaintext_size, trust.tags_digest};
  return slot;
}

using HeaderBuffer = std::array<std::uint8_t, formats::kMaxHeaderSize>;

// Fills in what only the moment of writing knows.
Result<formats::SlotFileHeader> CompleteHeader(const crypto::Provider& provider, const SlotFileContent& content) {
  formats::SlotFileHeader header = content.header;
  header.plaintext_size = content.plaintext.size();
  EK_TRY(provider.Random(header.salt.mutable_view()));
  EK_TRY_ASSIGN(header.key_commitment, CommitToKey(provider, content.key, header.salt));
  return header;
}

Status WriteFront(const formats::Preamble& preamble, ByteView header, ByteSink& file) {
  EK_TRY_ASSIGN(Bytes front, Bytes::Allocate(preamble.body_offset));
  Writer out(front.mutable_view());
  EK_TRY(formats::EncodeSlotPreamble(preamble, out));
  EK_TRY(out.WriteBytes(header));
  return file.WriteAt(0, front.view());
}

}  // namespace

Result<formats::SlotFileHeader> OpenSlotFile(const crypto::Provider& provider, const ByteSource& file,
                                             const SlotFileTrust& trust, Workers& workers, MutableByteView memory) {
  EK_TRY_ASSIGN(const UnlockedSlotFile slot, Unlock(provider, file, trust));
  if (slot.header.plaintext_size > memory.size()) return Error(ErrorCode::kNoMemory, "slot file: locked memory");
  const MutableByteView plaintext = memory.first(static_cast<std::size_t>(slot.header.plaintext_size));
  EK_TRY(OpenBody(provider, slot.keys, slot.body, workers, plaintext));
  return slot.header;
}

Status CheckSlotFile(const crypto::Provider& provider, const ByteSource& file, const SlotFileTrust& trust,
                     Workers& workers) {
  EK_TRY_ASSIGN(const UnlockedSlotFile slot, Unlock(provider, file, trust));
  return CheckBody(provider, slot.keys, slot.body, workers);
}

Result<SlotFileDigests> WriteSlotFile(const crypto::Provider& provider, const SlotFileContent& content,
                                      Workers& workers, ByteSink& file) {
  EK_TRY_ASSIGN(const formats::SlotFileHeader header, CompleteHeader(provider, content));
  HeaderBuffer buffer;
  CborWriter encoded(buffer);
  EK_TRY(formats::EncodeSlotFileHeader(header, encoded));
  SlotFileDigests digests;
  EK_TRY_ASSIGN(digests.header_digest, crypto::Sha256(provider, {encoded.written()}));
  formats::Preamble preamble{.header_size = static_cast<std::uint32_t>(encoded.written().size())};
  preamble.body_offset = static_cast<std::uint32_t>(formats::BodyOffset(preamble.header_size, 0));
  preamble.body_size = formats::BodySize(header.plaintext_size);
  const KeyedHeader keyed{header.seal_suite, header.salt, header.key_commitment};
  EK_TRY_ASSIGN(const SegmentKeys keys, KeysFor(provider, keyed, content.key, digests.header_digest));
  EK_TRY_ASSIGN(digests.tags_digest,
                SealBody(provider, keys, content.plaintext, workers, {&file, preamble.body_offset}));
  EK_TRY(WriteFront(preamble, encoded.written(), file));
  digests.file_size = preamble.body_offset + preamble.body_size;
  return digests;
}

}  // namespace edgekeep::sealing
