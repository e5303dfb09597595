// kRefreshRelease, kGiveReleaseFile: the keep says which file it needs, the other side fetches.
#include <algorithm>
#include <array>
#include <charconv>

#include "edgekeep/base/hex.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/release/release_proof.h"
#include "edgekeep/release/release_statement.h"
#include "handlers.h"
#include "release_files.h"

namespace edgekeep::keep {
namespace {

constexpr release::Limits kLimits = release::kDeviceLimits;

using FileName = InlineString<gate::kMaxReleaseFileName>;

Result<FileName> NameOf(std::initializer_list<std::string_view> parts) {
  std::array<std::uint8_t, gate::kMaxReleaseFileName> buffer;
  Writer out(buffer);
  for (const std::string_view part : parts) EK_TRY(out.WriteBytes(AsBytes(part)));
  return FileName::From(AsText(out.written()));
}

// "acme/label-ocr/stable/7"
Result<FileName> DirectoryOf(const release::ReleasePlace& place) {
  std::array<char, 20> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), place.sequence.value);
  const std::string_view sequence(digits.data(), static_cast<std::size_t>(end - digits.data()));
  return NameOf({place.product.view(), "/", place.channel.view(), "/", sequence});
}

Result<Bytes> ReadTargets(Releases& releases) {
  return releases.metadata.Read("targets.json", kLimits.targets_bytes);
}

// The earliest end of what a release hangs on.
Result<UnixTime> ExpiryOf(Releases& releases) {
  UnixTime earliest{UINT64_MAX};
  for (const std::string_view role : {"root", "timestamp", "snapshot", "targets"}) {
    EK_TRY_ASSIGN(const FileName name, NameOf({role, ".json"}));
    EK_TRY_ASSIGN(const Bytes file, releases.metadata.Read(name.view(), kLimits.targets_bytes));
    EK_TRY_ASSIGN(const release::MetadataFacts facts, release::ReadMetadataFacts(role, file.view()));
    earliest = std::min(earliest, facts.expires);
  }
  return earliest;
}

Status WantProofOf(Releases& releases, const release::ReleasePlace& place, Releases::Wanted wanted) {
  EK_TRY_ASSIGN(const FileName directory, DirectoryOf(place));
  EK_TRY_ASSIGN(releases.step.wanted, NameOf({"proofs/", directory.view(), ".ekp"}));
  releases.step.max_size = formats::kMaxReleaseProofSize;
  releases.wanted = wanted;
  return {};
}

Status WantProof(KeepState& state) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes targets, ReadTargets(releases));
  EK_TRY_ASSIGN(const auto statement, release::ReleaseStatement::Read(state.world.provider, targets.view()));
  return WantProofOf(releases, release::ReleasePlace::Of(statement.entry()), Releases::Wanted::kProof);
}

// Before anything is asked for that hangs on it, and whatever becomes of the files.
Status RememberWhatWasSeen(KeepState& state) {
  Releases& releases = *state.releases;
  StoredPolicies next = releases.stored(state.clock.certain());
  EK_TRY_ASSIGN(next.marks.seen, releases.client->Reached());
  if (next.marks.seen == releases.marks.seen) return {};
  EK_TRY(StorePolicies(state, next));
  releases.marks = next.marks;
  return {};
}

Result<gate::ReleaseStep> NextStep(KeepState& state, const Result<release::Progress>& progress) {
  Releases& releases = *state.releases;
  EK_TRY(RememberWhatWasSeen(state));
  if (!progress) return progress.error();
  if (*progress == release::Progress::kDone) {
    EK_TRY(WantProof(state));
  } else {
    const release::WantedFile& wanted = releases.client->wanted();
    EK_TRY_ASSIGN(releases.step.wanted, NameOf({"metadata/", wanted.name.view()}));
    releases.step.max_size = wanted.max_size;
  }
  return releases.step;
}

