// Trust policies and repairs of time on their way through the root's holders (spec/trust-policy.md §4).
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/formats/trust_policy.h"

namespace edgekeep::author {

// Who may give orders of a kind: roles ("root", "approvers"), officers by name, key ids in hexadecimal.
struct OrderRuleContent {
  formats::OrderKind kind = formats::OrderKind::kTelemetry;
  std::uint32_t quorum = 0;
  std::vector<std::string> who;
};

struct PolicyContent {
  std::uint64_t version = 1;
  std::string authority;
  formats::PolicyProfile profile = formats::PolicyProfile::kProduction;
  std::uint32_t min_approvers = 2;
  std::uint64_t delay = 7ULL * 24 * 3600;
  std::uint64_t max_time_step = 366ULL * 24 * 3600;
  UnixTime issued_at;
  std::vector<PublicHolder> notaries;
  std::uint32_t min_independent_witnesses = 1;
  std::vector<std::string> dependent_cosigners;
  std::string log_policy;
  std::vector<PublicHolder> officers;
  std::vector<OrderRuleContent> orders;
  std::vector<formats::QuarantinedClass> quarantine;
};

// Each makes a folder with what is to be signed, which never changes. Policies require every class (kReleaseClasses).
// Fail where no device would take it.
Done StartPolicy(const Context& context, const std::string& folder, const PolicyContent& content);
// Under the root whose text it is.
Done StartTimeRepair(const Context& context, const std::string& folder, formats::TimeRepair repair,
                     const std::string& root);

struct PolicyReview {
  std::vector<std::string> lines;     // what it says, in words
  std::vector<ListedHolder> holders;  // the root's, and notaries
  Digest digest;
  std::vector<Tally> tallies;  // of the root, and of the root before where there is one
  bool is_complete = false;
};

// The roots whose quorums have to sign: the one that devices have now, and for a change of a policy the one under which
// the policy before was accepted, where that is another one (else empty). Texts, each person's own copies.
struct PolicyRoots {
  std::string root;
  std::string root_before;
};

// Both fail with kWrongVersion for a repair of time that holds under another root.
Outcome<PolicyReview> ReviewPolicy(const Context& context, const std::string& folder, const PolicyRoots& roots);
// Signs it, and a policy's entry for the log. Fails with kWrongVersion unless `digest` is what a review showed; with
// kUntrusted where a root, or the policy among its notaries, lists other keys under the signer's name, or the signer's
// under another. `new_keys` as for SignRoot.
Done SignPolicy(const Context& context, const std::string& folder, const PolicyRoots& roots, const Digest& digest,
                const ReleaseKeys& keys, const PublicHolder* new_keys = nullptr);
// What a finished policy or repair says to the log, as `log append` takes it. Fails as FinishPolicy does.
Outcome<CeremonyEntry> PolicyEntry(const Context& context, const std::string& folder, const PolicyRoots& roots);
// The signed object, verified as a device does. Fails with kBadSignature below a quorum.
Outcome<Bytes> FinishPolicy(const Context& context, const std::string& folder, const PolicyRoots& roots);

}  // namespace edgekeep::author
