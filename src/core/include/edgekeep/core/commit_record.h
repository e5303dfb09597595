// Commit records that this device has made (spec/commit-record.md §3).
#pragma once
#include <optional>

#include "edgekeep/base/bytes.h"
#include "edgekeep/core/vault.h"
#include "edgekeep/formats/commit_record.h"
#include "edgekeep/sealing/keys.h"

namespace edgekeep::core {

// What this device seals its own slot files with (crypto::SealSuiteId).
inline constexpr std::uint16_t kSlotSealSuite = 1;

inline constexpr std::size_t kMaxStoredRecordSize = formats::kMaxCommitRecordSize + kProtectionSize;

// A record that was made by this device for this product. Only CheckRecord makes one; it owns its bytes.
class AuthenticRecord {
 public:
  const formats::CommitRecord& record() const noexcept { return record_; }

  // As stored, with the MAC.
  ByteView bytes() const& noexcept { return bytes_.view(); }

 private:
  friend Result<AuthenticRecord> CheckRecord(const Vault&, const ProductName&, Bytes);

  AuthenticRecord(Bytes bytes, const formats::CommitRecord& record) noexcept
      : bytes_(std::move(bytes)), record_(record) {}

  Bytes bytes_;
  formats::CommitRecord record_;  // borrows from bytes_
};

// Fails with kDenied when the MAC is wrong or the record is another product's.
Result<AuthenticRecord> CheckRecord(const Vault& vault, const ProductName& product, Bytes stored);

// Returns `record` as it is stored.
Result<Bytes> ProtectRecord(const Vault& vault, const formats::CommitRecord& record);

// The fresh keys of one slot's files.
struct SlotKeys {
  sealing::SlotKey canonical;
  sealing::SlotKey prepared;
};

Result<SlotKeys> NewSlotKeys(const crypto::Provider& provider);

// One slot file as a cell wrote it.
struct SlotFileFacts {
  Digest header_digest;
  Digest tags_digest;
  std::uint64_t file_size = 0;
};

struct PreparedFacts {
  SlotFileFacts file;
  formats::EngineKey engine_key;
};

// What goes into a new record besides the wrapped slot keys.
struct RecordFacts {
  std::uint64_t generation = 0;
  ProductName product;
  Version version;
  std::uint8_t slot = 0;
  SealedFileId sealed_file;
  Epoch epoch;
  SlotFileFacts canonical;
  std::optional<PreparedFacts> prepared;
  UnixTime installed_at;
  formats::ProductPolicy policy;  // as the sealed file's author signed it
  std::uint64_t security_epoch = 0;
};

// Wraps the slot keys under the vault key and `epoch_key` (K of facts.epoch) together, and returns the record as it is
// stored. `keys.prepared` counts only where facts.prepared is present.
Result<Bytes> MakeRecord(const crypto::Provider& provider, const Vault& vault, const sealing::EpochKey& epoch_key,
                         const SlotKeys& keys, const RecordFacts& facts);

// `current` with another generation and another prepared form, or none; its canonical part stays as it is. Returns the
// record as it is stored.
Result<Bytes> MakeRecordWithPrepared(const crypto::Provider& provider, const Vault& vault,
                                     const sealing::EpochKey& epoch_key, const AuthenticRecord& current,
                                     const sealing::SlotKey& prepared_key, const PreparedFacts& prepared);
Result<Bytes> MakeRecordWithoutPrepared(const Vault& vault, const AuthenticRecord& current);

}  // namespace edgekeep::core
