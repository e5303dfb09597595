// MetadataFile: one file of release metadata whose structure was checked. Nobody has looked at its signatures yet.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edgekeep/base/ids.h"
#include "edgekeep/json/document.h"

namespace edgekeep::release {

enum class FileType : std::uint8_t { kRoot, kTimestamp, kSnapshot, kTargets };

// Of the file of `role`; a delegated role's is kTargets.
FileType FileTypeOf(std::string_view role);

class MetadataFile {
 public:
  // Checks everything that the type's own functions later rely on. Fails with kMalformed, kTooLarge, and with
  // kUnsupported for another version of the specification than 1.
  static Result<MetadataFile> Parse(ByteView bytes, FileType type);

  // What the signatures are about.
  json::Node content() const noexcept { return document_.root().Find("signed"); }

  json::Node signatures() const noexcept { return document_.root().Find("signatures"); }

  // 1 to 2^63 - 1.
  std::uint64_t version() const noexcept { return version_; }

  UnixTime expires() const noexcept { return expires_; }

  bool HasExpired(UnixTime now) const noexcept { return expires_ <= now; }

 private:
  MetadataFile(json::Document document, std::uint64_t version, UnixTime expires) noexcept
      : document_(std::move(document)), version_(version), expires_(expires) {}

  json::Document document_;
  std::uint64_t version_;
  UnixTime expires_;
};

}  // namespace edgekeep::release
