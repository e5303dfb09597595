// The body of a sealed or slot file: all its segments, opened or sealed by several threads (spec/sealed-file.md §6).
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/sealing/byte_file.h"
#include "edgekeep/sealing/segments.h"

namespace edgekeep::sealing {

// A body to open, and the digest over its tags that whoever is trusted has named.
struct BodyToOpen {
  const ByteSource* file = nullptr;
  std::uint32_t offset = 0;
  std::uint64_t plaintext_size = 0;
  Digest tags_digest;
};

// Opens every segment into `plaintext`, which has the plaintext's size: it is read there, and opened in place. Fails
// with kDenied for anything but the file that was sealed, kIo, kMalformed (file too short), kNoMemory; `plaintext` is
// wiped then.
Status OpenBody(const crypto::Provider& provider, const SegmentKeys& keys, const BodyToOpen& body, Workers& workers,
                MutableByteView plaintext);

// As OpenBody, and keeps nothing: for reading back what was written.
Status CheckBody(const crypto::Provider& provider, const SegmentKeys& keys, const BodyToOpen& body, Workers& workers);

// Where sealed segments go.
struct BodyPlace {
  ByteSink* file = nullptr;
  std::uint32_t offset = 0;
};

// Seals `plaintext` and returns the digest over the tags. `keys` must seal nothing else.
Result<Digest> SealBody(const crypto::Provider& provider, const SegmentKeys& keys, ByteView plaintext, Workers& workers,
                        const BodyPlace& place);

}  // namespace edgekeep::sealing
