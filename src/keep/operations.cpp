#include "operations.h"

#include <algorithm>
#include <new>

#include "edgekeep/formats/labels.h"
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

// Null where there is none.
Result<std::unique_ptr<TakenOperations>> ReadStored(KeepState& state) {
  const Result<Bytes> stored = state.world.store.Read(kOperations, kMaxStored);
  if (!stored && stored.error().code() == ErrorCode::kNotFound) return std::unique_ptr<TakenOperations>();
  if (!stored) return stored.error();
  EK_TRY_ASSIGN(const ByteView bytes, state.vault.CheckProtected(formats::label::kStoredOperations, stored->view()));
  return Take(bytes);
}

// These bytes, as a file of their release.
Status CheckReleasedAs(KeepState& state, const formats::OperationsPolicy& policy, ByteView bytes) {
  EK_TRY_ASSIGN(const release::VerifiedRelease* const newest, NewestRelease(state));
  EK_TRY_ASSIGN(const Digest digest, DigestOf(state.world, -1, bytes, bytes.size()));
  EK_TRY_ASSIGN(const ProductName product, formats::OperationsProductOf(policy.authority.view()));
  EK_TRY(
      newest->Find({release::TargetKind::kOperationsPolicy, digest, bytes.size(), product, Sequence{policy.version}}));
  return {};
}

// True where it is another one than what is in force. One that cannot be read any more is followed by itself or a
// newer.
Result<bool> Follows(KeepState& state, const formats::OperationsPolicy& policy, ByteView bytes) {
  const Result<const TakenOperations*> before = OperationsInForce(state);
  if (before && *before != nullptr && Equal((*before)->bytes.view(), bytes)) return false;
  const std::uint64_t last = before && *before != nullptr ? (*before)->policy.version : 0;
  if (policy.version <= last || policy.version < state.releases->marks.operations)
    return Error(ErrorCode::kWrongVersion, "operations policy: not newer than the last one");
  return true;
}

// The mark first: whatever becomes of the object, nothing older follows.
Status Store(KeepState& state, std::unique_ptr<TakenOperations> next) {
  Releases& releases = *state.releases;
  StoredPolicies marked = releases.stored();
  marked.marks.operations = next->policy.version;
  EK_TRY(StorePolicies(state, marked));
  releases.marks = marked.marks;
  EK_TRY_ASSIGN(const Bytes stored, state.vault.Protect(formats::label::kStoredOperations, next->bytes.view()));
  releases.operations_read = false;  // should it fail, the disk says which of the two counts
  EK_TRY(state.world.store.Replace(kOperations, stored.view()));
  releases.operations = std::move(next);
  releases.operations_read = true;
  return {};
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
  if (taken == nullptr) return OpenDemands();
  return OpenDemands{formats::DemandsOn(taken->policy, product), taken->policy.sessions};
}

Result<gate::AdoptAnswer> AdoptOperations(KeepState& state, ByteView bytes) {
  EK_TRY_ASSIGN(std::unique_ptr<TakenOperations> next, Take(bytes));
  const formats::OperationsPolicy& policy = next->policy;
  if (policy.authority.view() != state.releases->policy().authority)
    return Error(ErrorCode::kWrongProduct, "operations policy of another publisher");
  EK_TRY(CheckReleasedAs(state, policy, bytes));
  const gate::AdoptAnswer answer{gate::AdoptedKind::kOperationsPolicy, policy.version, state.clock.floor(), true};
  EK_TRY_ASSIGN(const bool is_next, Follows(state, policy, bytes));
  if (is_next) EK_TRY(Store(state, std::move(next)));
  return answer;
}

}  // namespace edgekeep::keep
