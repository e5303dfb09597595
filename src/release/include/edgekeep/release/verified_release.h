// VerifiedRelease: targets that everybody who has to stands behind: people, log, notary, witnesses. What a device
// installs is one of its files.
#pragma once
#include <memory>

#include "edgekeep/release/trust_policy.h"

namespace edgekeep::release {

struct ReleaseDemand {
  const VerifiedTrustPolicy& policy;
  ByteView root;       // trusted
  ByteView targets;    // as the client accepted them
  ByteView proof;      // spec/release-proof.md
  UnixTime not_after;  // later cosignatures do not count
};

enum class TargetKind : std::uint8_t { kSealedFile, kGrant };

// What the targets say of one file.
struct ReleasedFile {
  ProductName product;
  std::uint64_t security_epoch = 0;  // of the release that it came with
};

// Only VerifyRelease makes one.
class VerifiedRelease {
 public:
  VerifiedRelease(VerifiedRelease&& other) noexcept;
  VerifiedRelease& operator=(VerifiedRelease&& other) noexcept;
  ~VerifiedRelease();

  // The newest release among them.
  const ProductName& product() const noexcept;
  const Version& version() const noexcept;
  std::uint64_t security_epoch() const noexcept;

  // A quorum of cosigners saw it then or later; 0 where they state no time.
  UnixTime cosigned_at() const noexcept;

  // The target of that kind with exactly these bytes, in the directory of a product. Fails with kNotFound.
  Result<ReleasedFile> Find(TargetKind kind, const Digest& sha256, std::uint64_t size) const;

 private:
  struct Contents;
  friend Result<VerifiedRelease> VerifyRelease(const crypto::Provider&, const ReleaseDemand&);

  explicit VerifiedRelease(std::unique_ptr<Contents> contents) noexcept;

  std::unique_ptr<Contents> contents_;
};

// Fails as CheckPeople for targets and as VerifyReleaseProof do; with kWrongProduct where the release is of another
// publisher than the policy's authority.
Result<VerifiedRelease> VerifyRelease(const crypto::Provider& provider, const ReleaseDemand& demand);

}  // namespace edgekeep::release
