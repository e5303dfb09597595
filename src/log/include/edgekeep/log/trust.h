// LogTrust: whom somebody believes who reads a log: people by the roots that named them, and notaries. Nothing of it
// comes from the log.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/trust_bundle.h"
#include "edgekeep/log/notary_policy.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::log {

// What one version of the root says about people. Views and holders borrow from whoever made it.
struct TrustedRoot {
  std::uint64_t version = 0;
  Digest digest;  // as key ceremonies name it
  UnixTime expires;
  std::vector<formats::Holder> holders;   // people: who may propose and reject, and approve
  std::vector<std::string> root_holders;  // of them, ascending, who changes the root
  std::size_t root_threshold = 0;
  NotaryPolicy policy;                      // by which the notary judges while it holds
  std::vector<std::string> approvers = {};  // of the people, ascending, who sign releases
  std::size_t approvals = 0;                // as many of them as that takes
};

struct TrustedNotary {
  formats::Holder holder;
  // Whose keys judged in entries below this one alone; nothing for the notary that judges now.
  std::optional<std::uint64_t> until;
};

// A trust policy, or a repair of time, that devices have.
struct TrustedPolicy {
  std::uint64_t version = 0;  // of a repair its number
  Digest fingerprint;
  formats::PolicyKind kind = formats::PolicyKind::kTrust;
};

// A product's epoch for which something was released, beyond the first.
struct ReleasedEpoch {
  ProductName product;
  Epoch epoch;
};

struct LogTrust {
  std::vector<TrustedRoot> roots;       // verified, ascending, at least one
  std::vector<TrustedNotary> notaries;  // the one that judges now first, then those before it
  std::vector<std::uint8_t> required_classes;
  std::vector<TrustedPolicy> policies = {};  // empty: none is asked for
  std::vector<ReleasedEpoch> epochs = {};    // likewise; each product's last one
};

// A checkpoint of the log that somebody saw before: a quorum of its cosigners had seen no more than these entries at
// that time, or later.
struct CosignedHead {
  release::log::TreeHead head;
  UnixTime cosigned_at;
  std::string file = {};  // where it was kept
};

}  // namespace edgekeep::log
