// Orders to devices on their way through the people who give them (spec/orders.md §6).
#pragma once
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
};

struct OrderReview {
  std::vector<std::string> lines;  // what it says, in words
  Digest digest;
  formats::OrderKind kind = formats::OrderKind::kTelemetry;
  std::uint32_t quorum = 0;
  std::vector<std::pair<std::string, bool>> people;  // who may give it, and whether they signed
  std::uint32_t num_signed = 0;

  bool is_complete() const { return quorum != 0 && num_signed >= quorum; }
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

}  // namespace edgekeep::author
