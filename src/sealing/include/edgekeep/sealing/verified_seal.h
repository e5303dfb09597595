// A sealed file whose author's signatures were verified; the segments are not read yet.
#pragma once
#include <array>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/sealed_file.h"
#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::sealing {

// What the author signed. Only VerifySeal makes one. Views borrow from the bytes given to VerifySeal.
class VerifiedSeal {
 public:
  const formats::SealedHeader& header() const noexcept { return header_; }

  const formats::SealRecord& record() const noexcept { return record_; }

  const Digest& header_digest() const noexcept { return record_.header_digest; }

  const SealedFileId& id() const noexcept { return id_; }

  std::uint32_t body_offset() const noexcept { return body_offset_; }

 private:
  friend Result<VerifiedSeal> VerifySeal(const crypto::Provider&, ByteView, std::uint64_t, const formats::TrustBundle&);
  VerifiedSeal() = default;

  formats::SealedHeader header_;
  formats::SealRecord record_;
  SealedFileId id_;
  std::uint32_t body_offset_ = 0;
};

// `front` is the file's first bytes, at least up to the body (at most formats::kMaxBodyOffset are needed); `file_size`
// the whole file's. Checks layout, zero room, header digest, sizes, and the signatures of one of the bundle's authors.
Result<VerifiedSeal> VerifySeal(const crypto::Provider& provider, ByteView front, std::uint64_t file_size,
                                const formats::TrustBundle& trust);

// Parsed but not verified: for `inspect`, which says so.
struct UnverifiedSeal {
  formats::Preamble preamble;
  formats::SealedHeader header;
  formats::SealRecord record;
  SealedFileId id;
};

Result<UnverifiedSeal> ParseSeal(const crypto::Provider& provider, ByteView front, std::uint64_t file_size);

}  // namespace edgekeep::sealing
