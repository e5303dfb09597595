// Orders to devices on their way through the people who give them (spec/orders.md §6).
#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "edgekeep/author/release_keys.h"
#include "edgekeep/formats/order.h"

namespace edgekeep::author {

// What a person believes of who may give orders: the trust policy that counts on the devices (.ektp), the root that
// they have, and the root under which the policy was signed, where that is another one (else empty). Own copies.
struct OrderTrust {
  Bytes policy;
  std::string root;
  std::string policy_root;
  // The one that devices had before, as long as the policy's delay since is not over on all of them: its people count
  // as well, each quorum by itself, of kinds that are dangerous.
  std::string root_before = {};
};

// By one root.
struct OrderTally {
  std::uint32_t quorum = 0;
  std::vector<std::pair<std::string, bool>> people;  // who may give it, and whether they signed
  std::uint32_t num_signed = 0;

  bool is_complete() const { return quorum != 0 && num_signed >= quorum; }
};

struct OrderReview {
  std::vector<std::string> lines;  // what it says, in words
  Digest digest;
  formats::OrderKind kind = formats::OrderKind::kTelemetry;
  std::vector<OrderTally> tallies;  // by the root of now, and by the one before where that is asked as well

  bool is_complete() const {
    return std::ranges::all_of(tallies, [](const OrderTally& tally) { return tally.is_complete(); });
  }
};

// Makes a folder with the order, which never changes. Fails with kForbidden where nobody may give it.
Done StartOrder(const Context& context, const std::string& folder, const formats::Order& order,
                const OrderTrust& trust);
Outcome<OrderReview> ReviewOrder(const Context& context, const std::string& folder, const OrderTrust& trust);
// Fails with kWrongVersion unless `digest` is what a review showed, kUntrusted for keys of nobody who may give it.
Done SignOrder(const Context& context, const std::string& folder, const OrderTrust& trust, const Digest& digest,
               const ReleaseKeys& keys);
// The signed order, by as few people as are a quorum, verified as a device does. Fails with kBadSignature below one.
Outcome<Bytes> FinishOrder(const Context& context, const std::string& folder, const OrderTrust& trust);
// That a signed order is by people who may, as a device does; `place` is where it is from.
Done VerifyGivenOrder(const Context& context, ByteView object, const OrderTrust& trust, const std::string& place);

}  // namespace edgekeep::author
