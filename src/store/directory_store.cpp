#include "edgekeep/store/directory_store.h"

#include <array>

#include "paths.h"
#include "whole_file.h"

namespace edgekeep::store {
namespace {

constexpr std::array kSlotFiles = {ports::SlotFile::kCanonical, ports::SlotFile::kPrepared};
constexpr std::array<std::string_view, 2> kLicences = {"licence.0", "licence.1"};

}  // namespace

Result<DirectoryStore> DirectoryStore::Open(Disk& disk) {
  DirectoryStore store(disk);
  EK_TRY(store.SyncDirectories());
  EK_TRY(store.RemoveLeftovers(""));
  EK_TRY(store.TidyProducts());
  return store;
}

// A directory with too many entries to list, which is nothing of this store's making, stays as it is: what is installed
// opens all the same.
Status DirectoryStore::TidyProducts() {
  const Result<EntryNames> names = disk_->List(kProducts);
  if (!names) {
    const ErrorCode code = names.error().code();
    return code == ErrorCode::kNotFound || code == ErrorCode::kTooLarge ? Status() : Status(names.error());
  }
  for (const EntryName& name : *names) {
    if (!ProductOf(name.view())) continue;
    const StorePath directory = Join(kProducts, name.view());
    EK_TRY(RemoveLeftovers(directory.view()));
    RemoveIfEmpty(directory.view());
  }
  return {};
}

// Best effort: an empty directory costs a place among the products and nothing else.
void DirectoryStore::RemoveIfEmpty(std::string_view directory) {
  if (disk_->RemoveDirectory(directory)) static_cast<void>(disk_->SyncDirectory(kProducts).has_value());
}

// A directory that was made and not synced when the keep was killed looks like any other.
Status DirectoryStore::SyncDirectories() {
  EK_TRY(disk_->SyncDirectory(""));
  const Status synced = disk_->SyncDirectory(kProducts);
  return synced || synced.error().code() == ErrorCode::kNotFound ? Status() : synced;
}

Status DirectoryStore::RemoveLeftovers(std::string_view directory) {
  EK_TRY_ASSIGN(const EntryNames names, disk_->List(directory));
  for (const EntryName& name : names) {
    if (name.view().ends_with(kUnfinished)) EK_TRY(disk_->Remove(Join(directory, name.view()).view()));
  }
  return {};
}

Status DirectoryStore::ReplaceIn(std::string_view directory, std::string_view name, ByteView bytes) {
  EK_TRY(CheckName(name));
  return ReplaceWhole(*disk_, directory, name, bytes);
}

Result<Bytes> DirectoryStore::Read(std::string_view name, std::size_t max_size) {
  EK_TRY(CheckName(name));
  return ReadWhole(*disk_, name, max_size);
}

Status DirectoryStore::Replace(std::string_view name, ByteView bytes) {
  return ReplaceIn("", name, bytes);
}

Result<Bytes> DirectoryStore::ReadOf(const ProductName& product, std::string_view name, std::size_t max_size) {
  EK_TRY(CheckName(name));
  return ReadWhole(*disk_, Join(DirectoryOf(product).view(), name).view(), max_size);
}

Status DirectoryStore::ReplaceOf(const ProductName& product, std::string_view name, ByteView bytes) {
  const StorePath directory = DirectoryOf(product);
  const Status replaced = ReplaceIn(directory.view(), name, bytes);
  if (replaced || replaced.error().code() != ErrorCode::kNotFound) return replaced;
  EK_TRY(MakeProduct(directory.view()));
  return ReplaceIn(directory.view(), name, bytes);
}

// A product more than may be would be one that nobody looks at when the store opens next.
Status DirectoryStore::CheckRoom() {
  EK_TRY_ASSIGN(const auto products, Products());
  if (products.size() < ports::kMaxStoredProducts) return {};
  return Error(ErrorCode::kTooLarge, "as many products as may be are installed");
}

Status DirectoryStore::MakeProduct(std::string_view directory) {
  EK_TRY(CheckRoom());
  EK_TRY(disk_->MakeDirectory(kProducts));
  EK_TRY(disk_->SyncDirectory(""));
  EK_TRY(disk_->MakeDirectory(directory));
  return disk_->SyncDirectory(kProducts);
}

Result<InlineVector<ProductName, ports::kMaxStoredProducts>> DirectoryStore::Products() {
  const Result<EntryNames> names = disk_->List(kProducts);
  InlineVector<ProductName, ports::kMaxStoredProducts> products;
  if (!names && names.error().code() == ErrorCode::kNotFound) return products;
  if (!names) return names.error();
  for (const EntryName& name : *names) {
    const Result<ProductName> product = ProductOf(name.view());
    if (product && !products.PushBack(*product)) break;
  }
  return products;
}

Result<ports::FileHandle> DirectoryStore::CreateSlotFile(const ProductName& product, std::uint8_t slot,
                                                         ports::SlotFile file) {
  EK_TRY_ASSIGN(const StorePath path, SlotPath(product, slot, file));
  EK_TRY(RemoveIfThere(*disk_, path.view()));
  Result<ports::FileHandle> created = disk_->Create(path.view());
  if (created || created.error().code() != ErrorCode::kNotFound) return created;
  EK_TRY(MakeProduct(DirectoryOf(product).view()));
  return disk_->Create(path.view());
}

Result<ports::FileHandle> DirectoryStore::OpenSlotFile(const ProductName& product, std::uint8_t slot,
                                                       ports::SlotFile file) {
  EK_TRY_ASSIGN(const StorePath path, SlotPath(product, slot, file));
  return disk_->Open(path.view());
}

Status DirectoryStore::SyncSlot(const ProductName& product, std::uint8_t slot) {
  for (const ports::SlotFile kind : kSlotFiles) {
    const Result<ports::FileHandle> file = OpenSlotFile(product, slot, kind);
    if (!file && file.error().code() == ErrorCode::kNotFound) continue;
    if (!file) return file.error();
    const Status synced = disk_->SyncFile(*file);
    disk_->Close(*file);
    if (!synced) return synced;
  }
  return disk_->SyncDirectory(DirectoryOf(product).view());
}

Status DirectoryStore::EraseSlot(const ProductName& product, std::uint8_t slot) {
  for (const ports::SlotFile kind : kSlotFiles) {
    EK_TRY_ASSIGN(const StorePath path, SlotPath(product, slot, kind));
    EK_TRY(RemoveIfThere(*disk_, path.view()));
  }
  const StorePath directory = DirectoryOf(product);
  EK_TRY(RemoveIfThere(*disk_, Join(directory.view(), kLicences[slot]).view()));
  const Status synced = disk_->SyncDirectory(directory.view());
  if (!synced && synced.error().code() != ErrorCode::kNotFound) return synced;
  if (synced) RemoveIfEmpty(directory.view());
  return {};
}

Status DirectoryStore::EraseAll(std::string_view kept) {
  return disk_->EraseAll(kept);
}

Result<std::uint64_t> DirectoryStore::SizeOf(ports::FileHandle file) {
  return disk_->SizeOf(file);
}

void DirectoryStore::Close(ports::FileHandle file) noexcept {
  disk_->Close(file);
}

}  // namespace edgekeep::store
