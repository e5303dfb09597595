// MetadataDirectory: the MetadataStore port as a directory of files on a Disk.
#pragma once
#include "edgekeep/ports/metadata_store.h"
#include "edgekeep/store/disk.h"

namespace edgekeep::store {

// The files lie in the disk's root under their own names; nothing else that ends in ".json" does. The only writer; one
// thread at a time. The disk outlives it.
class MetadataDirectory final : public ports::MetadataStore {
 public:
  explicit MetadataDirectory(Disk& disk) noexcept : disk_(&disk) {}

  Result<Bytes> Read(std::string_view name, std::size_t max_size) override;
  Status Replace(std::string_view name, ByteView bytes) override;

 private:
  Disk* disk_;
};

}  // namespace edgekeep::store
