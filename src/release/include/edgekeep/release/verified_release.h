// VerifiedRelease: targets that everybody who has to stands behind: people, log, notary, witnesses. What a device
// installs is one of its files.
#pragma once
#include <memory>
#include <optional>

#include "edgekeep/release/proven_release.h"

namespace edgekeep::release {

struct ReleaseDemand {
  const VerifiedTrustPolicy& policy;
  ByteView root;       // trusted
  ByteView targets;    // as the client accepted them
  ByteView proof;      // spec/release-proof.md
  UnixTime not_after;  // later cosignatures do not count
};

enum class TargetKind : std::uint8_t { kSealedFile, kGrant, kOperationsPolicy };

// A file that is about to be installed.
struct SoughtFile {
  TargetKind kind;
  Digest sha256;
  std::uint64_t size = 0;
  ProductName product;
  std::optional<Sequence> sequence;  // of the release that it has to lie in; none: whichever
  std::string_view channel = {};     // of that release; empty: whichever
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
  ReleasePlace place() const noexcept;

  // Files of that release are found too.
  void TakeOther(ProvenRelease other) noexcept;

  // A quorum of cosigners saw it then or later; 0 where they state no time.
  UnixTime cosigned_at() const noexcept;

  // Security epoch of the target with exactly these bytes, in the directory that the file says; the highest of several.
  // Fails with kNotFound; where such a target lies elsewhere, with kWrongProduct (of another channel, too),
  // kWrongVersion, the latter as well
  // where it is newer than the newest release of its product and channel; with kUntrusted where it is neither of the
  // newest release nor one that the other's manifest names, with that one's security epoch.
  Result<std::uint64_t> Find(const SoughtFile& file) const;

  // The highest sequence of a release up to `most` that has a target of this kind, whether anybody proved it beside
  // this one or not; none is 0.
  Sequence NewestNamed(TargetKind kind, const ProductName& product, std::string_view channel, Sequence most) const;

 private:
  struct Contents;
  friend Result<VerifiedRelease> VerifyRelease(const crypto::Provider&, const ReleaseDemand&);

  explicit VerifiedRelease(std::unique_ptr<Contents> contents) noexcept;

  std::unique_ptr<Contents> contents_;
};

// What stands by each target against what people, notary and log judged: fails with kUntrusted where the root does not
// name the release's author, kMalformed where targets of the release are of another security epoch than it, or any of
// its product of a higher one. Devices ask it by VerifyRelease; whoever verifies or audits a repository, here.
Status CheckReleasedTargets(const crypto::Provider& provider, ByteView root, ByteView targets);

// Fails as CheckPeople for targets, CheckReleasedTargets and VerifyReleaseProof do; with kWrongProduct where the
// release is of another publisher than the policy's authority.
Result<VerifiedRelease> VerifyRelease(const crypto::Provider& provider, const ReleaseDemand& demand);

}  // namespace edgekeep::release
