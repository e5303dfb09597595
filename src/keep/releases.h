// Releases: what a device under releases demands before it installs, and how far it has read the newest one
// (spec/keep-state.md §9). All of it requires the state's mutex.
#pragma once
#include <memory>
#include <optional>

#include "edgekeep/core/vault.h"
#include "edgekeep/gate/release.h"
#include "edgekeep/ports/store.h"
#include "edgekeep/release/client.h"
#include "edgekeep/release/verified_release.h"

namespace edgekeep::keep {

// Release metadata in the keep's store, byte for byte, each file under a MAC of its own: the disk is not trusted, and a
// root that somebody put there is none.
class StoredMetadata final : public ports::MetadataStore {
 public:
  StoredMetadata(ports::Store& store, const core::Vault& vault) noexcept : store_(&store), vault_(&vault) {}

  Result<Bytes> Read(std::string_view name, std::size_t max_size) override;
  Status Replace(std::string_view name, ByteView bytes) override;

 private:
  ports::Store* store_;
  const core::Vault* vault_;
};

// A trust policy, and the root under which the device took it.
struct TakenPolicy {
  release::VerifiedTrustPolicy policy;
  Bytes root;
};

struct Releases {
  Releases(ports::Store& store, const core::Vault& vault) noexcept : metadata(store, vault) {}

  StoredMetadata metadata;
  std::optional<TakenPolicy> counting;  // none: this device demands no releases
  std::optional<TakenPolicy> waiting;
  UnixTime waiting_since;     // of the time floor
  std::uint64_t repairs = 0;  // number of the last repair of time

  // A refresh on its way: the client's files first, then the proof.
  std::unique_ptr<release::Client> client;
  gate::ReleaseStep step;
  bool wants_proof = false;

  // The newest release, while this keep runs: what may be installed.
  std::optional<release::VerifiedRelease> newest;
  UnixTime newest_expires;

  bool demanded() const noexcept { return counting.has_value(); }

  const formats::TrustPolicy& policy() const { return counting->policy.policy(); }

  UnixTime waits_until() const { return {waiting_since.value + policy().delay}; }
};

struct KeepState;

// Makes a device that trusts nobody yet one under releases, as far as the store goes; nothing counts before the trust
// bundle is stored. Fails as the verification of both by the root's people does.
Result<TakenPolicy> TakeFirstPolicy(KeepState& state, ByteView root, ByteView policy, std::string_view publisher);
// Fails with kDenied where what is stored was changed.
Status LoadReleases(KeepState& state);
Status StorePolicies(KeepState& state);
// The waiting policy counts once its time has come.
Status SettlePolicies(KeepState& state);

// The root that the device has now.
Result<Bytes> CurrentRoot(Releases& releases);

}  // namespace edgekeep::keep
