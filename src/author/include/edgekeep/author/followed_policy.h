// The trust policy that a licensor follows: which classes of chips it licenses nothing to (spec/trust-policy.md §5).
#pragma once
#include <optional>

#include "edgekeep/author/order.h"
#include "edgekeep/author/publisher.h"

namespace edgekeep::author {

struct FollowedPolicy {
  std::uint64_t version = 0;
  Digest fingerprint;
  std::size_t num_quarantined = 0;  // classes of chips
};

// Keeps policy and root in PUBLISHER/followed: from then on licences are issued, renewed and transferred by them, with
// no option that leaves them out. Fails with kWrongProduct for another authority's policy, with kWrongVersion for one
// that is not newer than the followed one, unless it is the same; and as its signatures do.
Outcome<FollowedPolicy> FollowPolicy(const Context& context, const Publisher& publisher, const OrderTrust& trust);

// Nothing where none is followed. What is damaged, or half of it, fails.
Outcome<std::optional<FollowedPolicy>> ReadFollowedPolicy(const Context& context, const Publisher& publisher);

}  // namespace edgekeep::author
