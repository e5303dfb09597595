// The commit record: which package a product has on this device; replacing it is the commit (spec/commit-record.md).
#pragma once
#include <optional>

#include "edgekeep/formats/product_policy.h"
#include "edgekeep/formats/slot_file.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxCommitRecordSize = 8192;
// nonce (12) || AEAD of the slot key (32 + 16).
inline constexpr std::size_t kWrappedSlotKeySize = 60;

// One slot file as installed. Its segments are trusted only with this digest.
struct SlotFileRecord {
  Digest header_digest;
  Digest tags_digest;
  std::uint64_t file_size = 0;
  ByteView wrapped_slot_key;  // kWrappedSlotKeySize bytes, under the slot key-encryption key
};

struct PreparedRecord {
  SlotFileRecord file;
  EngineKey engine_key;
};

// Body of a record; on disk it is followed by HMAC-SHA-256 (32 bytes) under a key derived from the vault key.
struct CommitRecord {
  std::uint64_t generation = 0;  // of the two copies the higher authentic one counts
  ProductName product;
  Version version;
  std::uint8_t slot = 0;  // 0 or 1
  SealedFileId sealed_file;
  Epoch epoch;  // of the grant: the slot keys are wrapped under K_epoch and the vault key together
  SlotFileRecord canonical;
  std::optional<PreparedRecord> prepared;
  UnixTime installed_at;
  ProductPolicy policy;              // of the sealed file
  std::uint64_t security_epoch = 0;  // floor: no release of a lower one is installed after it
};

Result<CommitRecord> DecodeCommitRecord(ByteView bytes);
Status EncodeCommitRecord(const CommitRecord& record, CborWriter& out);

// What follows label::kSlot in the info of the slot key-encryption key: CBOR [product, slot, sequence].
Status EncodeSlotBinding(const ProductName& product, std::uint8_t slot, Sequence sequence, CborWriter& out);

}  // namespace edgekeep::formats
