// Slot files as wholes: written, opened into memory, read back (spec/slot-file.md).
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/slot_file.h"
#include "edgekeep/sealing/byte_file.h"

namespace edgekeep::sealing {

// What makes one slot file the right one: a commit record names the digests and holds the key, wrapped.
struct SlotFileTrust {
  const SecretArray<32>& key;
  Digest header_digest;
  Digest tags_digest;
};

// Opens the file into the first `plaintext_size` bytes of `memory`. Fails with kMalformed for a front (preamble,
// header, room before the body) that is not the one named, before the key is used; with kDenied after that; with
// kNoMemory when `memory` is too small; with kIo. Then `memory` holds nothing of it.
Result<formats::SlotFileHeader> OpenSlotFile(const crypto::Provider& provider, const ByteSource& file,
                                             const SlotFileTrust& trust, Workers& workers, MutableByteView memory);

// As OpenSlotFile, and keeps nothing.
Status CheckSlotFile(const crypto::Provider& provider, const ByteSource& file, const SlotFileTrust& trust,
                     Workers& workers);

// What was written, as a commit record will name it.
struct SlotFileDigests {
  Digest header_digest;
  Digest tags_digest;
  std::uint64_t file_size = 0;
};

// A file to write. Salt, key commitment and plaintext size of `header` are filled in by WriteSlotFile.
struct SlotFileContent {
  formats::SlotFileHeader header;
  const SecretArray<32>& key;  // fresh: it seals this file only
  ByteView plaintext;
};

// Writes the body first and the front last: a cut in between leaves no file that opens. Fails with the sink's errors,
// with kUnsupported for an unknown suite, with kMalformed for a header that cannot be encoded.
Result<SlotFileDigests> WriteSlotFile(const crypto::Provider& provider, const SlotFileContent& content,
                                      Workers& workers, ByteSink& file);

}  // namespace edgekeep::sealing
