// ReleaseStatement: what top-level targets say about the release they make (spec/release-metadata.md §2), in the form
// in which the log has it.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/log_entry.h"

namespace edgekeep::release {

// Version and end of a file of release metadata; says nothing about its signatures.
struct MetadataFacts {
  std::uint64_t version = 0;
  UnixTime expires;
};

// `role` as for CountHolders (holders.h). Fails as reading metadata does.
Result<MetadataFacts> ReadMetadataFacts(std::string_view role, ByteView file);

class ReleaseStatement {
 public:
  // Reads `signed.custom.edgekeep.release`. Fails with kMalformed where there is none, or one that names no target.
  static Result<ReleaseStatement> Read(const crypto::Provider& provider, ByteView targets);

  // Views borrow from this.
  const formats::ReleaseEntry& entry() const& noexcept { return entry_; }

  // The entry's content, as a leaf of the log holds it.
  ByteView content() const& noexcept { return {content_.view().data(), content_size_}; }

  // SHA-256 over content(): what approvals refer to.
  const formats::ContentDigest& digest() const noexcept { return digest_; }

 private:
  Bytes content_;
  std::size_t content_size_ = 0;
  formats::ReleaseEntry entry_;
  formats::ContentDigest digest_;
};

}  // namespace edgekeep::release
