#include "file_front.h"

#include "edgekeep/crypto/digest.h"

namespace edgekeep::sealing {

Result<FileFront> ReadFront(const crypto::Provider& provider, const ByteSource& file, PreambleDecoder decode,
                            const Digest& header_digest) {
  std::array<std::uint8_t, formats::kPreambleSize> first;
  EK_TRY(file.ReadAt(0, first));
  FileFront front;
  EK_TRY_ASSIGN(front.preamble, decode(first));
  EK_TRY_ASSIGN(front.bytes, Bytes::Allocate(front.preamble.body_offset));
  EK_TRY(file.ReadAt(0, front.bytes.mutable_view()));
  // The file may change between two reads; only the second counts.
  if (!Equal(front.bytes.view().first(first.size()), first)) return Error(ErrorCode::kMalformed, "file changes");
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {front.header()}));
  if (digest != header_digest) return Error(ErrorCode::kMalformed, "header is not the one expected");
  return front;
}

Result<SegmentKeys> KeysFor(const crypto::Provider& provider, const KeyedHeader& header,
                            const SecretArray<32>& file_key, const Digest& header_digest) {
  EK_TRY_ASSIGN(const crypto::SealSuite suite,
                crypto::FindSealSuite(static_cast<crypto::SealSuiteId>(header.seal_suite)));
  EK_TRY(CheckKeyCommitment(provider, file_key, header.salt, header.key_commitment));
  return SegmentKeys::Derive(provider, suite, file_key, header.salt, header_digest);
}

}  // namespace edgekeep::sealing
