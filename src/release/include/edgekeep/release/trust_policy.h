// Trust policies as a device believes them (spec/trust-policy.md): signed by a quorum of the root's holders, each in
// every required class; a change by that of the root before as well.
#pragma once
#include <memory>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/trust_policy.h"
#include "edgekeep/release/log/policy.h"

namespace edgekeep::release {

// Only the functions below make one.
class VerifiedTrustPolicy {
 public:
  VerifiedTrustPolicy(VerifiedTrustPolicy&& other) noexcept;
  VerifiedTrustPolicy& operator=(VerifiedTrustPolicy&& other) noexcept;
  ~VerifiedTrustPolicy();

  // Borrow from this.
  const formats::TrustPolicy& policy() const noexcept;
  const log::Policy& log() const noexcept;
  // The signed object, byte for byte.
  ByteView bytes() const noexcept;

  // SHA-256 over the payload: what people compare.
  const Digest& fingerprint() const noexcept;

 private:
  struct Contents;
  friend Result<VerifiedTrustPolicy> VerifyTakenPolicy(const crypto::Provider&, ByteView, ByteView);
  friend Result<VerifiedTrustPolicy> VerifyPolicyChange(const crypto::Provider&, const VerifiedTrustPolicy&, ByteView,
                                                        ByteView, ByteView);

  explicit VerifiedTrustPolicy(std::unique_ptr<Contents> contents) noexcept;
  static Result<VerifiedTrustPolicy> Take(const crypto::Provider& provider, ByteView object);

  std::unique_ptr<Contents> contents_;
};

// For production, fails with kMalformed where the quorum of the log policy is reached without any cosigner that is
// independent of notary and log (nobody is demanded, or those named dependent are), or where a log or witness has a
// notary's key.
Status CheckLogApart(const formats::TrustPolicy& policy, const log::Policy& log);

// No notary has a key of a holder of the root or of an approver, whatever names stand beside it: what one person says
// twice is said once. Fails with kMalformed.
Status CheckNotariesApart(const formats::TrustPolicy& policy, ByteView root);

// Both of these, and, for production, that no log or witness has such a person's key either: whom a policy may name to
// be signed, or taken, under `root`. Fails with kMalformed.
Status CheckSeparation(const crypto::Provider& provider, const formats::TrustPolicy& policy, const log::Policy& log,
                       ByteView root);

// The first policy, which whoever brings a device into service vouches for together with `root`: the root's quorum
// signed it in every class that it requires, and it passes CheckSeparation. Fails with kUntrusted where no holder of
// the root signed, kBadSignature below the quorum, kUnsupported where a notary has no key of a required class.
Result<VerifiedTrustPolicy> VerifyTrustPolicy(const crypto::Provider& provider, ByteView object, ByteView root);

// One that was taken under `root` and is read again: who signed it alone, not whom it names. What was allowed when it
// was taken stays so: by a rule that came later a device could not even start to be given another policy.
Result<VerifiedTrustPolicy> VerifyTakenPolicy(const crypto::Provider& provider, ByteView object, ByteView root);

// A policy that is to follow `before`: signed by the quorums of `root_before`, under which that one was accepted, and
// of `root`, in every class that either policy requires; it passes CheckSeparation for the latter. Fails with
// kWrongVersion unless it is newer, kWrongProduct for another authority's.
Result<VerifiedTrustPolicy> VerifyPolicyChange(const crypto::Provider& provider, const VerifiedTrustPolicy& before,
                                               ByteView root_before, ByteView root, ByteView object);

// Signed by the quorum of `root`, in every class that the policy requires. Fails with kWrongVersion where it holds
// under another root.
Result<formats::TimeRepair> VerifyTimeRepair(const crypto::Provider& provider, const VerifiedTrustPolicy& policy,
                                             ByteView root, ByteView object);

// That people stand behind a file of release metadata as `policy` demands, before the client, which counts keys, takes
// it: a root has the quorums of the holders of `root` and of its own; targets have the approvals of the role's quorum,
// and of no fewer than the policy says, neither their author nor whoever has a notary's key counted, are by nobody who
// has one (kUntrusted), and delegate to nobody (kUnsupported). Other roles need the quorum of their holders.
Status CheckPeople(const crypto::Provider& provider, const formats::TrustPolicy& policy, std::string_view role,
                   ByteView root, ByteView file);

}  // namespace edgekeep::release
