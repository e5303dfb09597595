// Releases: what a device under releases demands before it installs, and how far it has read the newest one
// (spec/keep-state.md §9). All of it requires the state's mutex.
#pragma once
#include <array>
#include <memory>
#include <optional>

#include "edgekeep/core/vault.h"
#include "edgekeep/gate/release.h"
#include "edgekeep/ports/journal.h"
#include "edgekeep/ports/store.h"
#include "edgekeep/release/client.h"
#include "edgekeep/release/verified_release.h"

namespace edgekeep::keep {

// Release metadata in the keep's store, byte for byte, each file under a MAC of its own: the disk is not trusted, and a
// root that somebody put there is none. Of the others a damaged one is noted, once, and counts as none: they come
// again.
class StoredMetadata final : public ports::MetadataStore {
 public:
  StoredMetadata(const core::Vault& vault, ports::Store& store, ports::Journal& journal) noexcept
      : vault_(&vault), store_(&store), journal_(&journal) {}

  Result<Bytes> Read(std::string_view name, std::size_t max_size) override;
  Status Replace(std::string_view name, ByteView bytes) override;

 private:
  Result<Bytes> ReadProtected(std::string_view object, std::string_view name, std::size_t max_size);

  const core::Vault* vault_;
  ports::Store* store_;
  ports::Journal* journal_;
  std::array<bool, 4> is_noted_{};  // each of the four files, until it is replaced
};

// A trust policy, and the root under which the device took it.
struct TakenPolicy {
  release::VerifiedTrustPolicy policy;
  Bytes root;
};

// What this device was ordered.
struct Ordered {
  std::array<std::uint64_t, formats::kNumOrderKinds> sequences{};  // of the last order of each kind that was obeyed
  std::uint32_t sessions = 0;                                      // at most; 0: no bound
  bool suspended = false;
  bool installs_held = false;
  UnixTime rekeyed_at;  // latest issue of an order by which the KEM key was made anew; 0: it was not
};

// What is stored beside the policies. Times are of what is certain (floored_clock.h).
struct PolicyMarks {
  UnixTime certain;             // when all this was stored: the disk tells of no earlier time
  std::uint64_t time_life = 0;  // of the stored time: one of another life is none
  std::uint64_t repairs = 0;    // number of the last repair of time that was seen
  UnixTime waiting_since;
  std::uint64_t root_version = 0;  // of the newest root, since when the device has it
  UnixTime root_since;
  std::uint64_t operations = 0;  // version of the last operations policy that was taken; 0: none
  Digest operations_digest;      // SHA-256 of its bytes
  release::VersionFloors seen;   // of metadata: what becomes of their files takes nothing back
  Ordered ordered;
};

// All that is stored of policies. Views borrow from Releases, or from what is to take its place.
struct StoredPolicies {
  PolicyMarks marks;
  ByteView counting, counting_root;
  ByteView waiting, waiting_root;
  ByteView change_root;
};

struct TakenOperations;

struct Releases {
  Releases(const core::Vault& vault, ports::Store& store, ports::Journal& journal) noexcept;
  ~Releases();

  StoredMetadata metadata;
  std::optional<TakenPolicy> counting;  // none: this device demands no releases
  std::optional<TakenPolicy> waiting;
  Bytes change_root;  // whose people the next policy needs beside those of the root of now; empty: `counting`'s
  PolicyMarks marks;
  std::unique_ptr<TakenOperations> operations;  // null: none, or not read yet
  bool operations_read = false;

  // A refresh on its way: the client's files first, then the proof; then proof and manifest of another release.
  enum class Wanted : std::uint8_t { kMetadata, kProof, kOtherProof, kManifest };
  std::unique_ptr<release::Client> client;
  gate::ReleaseStep step;
  Wanted wanted = Wanted::kMetadata;
  std::optional<release::ReleasePlace> other_place;  // that was asked for
  std::optional<release::ProvenRelease> other;       // whose manifest is missing

  // The newest release, while this keep runs: what may be installed.
  std::optional<release::VerifiedRelease> newest;
  UnixTime newest_expires;

  bool demanded() const noexcept { return counting.has_value(); }

  const formats::TrustPolicy& policy() const { return counting->policy.policy(); }

  UnixTime waits_until() const { return {marks.waiting_since.value + policy().delay}; }

  ByteView root_before() const { return change_root.empty() ? counting->root.view() : change_root.view(); }

  // As of then.
  StoredPolicies stored(UnixTime certain) const;
  void EndRefresh() noexcept;
};

struct KeepState;

// Makes a device that trusts nobody yet one under releases, as far as the store goes; nothing counts before the trust
// bundle is stored. Fails as the verification of both by the root's people does.
Result<TakenPolicy> TakeFirstPolicy(KeepState& state, ByteView root, ByteView policy, std::string_view publisher);
// Fails with kDenied where what is stored was changed. The stored time counts as far as it fits what is bound.
Status LoadReleases(KeepState& state);
// What is in memory follows only once this succeeded.
Status StorePolicies(KeepState& state, const StoredPolicies& policies);
// The waiting policy fits the root of now as well as the one before. Fails as VerifyPolicyChange does.
Status CheckWaiting(KeepState& state);
// From which time floor the waiting policy counts, where nothing but what is counted moves the floor until then.
UnixTime CountsFrom(KeepState& state);
// Binds what is certain of time, where that is due; waits begin no later than it is. Requires a device under releases.
Status SettleTime(KeepState& state);
// What has waited for its time counts from here on; a policy that no longer fits is dropped. A refresh that was judged
// by the policy before ends.
Status SettlePolicies(KeepState& state);
// The part of it that is about the waiting policy; reads and writes nothing where none waits or its time is not there.
Status SettleWaiting(KeepState& state);

// The root that the device has now.
Result<Bytes> CurrentRoot(Releases& releases);

}  // namespace edgekeep::keep
