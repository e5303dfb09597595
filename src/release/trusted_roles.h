// TrustedRoles: the top-level metadata that was verified, and the rules by which newer takes its place.
#pragma once
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/release/version_floors.h"
#include "metadata_file.h"
#include "signatures.h"
#include "structure.h"

namespace edgekeep::release {

// Whether a newer file than the trusted one was taken.
enum class Taken : std::uint8_t { kNew, kSameVersion };

// Each Take… verifies the bytes completely before anything changes; on failure everything is as it was. Nothing here
// reads or writes files.
class TrustedRoles {
 public:
  // A root that was trusted before: signed by its own keys, expired or not.
  static Result<TrustedRoles> From(const crypto::Provider& provider, UnixTime now, ByteView root);

  // What was seen before, for as long as the keys are those that vouched for it: nothing older is taken.
  void HoldTo(const VersionFloors& floors) noexcept { floors_ = floors; }

  // The highest of what HoldTo gave and what is trusted now, by the keys of today's root.
  Result<VersionFloors> Reached() const;

  // The root that follows: signed by the old one's keys and by its own. It may have expired.
  Status TakeRoot(ByteView bytes);
  Status CheckRootIsFresh() const;

  // What was accepted once and lies in the store. Fails when the root's keys did not sign it, which after a rotation of
  // keys is as it should be: then it is trusted no longer, and versions start anew.
  Status TakeStoredTimestamp(ByteView bytes);
  Status TakeStoredSnapshot(ByteView bytes);

  Result<Taken> TakeTimestamp(ByteView bytes);
  Status CheckTimestampIsFresh() const;

  // True when the stored snapshot is the one that the timestamp describes.
  Result<bool> HasCurrentSnapshot(ByteView stored) const;
  Status TakeSnapshot(ByteView bytes);

  // The description of a targets role that the snapshot has. Fails with kUntrusted where it has none.
  Result<FileDescription> DescriptionOf(std::string_view role) const;
  // A file of a targets role that `signers` signed, and that is what the snapshot describes.
  Result<MetadataFile> VerifyTargets(std::string_view role, const Signers& signers, ByteView bytes) const;

  std::uint64_t root_version() const noexcept { return root_.version(); }

  bool consistent_snapshot() const noexcept;

  // Requires a timestamp.
  FileDescription snapshot_description() const noexcept;

  // Of a top-level role.
  Signers SignersOf(std::string_view role) const noexcept;

 private:
  TrustedRoles(const crypto::Provider& provider, UnixTime now, MetadataFile root) noexcept
      : provider_(&provider), now_(now), root_(std::move(root)) {}

  Result<MetadataFile> ParseSigned(ByteView bytes, FileType type, std::string_view role) const;
  // The floors that hold under the keys of today's root; 0 where those are others.
  Result<VersionFloors> FloorsOfNow() const;
  Status CheckAboveFloors(const MetadataFile& timestamp) const;
  Status CheckTargetsAboveFloor(const MetadataFile& snapshot) const;

  const crypto::Provider* provider_;
  UnixTime now_;
  MetadataFile root_;
  std::optional<MetadataFile> timestamp_;
  std::optional<MetadataFile> snapshot_;
  VersionFloors floors_;
};

}  // namespace edgekeep::release
