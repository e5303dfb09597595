// Store: the keep's own disk. The disk is not trusted: what is read from it is verified by who asked.
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/result.h"

namespace edgekeep::ports {

// An open file, owned by whoever got it from the Store and ended by Store::Close.
struct FileHandle {
  int value = -1;
};

enum class SlotFile : std::uint8_t { kCanonical = 1, kPrepared = 2 };

// More are refused when they come, and what is beyond it is not looked at.
inline constexpr std::size_t kMaxStoredProducts = 64;

class Store {
 public:
  virtual ~Store() = default;

  // Small named objects: "trust", "device", "time". Names are literals of [a-z0-9.-]. Read fails with kNotFound,
  // kTooLarge.
  virtual Result<Bytes> Read(std::string_view name, std::size_t max_size) = 0;
  // Replaces the whole object or nothing, durably: written, synced, renamed, directory synced. kNoSpace, kReadOnly,
  // kIo.
  virtual Status Replace(std::string_view name, ByteView bytes) = 0;

  // Small objects of one product: "record.0", "record.1", "licence.0", "licence.1". ReplaceOf and CreateSlotFile fail
  // with kTooLarge for one product more than kMaxStoredProducts.
  virtual Result<Bytes> ReadOf(const ProductName& product, std::string_view name, std::size_t max_size) = 0;
  virtual Status ReplaceOf(const ProductName& product, std::string_view name, ByteView bytes) = 0;

  // Products that have a directory here, whether anything is installed or not; kMaxStoredProducts of them at most.
  virtual Result<InlineVector<ProductName, kMaxStoredProducts>> Products() = 0;

  // Makes an empty slot file, replacing one of that slot (0 or 1). Read and write.
  virtual Result<FileHandle> CreateSlotFile(const ProductName& product, std::uint8_t slot, SlotFile file) = 0;
  // Read only. kNotFound.
  virtual Result<FileHandle> OpenSlotFile(const ProductName& product, std::uint8_t slot, SlotFile file) = 0;
  // Makes the slot's files and their names durable.
  virtual Status SyncSlot(const ProductName& product, std::uint8_t slot) = 0;
  // Removes the slot's files and its licence, if any, and with the last of a product's objects the product.
  virtual Status EraseSlot(const ProductName& product, std::uint8_t slot) = 0;
  // Removes everything, whatever it is called and whoever made it, but the object `kept`, durably. What a failure left
  // is removed by a repetition.
  virtual Status EraseAll(std::string_view kept) = 0;
  virtual Result<std::uint64_t> SizeOf(FileHandle file) = 0;
  virtual void Close(FileHandle file) noexcept = 0;
};

}  // namespace edgekeep::ports