// "4.root.json" is a root, "timestamp.json" a timestamp.
std::string_view RoleOf(std::string_view name) {
  for (const std::string_view role : {"root", "timestamp", "snapshot", "targets"}) {
    const std::size_t end = name.rfind(".json");
    if (end != std::string_view::npos && name.substr(0, end).ends_with(role)) return role;
  }
  return {};
}

// What is no metadata, but made to take much memory when it is parsed: a value costs more than a hundred bytes, and
// metadata have one in thirty. Every value but the first comes after one of these characters.
Status CheckIsSparse(ByteView file) {
  const auto begins_value = [](std::uint8_t byte) { return byte == ',' || byte == '[' || byte == '{'; };
  const auto values = static_cast<std::size_t>(std::ranges::count_if(file, begins_value));
  return values <= 1024 + file.size() / 16 ? Status() : Status(Error(ErrorCode::kTooLarge, "values in metadata"));
}

Result<gate::ReleaseStep> TakeMetadata(KeepState& state, ByteView file) {
  Releases& releases = *state.releases;
  EK_TRY(releases.client->CheckDescribed(file));
  EK_TRY(CheckIsSparse(file));
  const std::string_view role = RoleOf(releases.client->wanted().name.view());
  if (!role.empty()) {
    EK_TRY_ASSIGN(const Bytes root, CurrentRoot(releases));
    EK_TRY(release::CheckPeople(state.world.provider, releases.policy(), role, root.view(), file));
  }
  return NextStep(state, releases.client->TakeFile(file));
}

gate::ReleaseStep Complete(const Releases& releases) {
  const release::VerifiedRelease& newest = *releases.newest;
  return {.release =
              gate::ReleaseFacts{newest.product(), newest.version(), newest.security_epoch(), newest.cosigned_at()}};
}

Result<gate::ReleaseStep> TakeProof(KeepState& state, ByteView proof) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes root, CurrentRoot(releases));
  EK_TRY_ASSIGN(const Bytes targets, ReadTargets(releases));
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  const release::ReleaseDemand demand{.policy = releases.counting->policy,
                                      .root = root.view(),
                                      .targets = targets.view(),
                                      .proof = proof,
                                      .not_after = {now.value + releases.policy().max_time_step}};
  EK_TRY_ASSIGN(release::VerifiedRelease verified, release::VerifyRelease(state.world.provider, demand));
  EK_TRY_ASSIGN(releases.newest_expires, ExpiryOf(releases));
  // The system's clock may have been turned: it lets cosigners move the floor no further.
  state.clock.RaiseBy(releases.policy().max_time_step, verified.cosigned_at());
  // What cosigners vouch for may be later than the clock that the refresh went by.
  EK_TRY_ASSIGN(const UnixTime later, state.clock.Now());
  if (releases.newest_expires <= later) return Error(ErrorCode::kExpired, "release: by the time of its cosigners");
  releases.newest = std::move(verified);
  if (!releases.other_place || *releases.other_place == releases.newest->place()) return Complete(releases);
  EK_TRY(WantProofOf(releases, *releases.other_place, Releases::Wanted::kOtherProof));
  return releases.step;
}

Result<gate::ReleaseStep> TakeOtherProof(KeepState& state, ByteView proof) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  EK_TRY_ASSIGN(releases.other,
                release::VerifyProvenRelease(state.world.provider, releases.counting->policy, *releases.other_place,
                                             proof, {now.value + releases.policy().max_time_step}));
  EK_TRY_ASSIGN(const FileName directory, DirectoryOf(*releases.other_place));
  const auto digest = ToHex(releases.other->manifest().view());
  EK_TRY_ASSIGN(releases.step.wanted, NameOf({"targets/", directory.view(), "/", digest.view(), ".release.json"}));
  releases.step.max_size = release::kMaxManifestSize;
  releases.wanted = Releases::Wanted::kManifest;
  return releases.step;
}

Result<gate::ReleaseStep> TakeManifest(KeepState& state, ByteView manifest) {
  Releases& releases = *state.releases;
  EK_TRY(releases.other->TakeManifest(state.world.provider, manifest));
  releases.newest->TakeOther(*std::move(releases.other));
  return Complete(releases);
}

