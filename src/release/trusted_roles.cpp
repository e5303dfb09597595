#include "trusted_roles.h"

#include <algorithm>

#include "edgekeep/base/check.h"
#include "file_name.h"
#include "hashes.h"

namespace edgekeep::release {
namespace {

using json::Node;

Signers SignersIn(const MetadataFile& root, std::string_view role) {
  return {root.content().Find("keys"), root.content().Find("roles").Find(role)};
}

FileDescription SnapshotIn(const MetadataFile& timestamp) {
  const Result<FileDescription> description =
      ReadFileDescription(timestamp.content().Find("meta").Find("snapshot.json"));
  EK_CHECK(description);  // CheckTimestamp has read it before
  return *description;
}

Error Rollback(const char* where) {
  return Error(ErrorCode::kWrongVersion, where);
}

Status CheckFresh(const MetadataFile& file, UnixTime now, const char* where) {
  return file.HasExpired(now) ? Status(Error(ErrorCode::kExpired, where)) : Status();
}

Result<std::uint64_t> VersionOfTargets(const MetadataFile& snapshot) {
  const Node described = snapshot.content().Find("meta").Find("targets.json");
  if (!described) return std::uint64_t{0};
  EK_TRY_ASSIGN(const FileDescription description, ReadFileDescription(described));
  return description.version;
}

// No role may disappear or go back to an older version.
Status CheckFollows(Node older, Node newer) {
  for (std::size_t i = 0; i < older.size(); ++i) {
    const Node now = newer.Find(older.KeyAt(i));
    if (!now) return Rollback("a role that the snapshot has no longer");
    EK_TRY_ASSIGN(const FileDescription before, ReadFileDescription(older[i]));
    EK_TRY_ASSIGN(const FileDescription after, ReadFileDescription(now));
    if (after.version < before.version) return Rollback("older version of a role in the snapshot");
  }
  return {};
}

}  // namespace

Result<TrustedRoles> TrustedRoles::From(const crypto::Provider& provider, UnixTime now, ByteView root) {
  EK_TRY_ASSIGN(MetadataFile file, MetadataFile::Parse(root, FileType::kRoot));
  EK_TRY(CheckSigned(provider, file, SignersIn(file, "root")));
  return TrustedRoles(provider, now, std::move(file));
}

Result<MetadataFile> TrustedRoles::ParseSigned(ByteView bytes, FileType type, std::string_view role) const {
  EK_TRY_ASSIGN(MetadataFile file, MetadataFile::Parse(bytes, type));
  EK_TRY(CheckSigned(*provider_, file, SignersOf(role)));
  return file;
}

Status TrustedRoles::TakeRoot(ByteView bytes) {
  EK_TRY_ASSIGN(MetadataFile file, ParseSigned(bytes, FileType::kRoot, "root"));
  EK_TRY(CheckSigned(*provider_, file, SignersIn(file, "root")));
  if (file.version() != root_.version() + 1) return Rollback("version of the root");
  root_ = std::move(file);
  return {};
}

Status TrustedRoles::CheckRootIsFresh() const {
  return CheckFresh(root_, now_, "root metadata");
}

Status TrustedRoles::TakeStoredTimestamp(ByteView bytes) {
  EK_TRY_ASSIGN(timestamp_, ParseSigned(bytes, FileType::kTimestamp, "timestamp"));
  return {};
}

Status TrustedRoles::TakeStoredSnapshot(ByteView bytes) {
  EK_TRY_ASSIGN(snapshot_, ParseSigned(bytes, FileType::kSnapshot, "snapshot"));
  return {};
}

Result<VersionFloors> TrustedRoles::FloorsOfNow() const {
  VersionFloors floors;
  EK_TRY_ASSIGN(floors.timestamp_keys, DigestOfKeys(*provider_, SignersOf("timestamp")));
  EK_TRY_ASSIGN(floors.snapshot_keys, DigestOfKeys(*provider_, SignersOf("snapshot")));
  if (floors.timestamp_keys == floors_.timestamp_keys) {
    floors.timestamp = floors_.timestamp;
    floors.snapshot = floors_.snapshot;
  }
  if (floors.snapshot_keys == floors_.snapshot_keys) floors.targets = floors_.targets;
  return floors;
}

Result<VersionFloors> TrustedRoles::Reached() const {
  EK_TRY_ASSIGN(VersionFloors floors, FloorsOfNow());
  if (timestamp_) {
    floors.timestamp = std::max(floors.timestamp, timestamp_->version());
    floors.snapshot = std::max(floors.snapshot, snapshot_description().version);
  }
  if (snapshot_) {
    EK_TRY_ASSIGN(const std::uint64_t targets, VersionOfTargets(*snapshot_));
    floors.targets = std::max(floors.targets, targets);
  }
  return floors;
}

Status TrustedRoles::CheckAboveFloors(const MetadataFile& timestamp) const {
  EK_TRY_ASSIGN(const VersionFloors floors, FloorsOfNow());
  if (timestamp.version() < floors.timestamp) return Rollback("older timestamp than was seen");
  return SnapshotIn(timestamp).version < floors.snapshot ? Status(Rollback("older snapshot than was seen")) : Status();
}

Result<Taken> TrustedRoles::TakeTimestamp(ByteView bytes) {
  EK_TRY_ASSIGN(MetadataFile file, ParseSigned(bytes, FileType::kTimestamp, "timestamp"));
  EK_TRY(CheckAboveFloors(file));
  if (timestamp_) {
    if (file.version() < timestamp_->version()) return Rollback("older timestamp");
    if (file.version() == timestamp_->version()) return Taken::kSameVersion;
    if (SnapshotIn(file).version < snapshot_description().version) return Rollback("older snapshot in the timestamp");
  }
  EK_TRY(CheckFresh(file, now_, "timestamp metadata"));
  timestamp_ = std::move(file);
  return Taken::kNew;
}

Status TrustedRoles::CheckTimestampIsFresh() const {
  EK_CHECK(timestamp_);
  return CheckFresh(*timestamp_, now_, "timestamp metadata");
}

Result<bool> TrustedRoles::HasCurrentSnapshot(ByteView stored) const {
  const FileDescription expected = snapshot_description();
  if (!snapshot_ || snapshot_->version() != expected.version || snapshot_->HasExpired(now_)) return false;
  EK_TRY(CheckTargetsAboveFloor(*snapshot_));
  return CheckDescribed(*provider_, expected, stored).has_value();
}

Status TrustedRoles::CheckTargetsAboveFloor(const MetadataFile& snapshot) const {
  EK_TRY_ASSIGN(const VersionFloors floors, FloorsOfNow());
  EK_TRY_ASSIGN(const std::uint64_t targets, VersionOfTargets(snapshot));
  return targets < floors.targets ? Status(Rollback("older targets than were seen")) : Status();
}

Status TrustedRoles::TakeSnapshot(ByteView bytes) {
  const FileDescription expected = snapshot_description();
  EK_TRY(CheckDescribed(*provider_, expected, bytes));
  EK_TRY_ASSIGN(MetadataFile file, ParseSigned(bytes, FileType::kSnapshot, "snapshot"));
  if (file.version() != expected.version) return Rollback("version of the snapshot");
  if (snapshot_) EK_TRY(CheckFollows(snapshot_->content().Find("meta"), file.content().Find("meta")));
  EK_TRY(CheckTargetsAboveFloor(file));
  EK_TRY(CheckFresh(file, now_, "snapshot metadata"));
  snapshot_ = std::move(file);
  return {};
}

Result<FileDescription> TrustedRoles::DescriptionOf(std::string_view role) const {
  EK_CHECK(snapshot_);
  // The list has names of files: that of the role, not encoded.
  constexpr std::string_view kSuffix = ".json";
  std::array<char, kMaxEncodedRole + kSuffix.size()> name{};
  if (role.size() > kMaxEncodedRole) return Error(ErrorCode::kTooLarge, "role's name");
  std::ranges::copy(role, name.begin());
  std::ranges::copy(kSuffix, name.begin() + static_cast<std::ptrdiff_t>(role.size()));
  const Node described = snapshot_->content().Find("meta").Find({name.data(), role.size() + kSuffix.size()});
  if (!described) return Error(ErrorCode::kUntrusted, "a role that is not in the snapshot");
  return ReadFileDescription(described);
}

Result<MetadataFile> TrustedRoles::VerifyTargets(std::string_view role, const Signers& signers, ByteView bytes) const {
  EK_TRY_ASSIGN(const FileDescription expected, DescriptionOf(role));
  EK_TRY(CheckDescribed(*provider_, expected, bytes));
  EK_TRY_ASSIGN(MetadataFile file, MetadataFile::Parse(bytes, FileType::kTargets));
  EK_TRY(CheckSigned(*provider_, file, signers));
  if (file.version() != expected.version) return Rollback("version of targets");
  EK_TRY(CheckFresh(file, now_, "targets metadata"));
  return file;
}

bool TrustedRoles::consistent_snapshot() const noexcept {
  const Result<bool> said = root_.content().Find("consistent_snapshot").AsBool();
  return said && *said;
}

FileDescription TrustedRoles::snapshot_description() const noexcept {
  EK_CHECK(timestamp_);
  return SnapshotIn(*timestamp_);
}

Signers TrustedRoles::SignersOf(std::string_view role) const noexcept {
  return SignersIn(root_, role);
}

}  // namespace edgekeep::release
