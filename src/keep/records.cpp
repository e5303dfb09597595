#include "records.h"

#include <array>

#include "edgekeep/formats/licence.h"

namespace edgekeep::keep {
namespace {

constexpr std::array<std::string_view, update::kNumCopies> kCopyNames = {"record.0", "record.1"};

constexpr std::array<std::string_view, 2> kLicenceNames = {"licence.0", "licence.1"};

Result<std::optional<Bytes>> ReadCopy(ports::Store& store, const ProductName& product, std::string_view name) {
  Result<Bytes> copy = store.ReadOf(product, name, core::kMaxStoredRecordSize);
  if (copy) return std::optional<Bytes>(*std::move(copy));
  if (copy.error().code() == ErrorCode::kNotFound) return std::optional<Bytes>();
  if (copy.error().code() == ErrorCode::kNoMemory) return copy.error();
  // Oversized, not bound, or on a sector that cannot be read: present, and worth nothing.
  return std::optional<Bytes>(Bytes());
}

}  // namespace

Result<update::Installed> ReadInstalled(ports::Store& store, const core::Vault& vault, const ProductName& product) {
  update::StoredCopies copies;
  for (std::size_t i = 0; i < update::kNumCopies; ++i) {
    EK_TRY_ASSIGN(copies[i], ReadCopy(store, product, kCopyNames[i]));
  }
  return update::Installed::Judge(vault, product, std::move(copies));
}

Result<const core::AuthenticRecord*> CurrentOf(const update::Installed& installed) {
  if (installed.current() != nullptr) return installed.current();
  if (installed.damaged()) return Error(ErrorCode::kDenied, "neither commit record is authentic");
  return Error(ErrorCode::kNotFound, "this product is not installed");
}

Status Commit(ports::Store& store, const update::Installed& before, const ProductName& product, ByteView record) {
  return store.ReplaceOf(product, kCopyNames[update::FirstCopyToReplace(before)], record);
}

void FinishCommit(ports::Store& store, const update::Installed& before, const ProductName& product, ByteView record,
                  std::uint8_t slot, ports::Journal& journal) {
  const std::size_t other_copy = 1 - update::FirstCopyToReplace(before);
  // The old slot goes first: on a full disk the copy may need its room.
  const Status erased = store.EraseSlot(product, static_cast<std::uint8_t>(1 - slot));
  if (!erased) journal.NoteRefusal("erase the old slot", erased.error());
  const Status copied = store.ReplaceOf(product, kCopyNames[other_copy], record);
  if (!copied) journal.NoteRefusal("copy the commit record", copied.error());
}

Result<Bytes> ReadLicence(ports::Store& store, const ProductName& product, std::uint8_t slot) {
  return store.ReadOf(product, kLicenceNames[slot], formats::kMaxLicenceSize);
}

Status WriteLicence(ports::Store& store, const ProductName& product, std::uint8_t slot, ByteView licence) {
  return store.ReplaceOf(product, kLicenceNames[slot], licence);
}

Status Recover(ports::Store& store, const core::Vault& vault, const ProductName& product) {
  EK_TRY_ASSIGN(const update::Installed installed, ReadInstalled(store, vault, product));
  const update::RecoveryPlan plan = update::PlanRecovery(installed);
  // Restoring syncs the directory, and with it a commit whose own sync was cut; only then may the old slot go.
  if (plan.copy_to_restore) {
    EK_TRY(store.ReplaceOf(product, kCopyNames[*plan.copy_to_restore], installed.current()->bytes()));
  }
  for (std::uint8_t slot = 0; slot < plan.slots_to_erase.size(); ++slot) {
    if (plan.slots_to_erase[slot]) EK_TRY(store.EraseSlot(product, slot));
  }
  return {};
}

}  // namespace edgekeep::keep
