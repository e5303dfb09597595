// ProvenRelease: a release that need not be the newest one, as far as its own entry, verdict and manifest go.
#pragma once
#include <optional>
#include <string_view>

#include "edgekeep/formats/log_entry.h"
#include "edgekeep/json/document.h"
#include "edgekeep/release/release_proof.h"
#include "edgekeep/release/trust_policy.h"

namespace edgekeep::release {

inline constexpr std::size_t kMaxManifestSize = 1'000'000;

// Where the targets of a release lie: "acme/label-ocr/stable/7".
struct ReleasePlace {
  ProductName product;
  InlineString<63> channel;
  Sequence sequence;

  static ReleasePlace Of(const formats::ReleaseEntry& entry) noexcept;
  // Fails with kMalformed.
  static Result<ReleasePlace> Parse(std::string_view directory);

  friend bool operator==(const ReleasePlace&, const ReleasePlace&) = default;
};

// Whom a policy has the reader of a proof believe. Borrows from the policy.
ProofDemands DemandsOf(const VerifiedTrustPolicy& policy, UnixTime not_after);

// Only VerifyProvenRelease makes one.
class ProvenRelease {
 public:
  const ReleasePlace& place() const noexcept { return place_; }

  std::uint64_t security_epoch() const noexcept { return security_epoch_; }

  // SHA-256 of the manifest.
  const Digest& manifest() const noexcept { return manifest_; }

  // The manifest itself. Fails with kBadSignature for other bytes.
  Status TakeManifest(const crypto::Provider& provider, ByteView bytes);

  // Its manifest names such a file; never before the manifest was taken.
  bool Names(std::string_view path, std::string_view kind, std::string_view sha256, std::uint64_t size) const;

 private:
  friend Result<ProvenRelease> VerifyProvenRelease(const crypto::Provider&, const VerifiedTrustPolicy&,
                                                   const ReleasePlace&, ByteView, UnixTime);

  ReleasePlace place_;
  std::uint64_t security_epoch_ = 0;
  Digest manifest_;
  std::optional<json::Document> contents_;
};

// A proof of the release that lies in `place`. Fails as VerifyReleaseProof does, with kWrongProduct for another one.
Result<ProvenRelease> VerifyProvenRelease(const crypto::Provider& provider, const VerifiedTrustPolicy& policy,
                                          const ReleasePlace& place, ByteView proof, UnixTime not_after);

}  // namespace edgekeep::release
