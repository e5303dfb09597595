#include "releases.h"

#include <algorithm>
#include <array>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"
#include "edgekeep/release/holders.h"
#include "edgekeep/release/release_statement.h"
#include "operations.h"
#include "state.h"

namespace edgekeep::keep {
namespace {

using MetadataText = InlineString<64>;

constexpr std::string_view kPolicies = "policies";
constexpr std::array<std::string_view, 4> kMetadataNames = {"root.json", "timestamp.json", "snapshot.json",
                                                            "targets.json"};
constexpr std::size_t kMaxRoot = release::kDeviceLimits.root_bytes;
constexpr std::size_t kOrderedSize = 8 * formats::kNumOrderKinds + 4 + 1 + 8;
constexpr std::uint8_t kSuspendedFlag = 1;
constexpr std::uint8_t kInstallsHeldFlag = 2;
constexpr std::size_t kMarksSize = 10 * 8 + 3 * Digest::kSize + kOrderedSize;
constexpr std::size_t kMaxPolicies =
    3 * kMaxRoot + 2 * formats::kMaxSignedTrustPolicy + 5 * 4 + kMarksSize + core::kProtectionSize;

std::size_t IndexOf(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(kMetadataNames, name) - kMetadataNames.begin());
}

static_assert(kMaxPolicies <= core::kMaxPendingSize);
static_assert(release::kDeviceLimits.targets_bytes + core::kProtectionSize <= core::kMaxPendingSize);

// `first` and `name` as one word; only the four names above are ever asked for.
Result<MetadataText> Joined(std::string_view first, std::string_view name) {
  if (IndexOf(name) == kMetadataNames.size())
    return Error(ErrorCode::kNotFound, "stored metadata: no delegated role has any");
  std::array<std::uint8_t, 64> buffer;
  Writer out(buffer);
  EK_TRY(out.WriteBytes(AsBytes(first)));
  EK_TRY(out.WriteBytes(AsBytes(name)));
  return MetadataText::From(AsText(out.written()));
}

Status WriteBlob(Writer& out, ByteView bytes) {
  EK_TRY(out.WriteU32BigEndian(static_cast<std::uint32_t>(bytes.size())));
  return out.WriteBytes(bytes);
}

Result<ByteView> ReadBlob(Reader& in) {
  EK_TRY_ASSIGN(const std::uint32_t size, in.ReadU32BigEndian());
  return in.ReadBytes(size);
}

Status WriteFloors(const release::VersionFloors& floors, Writer& out) {
  EK_TRY(out.WriteBytes(floors.timestamp_keys.view()));
  EK_TRY(out.WriteU64BigEndian(floors.timestamp));
  EK_TRY(out.WriteU64BigEndian(floors.snapshot));
  EK_TRY(out.WriteBytes(floors.snapshot_keys.view()));
  return out.WriteU64BigEndian(floors.targets);
}

Result<release::VersionFloors> ReadFloors(Reader& in) {
  release::VersionFloors floors;
  EK_TRY_ASSIGN(const ByteView timestamp_keys, in.ReadBytes(Digest::kSize));
  EK_TRY_ASSIGN(floors.timestamp_keys, Digest::From(timestamp_keys));
  EK_TRY_ASSIGN(floors.timestamp, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(floors.snapshot, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(const ByteView snapshot_keys, in.ReadBytes(Digest::kSize));
  EK_TRY_ASSIGN(floors.snapshot_keys, Digest::From(snapshot_keys));
  EK_TRY_ASSIGN(floors.targets, in.ReadU64BigEndian());
  return floors;
}

Status WriteOrdered(const Ordered& ordered, Writer& out) {
  for (const std::uint64_t sequence : ordered.sequences) EK_TRY(out.WriteU64BigEndian(sequence));
  EK_TRY(out.WriteU32BigEndian(ordered.sessions));
  const unsigned flags = (ordered.suspended ? kSuspendedFlag : 0U) | (ordered.installs_held ? kInstallsHeldFlag : 0U);
  EK_TRY(out.WriteU8(static_cast<std::uint8_t>(flags)));
  return out.WriteU64BigEndian(ordered.rekeyed_at.value);
}

Result<Ordered> ReadOrdered(Reader& in) {
  Ordered ordered;
  for (std::uint64_t& sequence : ordered.sequences) {
    EK_TRY_ASSIGN(sequence, in.ReadU64BigEndian());
  }
  EK_TRY_ASSIGN(ordered.sessions, in.ReadU32BigEndian());
  EK_TRY_ASSIGN(const std::uint8_t flags, in.ReadU8());
  ordered.suspended = (flags & kSuspendedFlag) != 0;
  ordered.installs_held = (flags & kInstallsHeldFlag) != 0;
  EK_TRY_ASSIGN(ordered.rekeyed_at.value, in.ReadU64BigEndian());
  return ordered;
}

Result<PolicyMarks> ReadMarks(Reader& in) {
  PolicyMarks marks;
  EK_TRY_ASSIGN(marks.certain.value, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(marks.time_life, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(marks.repairs, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(marks.waiting_since.value, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(marks.root_version, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(marks.root_since.value, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(marks.operations, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(const ByteView digest, in.ReadBytes(Digest::kSize));
  EK_TRY_ASSIGN(marks.operations_digest, Digest::From(digest));
  EK_TRY_ASSIGN(marks.seen, ReadFloors(in));
  EK_TRY_ASSIGN(marks.ordered, ReadOrdered(in));
  return marks;
}

// How much of certain time whoever has the disk can take back: a part of what somebody may wait for, at a price that
// the anchor's counter can bear.
std::uint64_t BindingInterval(const formats::TrustPolicy& policy) {
  constexpr std::uint64_t kDay = 24ULL * 3600;
  return std::clamp(policy.delay / 4, kDay, 7 * kDay);
}

// The MAC says that this keep verified it; who signed is verified all the same.
Result<std::optional<TakenPolicy>> ReadTaken(const crypto::Provider& provider, Reader& in) {
  EK_TRY_ASSIGN(const ByteView object, ReadBlob(in));
  EK_TRY_ASSIGN(const ByteView root, ReadBlob(in));
  if (object.empty()) return std::optional<TakenPolicy>();
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy policy, release::VerifyTakenPolicy(provider, object, root));
  EK_TRY_ASSIGN(Bytes copy, Bytes::Copy(root));
  return std::optional<TakenPolicy>(TakenPolicy{std::move(policy), std::move(copy)});
}

}  // namespace

Result<Bytes> StoredMetadata::ReadProtected(std::string_view object, std::string_view name, std::size_t max_size) {
  EK_TRY_ASSIGN(const MetadataText label, Joined(formats::label::kStoredMetadata, name));
  EK_TRY_ASSIGN(Bytes stored, store_->Read(object, max_size + core::kProtectionSize));
  EK_TRY_ASSIGN(const ByteView body, vault_->CheckProtected(label.view(), stored.view()));
  stored.Truncate(body.size());
  return stored;
}

Result<Bytes> StoredMetadata::Read(std::string_view name, std::size_t max_size) {
  EK_TRY_ASSIGN(const MetadataText object, Joined("metadata.", name));
  Result<Bytes> body = ReadProtected(object.view(), name, max_size);
  if (body) return body;
  const ErrorCode code = body.error().code();
  if (name == "root.json" || (code != ErrorCode::kDenied && code != ErrorCode::kTooLarge)) return body.error();
  bool& is_noted = is_noted_[IndexOf(name)];
  if (!is_noted) journal_->NoteRefusal(object.view(), body.error());
  is_noted = true;
  return Error(ErrorCode::kNotFound, "stored metadata: damaged");
}

Status StoredMetadata::Replace(std::string_view name, ByteView bytes) {
  EK_TRY_ASSIGN(const MetadataText object, Joined("metadata.", name));
  EK_TRY_ASSIGN(const MetadataText label, Joined(formats::label::kStoredMetadata, name));
  EK_TRY_ASSIGN(const Bytes stored, vault_->Protect(label.view(), bytes));
  EK_TRY(store_->Replace(object.view(), stored.view()));
  is_noted_[IndexOf(name)] = false;
  return {};
}

Result<Bytes> CurrentRoot(Releases& releases) {
  return releases.metadata.Read("root.json", kMaxRoot);
}

Result<TakenPolicy> TakeFirstPolicy(KeepState& state, ByteView root, ByteView policy, std::string_view publisher) {
  const crypto::Provider& provider = state.world.provider;
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy verified, release::VerifyTrustPolicy(provider, policy, root));
  if (verified.policy().authority != publisher)
    return Error(ErrorCode::kWrongProduct, "trust policy of another publisher than the trust bundle's");
  const release::HolderRule rule{.required_classes = verified.policy().required_classes.view()};
  EK_TRY(release::CheckHolders(provider, root, "root", root, rule));
  EK_TRY_ASSIGN(Bytes copy, Bytes::Copy(root));
  return TakenPolicy{std::move(verified), std::move(copy)};
}

Releases::Releases(const core::Vault& vault, ports::Store& store, ports::Journal& journal) noexcept
    : metadata(vault, store, journal) {}

Releases::~Releases() = default;

StoredPolicies Releases::stored(UnixTime certain) const {
  StoredPolicies all{.marks = marks, .change_root = change_root.view()};
  all.marks.certain = certain;
  if (counting) all.counting = counting->policy.bytes(), all.counting_root = counting->root.view();
  if (waiting) all.waiting = waiting->policy.bytes(), all.waiting_root = waiting->root.view();
  return all;
}

void Releases::EndRefresh() noexcept {
  client.reset();
  wanted = Wanted::kMetadata;
  other_place.reset();
  other.reset();
  step = {};
}

Status StorePolicies(KeepState& state, const StoredPolicies& policies) {
  const std::array blobs = {policies.counting, policies.counting_root, policies.waiting, policies.waiting_root,
                            policies.change_root};
  std::size_t size = kMarksSize;
  for (const ByteView blob : blobs) size += 4 + blob.size();
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(size));
  Writer out(body.mutable_view());
  const PolicyMarks& marks = policies.marks;
  for (const std::uint64_t number : {marks.certain.value, marks.time_life, marks.repairs, marks.waiting_since.value,
                                     marks.root_version, marks.root_since.value, marks.operations}) {
    EK_TRY(out.WriteU64BigEndian(number));
  }
  EK_TRY(out.WriteBytes(marks.operations_digest.view()));
  EK_TRY(WriteFloors(marks.seen, out));
  EK_TRY(WriteOrdered(marks.ordered, out));
  for (const ByteView blob : blobs) EK_TRY(WriteBlob(out, blob));
  EK_TRY_ASSIGN(const Bytes stored, state.vault.Protect(formats::label::kStoredPolicies, out.written()));
  return state.world.store.Replace(kPolicies, stored.view());
}

// Time that went back, by a repair or by what was lost with the power, does not make anything wait for longer than the
// delay from now on.
Status SettleTime(KeepState& state) {
  Releases& releases = *state.releases;
  const UnixTime certain = state.clock.certain();
  const PolicyMarks& marks = releases.marks;
  const bool goes_on = certain.value < marks.certain.value + BindingInterval(releases.policy());
  const bool is_bound = goes_on && marks.time_life == state.clock.life();
  if (is_bound && marks.waiting_since <= certain && marks.root_since <= certain) return {};
  StoredPolicies next = releases.stored(certain);
  next.marks.time_life = state.clock.life();
  next.marks.waiting_since = std::min(next.marks.waiting_since, certain);
  next.marks.root_since = std::min(next.marks.root_since, certain);
  EK_TRY(StorePolicies(state, next));
  releases.marks = next.marks;
  return {};
}

namespace {

// It was signed by the people of the root of then; who rotated the root since then may have done so to stop it.
Status TakeWaiting(KeepState& state) {
  Releases& releases = *state.releases;
  if (!releases.waiting || state.clock.certain() < releases.waits_until()) return {};
  const Status fits = CheckWaiting(state);
  if (!fits && fits.error().code() == ErrorCode::kNoMemory) return fits;
  StoredPolicies next = releases.stored(state.clock.certain());
  if (fits) {
    next.counting = next.waiting;
    next.counting_root = next.waiting_root;
    next.change_root = {};
  }
  next.waiting = next.waiting_root = {};
  EK_TRY(StorePolicies(state, next));
  releases.marks = next.marks;
  if (fits) {
    releases.counting = std::move(releases.waiting);
    releases.change_root = {};
    releases.newest.reset();  // it was judged by the policy before
    releases.EndRefresh();
  } else {
    state.world.journal.NoteRefusal("the trust policy that waited", fits.error());
  }
  releases.waiting.reset();
  return {};
}

// Roots turn over: a policy change that only people who left long ago could sign would be none for ever.
Status SettleRoot(KeepState& state) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(Bytes root, CurrentRoot(releases));
  if (std::ranges::equal(root.view(), releases.root_before())) return {};
  EK_TRY_ASSIGN(const release::MetadataFacts facts, release::ReadMetadataFacts("root", root.view()));
  const UnixTime certain = state.clock.certain();
  StoredPolicies next = releases.stored(certain);
  const bool is_known = next.marks.root_version == facts.version;
  if (is_known && certain.value < next.marks.root_since.value + releases.policy().delay) return {};
  if (is_known) {
    next.change_root = root.view();
  } else {
    next.marks.root_version = facts.version;
    next.marks.root_since = certain;
  }
  EK_TRY(StorePolicies(state, next));
  releases.marks = next.marks;
  if (is_known) releases.change_root = std::move(root);
  return {};
}

// Of a stored time that is gone, or older than the disk may be, nothing counts, now or when it comes back: a policy may
// be about to wait from a time that is too early by what it lacks. The next life is bound before anything waits.
void FitTime(KeepState& state) {
  const PolicyMarks& marks = state.releases->marks;
  const bool is_of_life = state.clock.stored_time_read() && state.clock.life() == marks.time_life;
  const bool is_older = state.clock.certain().value + 2 * FlooredClock::kWriteInterval < marks.certain.value;
  if (!is_of_life || is_older) state.clock.BeginLife(marks.time_life + 1);
  state.clock.RaiseTo(marks.certain);
}

}  // namespace

Status LoadReleases(KeepState& state) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes stored, state.world.store.Read(kPolicies, kMaxPolicies));
  EK_TRY_ASSIGN(const ByteView body, state.vault.CheckProtected(formats::label::kStoredPolicies, stored.view()));
  Reader in(body);
  EK_TRY_ASSIGN(releases.marks, ReadMarks(in));
  EK_TRY_ASSIGN(std::optional<TakenPolicy> counting, ReadTaken(state.world.provider, in));
  EK_TRY_ASSIGN(std::optional<TakenPolicy> waiting, ReadTaken(state.world.provider, in));
  EK_TRY_ASSIGN(const ByteView change_root, ReadBlob(in));
  EK_TRY_ASSIGN(releases.change_root, Bytes::Copy(change_root));
  EK_TRY(in.ExpectEnd());
  if (!counting) return Error(ErrorCode::kDenied, "stored policies: none counts");
  EK_TRY(CurrentRoot(releases));
  releases.counting = std::move(counting);
  releases.waiting = std::move(waiting);
  FitTime(state);
  return {};
}

Status CheckWaiting(KeepState& state) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes root, CurrentRoot(releases));
  EK_TRY(release::VerifyPolicyChange(state.world.provider, releases.counting->policy, releases.root_before(),
                                     root.view(), releases.waiting->policy.bytes()));
  return {};
}

UnixTime CountsFrom(KeepState& state) {
  const std::uint64_t until = state.releases->waits_until().value;
  return {state.clock.floor().value + until - std::min(until, state.clock.certain().value)};
}

Status SettleWaiting(KeepState& state) {
  if (!state.releases->waiting) return {};
  EK_TRY(SettleTime(state));
  return TakeWaiting(state);
}

Status SettlePolicies(KeepState& state) {
  EK_TRY(SettleTime(state));
  EK_TRY(TakeWaiting(state));
  return SettleRoot(state);
}

}  // namespace edgekeep::keep
