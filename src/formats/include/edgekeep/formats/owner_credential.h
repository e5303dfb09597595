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

// How a device lost an owner.
enum class OwnerChanged : std::uint8_t {
  kHandedOver = 1,  // to another one, whose authority counts from then on
  kFreed = 2,       // by an order: it has none until one is named
};

struct OwnerChange {
  std::uint64_t number = 0;  // of all its changes, this one included
  Digest by;                 // SHA-256 of the payload of the transfer or order
  OwnerChanged how = OwnerChanged::kHandedOver;
};

struct OwnerRecord {
  ByteView authority;  // empty: none is named, and nothing else is there but what freed the device
  std::optional<OwnerCredential> credential;
  std::optional<OwnerKeyRequest> request;
  std::optional<OwnerChange> change;  // the last one
};

Result<OwnerRecord> DecodeOwnerRecord(ByteView bytes);
Status EncodeOwnerRecord(const OwnerRecord& record, CborWriter& out);

}  // namespace edgekeep::formats
