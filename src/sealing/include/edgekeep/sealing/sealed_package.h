// A sealed file opened whole into memory, after its seal was verified elsewhere (verified_seal.h).
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/sealed_file.h"
#include "edgekeep/sealing/byte_file.h"

namespace edgekeep::sealing {

// What the author signed, as the verifier of the signatures hands it on, and the content key from a grant.
struct SealedFileTrust {
  const SecretArray<32>& content_key;
  Digest header_digest;
  Digest tags_digest;
  formats::PlaintextMac plaintext_mac;
};

// What a reader of the plaintext needs of the header.
struct OpenedPackage {
  formats::SealedKind kind = formats::SealedKind::kModel;
  ProductName product;
  Sequence sequence;
  std::uint64_t plaintext_size = 0;
};

// Opens the file into the first `plaintext_size` bytes of `memory` and checks tags digest and plaintext MAC: either all
// of it is what the author signed, or `memory` holds nothing of it. Fails as OpenSlotFile does. The signed record in
// the file is not read again: the trust given stands for it.
Result<OpenedPackage> OpenSealedFile(const crypto::Provider& provider, const ByteSource& file,
                                     const SealedFileTrust& trust, Workers& workers, MutableByteView memory);

}  // namespace edgekeep::sealing
