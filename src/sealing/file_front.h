// What sealed and slot files have in common before the body.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/sealed_file.h"
#include "edgekeep/sealing/byte_file.h"
#include "edgekeep/sealing/segments.h"

namespace edgekeep::sealing {

// The front of a file, read once.
struct FileFront {
  formats::Preamble preamble;
  Bytes bytes;  // everything before the body

  ByteView header() const { return bytes.view().subspan(formats::kPreambleSize, preamble.header_size); }

  // Behind header and record, to the body.
  ByteView room() const {
    return bytes.view().subspan(formats::kPreambleSize + preamble.header_size + preamble.record_size);
  }
};

using PreambleDecoder = Result<formats::Preamble> (*)(ByteView first_bytes);

// Reads the front and checks that its header has `header_digest`. Fails with kMalformed, kUnsupported, kIo.
Result<FileFront> ReadFront(const crypto::Provider& provider, const ByteSource& file, PreambleDecoder decode,
                            const Digest& header_digest);

// The parts of a header that its keys hang on.
struct KeyedHeader {
  std::uint16_t seal_suite = 0;
  formats::Salt salt;
  formats::KeyCommitment key_commitment;
};

// Checks the key commitment and derives the keys of the segments. Fails with kUnsupported, kDenied.
Result<SegmentKeys> KeysFor(const crypto::Provider& provider, const KeyedHeader& header,
                            const SecretArray<32>& file_key, const Digest& header_digest);

}  // namespace edgekeep::sealing
