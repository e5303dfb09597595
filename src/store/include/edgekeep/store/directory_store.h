// DirectoryStore: the Store port as a directory on a Disk (spec/keep-state.md §1).
#pragma once
#include "edgekeep/ports/store.h"
#include "edgekeep/store/disk.h"

namespace edgekeep::store {

// A path below the disk's root.
using StorePath = InlineString<320>;

// The only writer of its directory; one thread at a time for one product. The disk outlives it.
class DirectoryStore final : public ports::Store {
 public:
  // Removes what cut replacements and installs left behind.
  static Result<DirectoryStore> Open(Disk& disk);

  Result<Bytes> Read(std::string_view name, std::size_t max_size) override;
  Status Replace(std::string_view name, ByteView bytes) override;
  Result<Bytes> ReadOf(const ProductName& product, std::string_view name, std::size_t max_size) override;
  Status ReplaceOf(const ProductName& product, std::string_view name, ByteView bytes) override;
  Result<InlineVector<ProductName, ports::kMaxStoredProducts>> Products() override;
  Result<ports::FileHandle> CreateSlotFile(const ProductName& product, std::uint8_t slot,
                                           ports::SlotFile file) override;
  Result<ports::FileHandle> OpenSlotFile(const ProductName& product, std::uint8_t slot, ports::SlotFile file) override;
  Status SyncSlot(const ProductName& product, std::uint8_t slot) override;
  Status EraseSlot(const ProductName& product, std::uint8_t slot) override;
  Status EraseAll(std::string_view kept) override;
  Result<std::uint64_t> SizeOf(ports::FileHandle file) override;
  void Close(ports::FileHandle file) noexcept override;

 private:
  explicit DirectoryStore(Disk& disk) noexcept : disk_(&disk) {}

  Status ReplaceIn(std::string_view directory, std::string_view name, ByteView bytes);
  Status MakeProduct(std::string_view directory);
  Status TidyProducts();
  Status CheckRoom();
  void RemoveIfEmpty(std::string_view directory);
  Status SyncDirectories();
  Status RemoveLeftovers(std::string_view directory);

  Disk* disk_;
};

}  // namespace edgekeep::store
