#include "edgekeep/core/commit_record.h"

#include <array>

#include "edgekeep/formats/labels.h"
#include "edgekeep/sealing/key_wraps.h"

namespace edgekeep::core {
namespace {

using WrappedSlotKey = std::array<std::uint8_t, sealing::kWrappedSlotKeySize>;

formats::SlotFileRecord ToRecord(const SlotFileFacts& facts, const WrappedSlotKey& wrapped_key) {
  return {.header_digest = facts.header_digest,
          .tags_digest = facts.tags_digest,
          .file_size = facts.file_size,
          .wrapped_slot_key = wrapped_key};
}

sealing::SlotBinding BindingOf(const formats::CommitRecord& record, formats::SlotFileKind kind) {
  return {.product = record.product,
          .slot = record.slot,
          .sequence = record.version.sequence,
          .file_kind = static_cast<std::uint8_t>(kind)};
}

}  // namespace

Result<AuthenticRecord> CheckRecord(const Vault& vault, const ProductName& product, Bytes stored) {
  EK_TRY_ASSIGN(const ByteView body, vault.CheckProtected(formats::label::kCommitRecord, stored.view()));
  EK_TRY_ASSIGN(const formats::CommitRecord record, formats::DecodeCommitRecord(body));
  if (!(record.product == product)) return Error(ErrorCode::kDenied, "commit record: of another product");
  return AuthenticRecord(std::move(stored), record);
}

Result<Bytes> ProtectRecord(const Vault& vault, const formats::CommitRecord& record) {
  std::array<std::uint8_t, formats::kMaxCommitRecordSize> buffer;
  CborWriter writer(buffer);
  EK_TRY(formats::EncodeCommitRecord(record, writer));
  return vault.Protect(formats::label::kCommitRecord, writer.written());
}

Result<SlotKeys> NewSlotKeys(const crypto::Provider& provider) {
  SlotKeys keys;
  EK_TRY(provider.Random(keys.canonical.key.RevealForWriting()));
  EK_TRY(provider.Random(keys.prepared.key.RevealForWriting()));
  return keys;
}

Result<Bytes> MakeRecord(const crypto::Provider& provider, const Vault& vault, const sealing::EpochKey& epoch_key,
                         const SlotKeys& keys, const RecordFacts& facts) {
  formats::CommitRecord record{.generation = facts.generation,
                               .product = facts.product,
                               .version = facts.version,
                               .slot = facts.slot,
                               .sealed_file = facts.sealed_file,
                               .epoch = facts.epoch,
                               .canonical = {},
                               .prepared = {},
                               .installed_at = facts.installed_at,
                               .policy = facts.policy,
                               .security_epoch = facts.security_epoch};
  EK_TRY_ASSIGN(const WrappedSlotKey canonical,
                sealing::WrapSlotKey(provider, vault.key(), epoch_key,
                                     BindingOf(record, formats::SlotFileKind::kCanonical), keys.canonical));
  EK_TRY_ASSIGN(const WrappedSlotKey prepared,
                sealing::WrapSlotKey(provider, vault.key(), epoch_key,
                                     BindingOf(record, formats::SlotFileKind::kPrepared), keys.prepared));
  record.canonical = ToRecord(facts.canonical, canonical);
  if (facts.prepared) record.prepared = {ToRecord(facts.prepared->file, prepared), facts.prepared->engine_key};
  return ProtectRecord(vault, record);
}

Result<Bytes> MakeRecordWithPrepared(const crypto::Provider& provider, const Vault& vault,
                                     const sealing::EpochKey& epoch_key, const AuthenticRecord& current,
                                     const sealing::SlotKey& prepared_key, const PreparedFacts& prepared) {
  formats::CommitRecord record = current.record();
  EK_TRY_ASSIGN(const WrappedSlotKey wrapped,
                sealing::WrapSlotKey(provider, vault.key(), epoch_key,
                                     BindingOf(record, formats::SlotFileKind::kPrepared), prepared_key));
  record.generation += 1;
  record.prepared = {ToRecord(prepared.file, wrapped), prepared.engine_key};
  return ProtectRecord(vault, record);
}

Result<Bytes> MakeRecordWithoutPrepared(const Vault& vault, const AuthenticRecord& current) {
  formats::CommitRecord record = current.record();
  record.generation += 1;
  record.prepared.reset();
  return ProtectRecord(vault, record);
}

}  // namespace edgekeep::core
