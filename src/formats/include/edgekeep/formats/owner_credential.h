// What a device keeps of its owner: whose authority it believes, its certificate, and which key it asked another
// for (spec/owner-credential.md §2).
#pragma once
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxOwnerCertificateSize = 4096;
inline constexpr std::size_t kMaxOwnerCertificates = 4;
// Of the key's salt, sealed: nonce, 32 bytes, tag.
inline constexpr std::size_t kSealedOwnerSalt = 60;
inline constexpr std::size_t kMaxOwnerRecord = 24576;

// Views borrow from the record.
struct OwnerCredential {
  ByteView salt;
  InlineVector<ByteView, kMaxOwnerCertificates> certificates;  // its own first
  UnixTime not_before, not_after;
};

struct OwnerKeyRequest {
  ByteView salt;
  ByteView key;  // a point of P-256
};

struct OwnerRecord {
  ByteView authority;
  std::optional<OwnerCredential> credential;
  std::optional<OwnerKeyRequest> request;
};

Result<OwnerRecord> DecodeOwnerRecord(ByteView bytes);
Status EncodeOwnerRecord(const OwnerRecord& record, CborWriter& out);

}  // namespace edgekeep::formats
