#include "operations.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <utility>

#include "edgekeep/formats/labels.h"
#include "journal_words.h"
#include "quarantine.h"
#include "release_files.h"
#include "releases.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kOperations = "operations";
constexpr std::size_t kMaxStored = formats::kMaxOperationsPolicySize + core::kProtectionSize;

Result<std::unique_ptr<TakenOperations>> Take(ByteView bytes) {
  std::unique_ptr<TakenOperations> taken(new (std::nothrow) TakenOperations());
  if (!taken) return Error(ErrorCode::kNoMemory, "operations policy");
  EK_TRY_ASSIGN(taken->bytes, Bytes::Copy(bytes));
  EK_TRY_ASSIGN(taken->policy, formats::DecodeOperationsPolicy(bytes));
  return taken;
}

// Whose bytes the device knows by their digest: no release needs to be there any more.
Error HandInAgain() {
  return Error(ErrorCode::kDenied, "operations policy: damaged, hand in the same file again");
}

// Null where there is none.
Result<std::unique_ptr<TakenOperations>> ReadStored(KeepState& state) {
  const Result<Bytes> stored = state.world.store.Read(kOperations, kMaxStored);
  if (!stored && stored.error().code() == ErrorCode::kNotFound) return std::unique_ptr<TakenOperations>();
  const ErrorCode why = stored ? ErrorCode::kInternal : stored.error().code();
  if (!stored && (why == ErrorCode::kDenied || why == ErrorCode::kTooLarge)) return HandInAgain();
  if (!stored) return stored.error();
  const Result<ByteView> bytes = state.vault.CheckProtected(formats::label::kStoredOperations, stored->view());
  if (!bytes && bytes.error().code() == ErrorCode::kDenied) return HandInAgain();
  EK_TRY(bytes);
  return Take(*bytes);
}

// Its number is told in the journal, as errors take nothing from input.
Error Superseded(KeepState& state, Sequence newest) {
  std::array<char, 20> text;
  const auto end = std::to_chars(text.begin(), text.end(), newest.value).ptr;
  NoteEvent(state.world.journal,
            {"operations policy ", {text.data(), static_cast<std::size_t>(end - text.data())}, " is released"});
  return Error(ErrorCode::kWrongVersion, "operations policy: a newer one is released, its number is in the journal");
}

// These bytes, as a file of their release, and none that this device could take is newer.
Status CheckReleasedAs(KeepState& state, const TakenOperations& next, const Digest& digest) {
  using enum release::TargetKind;
  EK_TRY_ASSIGN(const release::VerifiedRelease* const newest, NewestRelease(state));
  const formats::OperationsPolicy& policy = next.policy;
  EK_TRY_ASSIGN(const ProductName product, formats::OperationsProductOf(policy.authority.view()));
  EK_TRY(newest->Find(
      {kOperationsPolicy, digest, next.bytes.size(), product, Sequence{policy.version}, formats::kOperationsChannel}));
  const std::uint64_t last = state.releases->marks.operations;
  EK_TRY(formats::CheckOperationsStep(last, policy.version));
  const Sequence reach{last + std::min(formats::kMaxOperationsStep, UINT64_MAX - last)};
  const Sequence named = newest->NewestNamed(kOperationsPolicy, product, formats::kOperationsChannel, reach);
  if (named.value > policy.version) return Superseded(state, named);
  return {};
}

Status StoreObject(KeepState& state, std::unique_ptr<TakenOperations> next) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes stored, state.vault.Protect(formats::label::kStoredOperations, next->bytes.view()));
  releases.operations_read = false;  // should it fail, the disk says which of the two counts
  EK_TRY(state.world.store.Replace(kOperations, stored.view()));
  releases.operations = std::move(next);
  releases.operations_read = true;
  // What did not start at boot may now.
  for (ProductNote& note : state.notes) note.boot_due = note.boot_due || std::exchange(note.boot_failed, false);
  return {};
}

// The mark first: whatever becomes of the object, nothing else follows than these bytes or a newer one.
Status Store(KeepState& state, std::unique_ptr<TakenOperations> next, const Digest& digest) {
  Releases& releases = *state.releases;
  StoredPolicies marked = releases.stored(state.clock.certain());
  marked.marks.operations = next->policy.version;
  marked.marks.operations_digest = digest;
  EK_TRY(StorePolicies(state, marked));
  releases.marks = marked.marks;
  return StoreObject(state, std::move(next));
}

// What was marked is believed for good; only where it is not in force is there anything to do.
Status Restore(KeepState& state, std::unique_ptr<TakenOperations> same) {
  const Result<const TakenOperations*> now = OperationsInForce(state);
  if (now && *now != nullptr && Equal((*now)->bytes.view(), same->bytes.view())) return {};
  return StoreObject(state, std::move(same));
}

}  // namespace

Result<const TakenOperations*> OperationsInForce(KeepState& state) {
  Releases& releases = *state.releases;
  if (!releases.demanded()) return static_cast<const TakenOperations*>(nullptr);
  if (!releases.operations_read) {
    EK_TRY_ASSIGN(releases.operations, ReadStored(state));
    releases.operations_read = true;
  }
  return static_cast<const TakenOperations*>(releases.operations.get());
}

Result<OpenDemands> DemandsOnOpening(KeepState& state, const ProductName& product) {
  EK_TRY_ASSIGN(const TakenOperations* const taken, OperationsInForce(state));
  OpenDemands demands;
  if (taken != nullptr) demands = {formats::DemandsOn(taken->policy, product), taken->policy.sessions};
  EK_TRY_ASSIGN(const formats::QuarantinedClass* const quarantine, QuarantineOf(state));
  if (quarantine != nullptr && quarantine->floor)
    demands.of_product.isolation_floor = std::max(demands.of_product.isolation_floor, *quarantine->floor);
  const std::uint32_t ordered = state.releases->marks.ordered.sessions;
  if (ordered != 0) demands.sessions = std::min(ordered, demands.sessions.value_or(ordered));
  return demands;
}

Result<gate::AdoptAnswer> AdoptOperations(KeepState& state, ByteView bytes) {
  EK_TRY_ASSIGN(std::unique_ptr<TakenOperations> next, Take(bytes));
  const formats::OperationsPolicy& policy = next->policy;
  if (policy.authority.view() != state.releases->policy().authority)
    return Error(ErrorCode::kWrongProduct, "operations policy of another publisher");
  EK_TRY_ASSIGN(const Digest digest, DigestOf(state.world, -1, bytes, bytes.size()));
  const PolicyMarks& marks = state.releases->marks;
  const bool is_marked = policy.version == marks.operations && digest == marks.operations_digest;
  if (!is_marked) EK_TRY(CheckReleasedAs(state, *next, digest));
  const gate::AdoptAnswer answer{gate::AdoptedKind::kOperationsPolicy, policy.version, state.clock.floor(), true};
  EK_TRY(is_marked ? Restore(state, std::move(next)) : Store(state, std::move(next), digest));
  return answer;
}

}  // namespace edgekeep::keep
