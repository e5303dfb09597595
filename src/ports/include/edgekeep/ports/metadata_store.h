// MetadataStore: where release metadata that was accepted is kept, byte for byte.
#pragma once
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::ports {

inline constexpr std::size_t kMaxMetadataName = 155;

// Names are those of files: "root.json" and so on; letters, digits and "-._~%", at most kMaxMetadataName characters,
// the last of which are ".json".
class MetadataStore {
 public:
  virtual ~MetadataStore() = default;
  // Fails with kNotFound, kTooLarge, kIo.
  virtual Result<Bytes> Read(std::string_view name, std::size_t max_size) = 0;
  // Replaces the whole file or nothing, durably. Fails with kNoSpace, kReadOnly, kIo.
  virtual Status Replace(std::string_view name, ByteView bytes) = 0;
};

}  // namespace edgekeep::ports
