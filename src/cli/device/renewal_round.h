// One round of renewals over a network: every lease of this device that is due.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "renewal_courier.h"
#include "session.h"

namespace edgekeep::cli::device {

struct RoundOptions {
  std::string product;  // this one alone; empty: all
  bool now = false;     // also what is not due
};

struct ProductRenewal {
  std::string product;
  std::optional<Failure> failure;  // none: renewed
  std::uint64_t opens_for = 0;     // seconds, with its grace, up to the licence's end; as it is now
  std::uint64_t lease_left = 0;    // of them, without its grace
  std::uint64_t counted_left = 0;  // of the lease and its grace, whenever the licence ends
};

struct RenewalRound {
  std::vector<ProductRenewal> products;  // that were due, who ends first comes first
  std::size_t num_not_due = 0;
  std::uint64_t retry_after = 0;

  bool has_failed() const;
};

// Fails where the keep cannot be asked at all, or has no such product.
Outcome<RenewalRound> RenewOnce(const Session& session, RenewalCourier& courier, const RoundOptions& options);

// In how many seconds the first of those leases ends, with its grace; UINT64_MAX where there is none.
Outcome<std::uint64_t> FirstEndIn(const Session& session, const RoundOptions& options);

// "acme/label-ocr: renewed, lease for 30 days more", or why not, and how long it still opens.
std::string RenewalText(const ProductRenewal& renewal);
json::Object RoundToJson(const RenewalRound& round);

}  // namespace edgekeep::cli::device
