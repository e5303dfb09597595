// The workflow from root to top-level targets (TUF 1.0.34 §5.3 to §5.6).
#include <algorithm>

#include "edgekeep/base/check.h"
#include "hashes.h"
#include "workflow.h"

namespace edgekeep::release {

Result<Progress> Client::Workflow::StartRefresh() {
  EK_TRY_ASSIGN(const EncodedRole root, EncodeRole("root"));
  return Want(Step::kRoot, FetchedNameOf(roles_.root_version() + 1, root), parts_.limits.root_bytes);
}

Result<Progress> Client::Workflow::TakeRoot(ByteView bytes) {
  if (num_rotations_ == parts_.limits.root_rotations)
    return Error(ErrorCode::kTooLarge, "number of roots in a refresh");
  ++num_rotations_;
  EK_TRY(roles_.TakeRoot(bytes));
  EK_TRY(Persist("root", bytes));
  EK_TRY_ASSIGN(const EncodedRole root, EncodeRole("root"));
  return Want(Step::kRoot, FetchedNameOf(roles_.root_version() + 1, root), parts_.limits.root_bytes);
}

// What is stored and not signed by the keys of today's root is of no use any more: keys are rotated to recover from
// versions that an attacker pushed up (§5.3.11).
Result<Progress> Client::Workflow::StartTimestamp() {
  EK_TRY(roles_.CheckRootIsFresh());
  EK_TRY_ASSIGN(const std::optional<Bytes> stored, ReadStored("timestamp", parts_.limits.timestamp_bytes));
  if (stored) static_cast<void>(roles_.TakeStoredTimestamp(stored->view()).has_value());
  EK_TRY_ASSIGN(const EncodedRole timestamp, EncodeRole("timestamp"));
  return Want(Step::kTimestamp, FetchedNameOf(std::nullopt, timestamp), parts_.limits.timestamp_bytes);
}

Result<Progress> Client::Workflow::TakeTimestamp(ByteView bytes) {
  EK_TRY_ASSIGN(const Taken taken, roles_.TakeTimestamp(bytes));
  if (taken == Taken::kNew) EK_TRY(Persist("timestamp", bytes));
  // The stored one may have expired since.
  EK_TRY(roles_.CheckTimestampIsFresh());
  return StartSnapshot();
}

Result<Progress> Client::Workflow::StartSnapshot() {
  EK_TRY_ASSIGN(const std::optional<Bytes> stored, ReadStored("snapshot", parts_.limits.snapshot_bytes));
  if (stored && roles_.TakeStoredSnapshot(stored->view())) {
    EK_TRY_ASSIGN(const bool is_current, roles_.HasCurrentSnapshot(stored->view()));
    if (is_current) return StartTargets();
  }
  return WantDescribed(Step::kSnapshot, "snapshot", roles_.snapshot_description(), parts_.limits.snapshot_bytes);
}

Result<Progress> Client::Workflow::TakeSnapshot(ByteView bytes) {
  EK_TRY(roles_.TakeSnapshot(bytes));
  EK_TRY(Persist("snapshot", bytes));
  return StartTargets();
}

Status Client::Workflow::CheckDescribed(ByteView bytes) const {
  if (step_ == Step::kSnapshot) return release::CheckDescribed(parts_.provider, roles_.snapshot_description(), bytes);
  if (step_ != Step::kTargets) return {};
  EK_TRY_ASSIGN(const FileDescription description, roles_.DescriptionOf("targets"));
  return release::CheckDescribed(parts_.provider, description, bytes);
}

Result<Progress> Client::Workflow::StartTargets() {
  EK_TRY_ASSIGN(const FileDescription description, roles_.DescriptionOf("targets"));
  EK_TRY_ASSIGN(const std::optional<Bytes> stored, ReadStored("targets", parts_.limits.targets_bytes));
  if (stored) {
    Result<MetadataFile> current = roles_.VerifyTargets("targets", roles_.SignersOf("targets"), stored->view());
    if (current) {
      targets_ = *std::move(current);
      step_ = Step::kRefreshed;
      return Progress::kDone;
    }
  }
  return WantDescribed(Step::kTargets, "targets", description, parts_.limits.targets_bytes);
}

Result<Progress> Client::Workflow::TakeTargets(ByteView bytes) {
  EK_TRY_ASSIGN(targets_, roles_.VerifyTargets("targets", roles_.SignersOf("targets"), bytes));
  EK_TRY(Persist("targets", bytes));
  step_ = Step::kRefreshed;
  return Progress::kDone;
}

Progress Client::Workflow::Want(Step step, const FetchedName& name, std::size_t max_size) {
  step_ = step;
  wanted_ = {name, max_size};
  return Progress::kNeedsFile;
}

// No more of the file than its length, where that is known.
Result<Progress> Client::Workflow::WantDescribed(Step step, std::string_view role, const FileDescription& description,
                                                 std::size_t max_size) {
  if (description.length && *description.length > max_size) return Error(ErrorCode::kTooLarge, "release metadata");
  EK_TRY_ASSIGN(const EncodedRole encoded, EncodeRole(role));
  const std::optional<std::uint64_t> version =
      roles_.consistent_snapshot() ? std::optional(description.version) : std::nullopt;
  return Want(step, FetchedNameOf(version, encoded), static_cast<std::size_t>(description.length.value_or(max_size)));
}

// Nothing where there is none, or none that was ever accepted. A disk that fails is another matter: to go on without
// what it holds would be to forget which versions were seen.
Result<std::optional<Bytes>> Client::Workflow::ReadStored(std::string_view role, std::size_t max_size) {
  EK_TRY_ASSIGN(const EncodedRole encoded, EncodeRole(role));
  Result<Bytes> stored = parts_.store.Read(StoredNameOf(encoded).view(), max_size);
  if (stored) return std::optional<Bytes>(*std::move(stored));
  const ErrorCode code = stored.error().code();
  if (code != ErrorCode::kNotFound && code != ErrorCode::kTooLarge) return stored.error();
  return std::optional<Bytes>();
}

Status Client::Workflow::Persist(std::string_view role, ByteView bytes) {
  EK_TRY_ASSIGN(const EncodedRole encoded, EncodeRole(role));
  return parts_.store.Replace(StoredNameOf(encoded).view(), bytes);
}

}  // namespace edgekeep::release
