// When leases are renewed over a network: early, each device at its own time, and less often where nobody answers.
#pragma once
#include <cstdint>

#include "edgekeep/edgekeep.h"

namespace edgekeep::cli::device {

// What has a lease; and what does not open, of whose licence the keep says no more than that. What was given back has
// none.
bool MayBeRenewed(const ek_product_status& product);

// Half of the lease is used up, or it does not open.
bool IsRenewalDue(const ek_product_status& product);

// What its lease leaves, with and without its grace, whatever its term is; 0 where none is counted.
std::uint64_t LeaseLeftSeconds(const ek_product_status& product);
std::uint64_t GraceLeftSeconds(const ek_product_status& product);

// Until the product does not open any more; `now` as NowOf.
std::uint64_t OpensForSeconds(const ek_product_status& product, std::uint64_t now);

struct LastRound {
  unsigned failures = 0;          // rounds in a row, up to this one, in which something due was not renewed
  std::uint64_t retry_after = 0;  // the longest that the server named
};

// Seconds until the next round, where one round follows another after `every`: half of that to once and a half, by
// `chance` in [0, 1). After a failure it is sooner, a minute at first and twice as long each time, but at least what
// the server named, up to a day.
std::uint64_t NextRoundIn(std::uint64_t every, const LastRound& last, double chance);

// Seconds until the first round: devices that are switched on together do not ask together, unless one cannot wait.
std::uint64_t FirstRoundIn(std::uint64_t every, std::uint64_t opens_for, double chance);

}  // namespace edgekeep::cli::device