Result<gate::ReleaseStep> TakeFile(KeepState& state, ByteView file) {
  switch (state.releases->wanted) {
    case Releases::Wanted::kProof:
      return TakeProof(state, file);
    case Releases::Wanted::kOtherProof:
      return TakeOtherProof(state, file);
    case Releases::Wanted::kManifest:
      return TakeManifest(state, file);
    case Releases::Wanted::kMetadata:
      break;
  }
  return TakeMetadata(state, file);
}

Result<gate::ReleaseStep> TakeNothing(KeepState& state, gate::FileOutcome outcome) {
  Releases& releases = *state.releases;
  const bool failed = outcome == gate::FileOutcome::kFailed;
  if (releases.wanted == Releases::Wanted::kManifest)
    return failed ? Error(ErrorCode::kIo, "fetching a manifest") : Error(ErrorCode::kNotFound, "release: no manifest");
  if (releases.wanted != Releases::Wanted::kMetadata)
    return failed ? Error(ErrorCode::kIo, "fetching a release proof")
                  : Error(ErrorCode::kNotFound, "release: no proof that it is in the log");
  if (failed) return releases.client->TakeFailure();
  return NextStep(state, releases.client->TakeNotFound());
}

Result<gate::ReleaseStep> Start(KeepState& state) {
  Releases& releases = *state.releases;
  EK_TRY(SettlePolicies(state));
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  EK_TRY_ASSIGN(releases.client, release::Client::Open({.provider = state.world.provider,
                                                        .store = releases.metadata,
                                                        .now = now,
                                                        .limits = kLimits,
                                                        .floors = releases.marks.seen}));
  return NextStep(state, releases.client->Refresh());
}

// Fails with kBadState where nothing is wanted.
Result<std::size_t> RoomWanted(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(CheckDemanded(state));
  if (state.releases->step.wanted.empty()) return Error(ErrorCode::kBadState, "no file of a release is wanted");
  return state.releases->step.max_size;
}

}  // namespace

Status CheckDemanded(KeepState& state) {
  EK_TRY(state.CheckInitialised());
  if (state.releases->demanded()) return {};
  return Error(ErrorCode::kBadState, "this device demands no releases: it was initialised without a root");
}

Result<gate::ReleaseStep> RefreshRelease(KeepState& state, std::string_view directory) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(CheckDemanded(state));
  Releases& releases = *state.releases;
  releases.EndRefresh();
  releases.newest.reset();
  if (!directory.empty()) {
    EK_TRY_ASSIGN(releases.other_place, release::ReleasePlace::Parse(directory));
  }
  Result<gate::ReleaseStep> step = Start(state);
  if (!step) releases.EndRefresh();
  return step;
}

Result<gate::ReleaseStep> GiveReleaseFile(KeepState& state, gate::FileOutcome outcome,
                                          std::span<const int> descriptors) {
  EK_TRY_ASSIGN(const std::size_t room, RoomWanted(state));
  Bytes file;
  if (outcome == gate::FileOutcome::kFound) {
    // Without the mutex: a file may take its time.
    EK_TRY_ASSIGN(file, ReadWhole(state.world.files, descriptors, room));
  } else if (!descriptors.empty()) {
    return Error(ErrorCode::kBadArgument, "a file that was not found");
  }
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckNotRetiring());
  EK_TRY(SettlePolicies(state));
  Releases& releases = *state.releases;
  if (releases.step.wanted.empty() || file.size() > releases.step.max_size)
    return Error(ErrorCode::kBadState, "another refresh, or another policy, came between");
  Result<gate::ReleaseStep> step = [&]() -> Result<gate::ReleaseStep> {
    if (outcome != gate::FileOutcome::kFound) return TakeNothing(state, outcome);
    return TakeFile(state, file.view());
  }();
  if (!step || step->release) releases.EndRefresh();
  return step;
}

}  // namespace edgekeep::keep
