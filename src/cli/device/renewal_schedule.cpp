#include "renewal_schedule.h"

#include <algorithm>

namespace edgekeep::cli::device {
namespace {

constexpr std::uint64_t kFirstRetry = 60, kDay = 86400;
constexpr unsigned kMostDoublings = 20;  // of a minute: far longer than any round
// Of what is left a device waits at the start no more than this part.
constexpr std::uint64_t kPartOfWhatIsLeft = 20;

std::uint64_t Part(std::uint64_t whole, double part) {
  return static_cast<std::uint64_t>(static_cast<double>(whole) * part);
}

}  // namespace

bool MayBeRenewed(const ek_product_status& product) {
  return product.licence_returned == 0 && (product.has_lease != 0 || product.licensed == 0);
}

bool IsRenewalDue(const ek_product_status& product) {
  if (!MayBeRenewed(product)) return false;
  return product.licensed == 0 || product.lease_used_seconds >= product.lease_seconds / 2;
}

std::uint64_t LeaseLeftSeconds(const ek_product_status& product) {
  if (product.has_lease == 0) return 0;
  return product.lease_seconds - std::min<std::uint64_t>(product.lease_seconds, product.lease_used_seconds);
}

std::uint64_t GraceLeftSeconds(const ek_product_status& product) {
  if (product.has_lease == 0) return 0;
  const std::uint64_t whole = product.lease_seconds + product.lease_grace_seconds;
  return whole - std::min<std::uint64_t>(whole, product.lease_used_seconds);
}

std::uint64_t OpensForSeconds(const ek_product_status& product, std::uint64_t now) {
  if (product.licensed == 0) return 0;
  const std::uint64_t left = GraceLeftSeconds(product);
  if (product.licence_has_end == 0) return left;
  const auto end = static_cast<std::uint64_t>(product.licence_expires);
  return std::min(left, end - std::min(end, now));
}

std::uint64_t NextRoundIn(std::uint64_t every, const LastRound& last, double chance) {
  std::uint64_t wait = every;
  if (last.failures > 0) {
    wait = std::min(every, kFirstRetry << std::min(last.failures - 1, kMostDoublings));
  }
  const std::uint64_t spread = std::max<std::uint64_t>(1, Part(wait, 0.5 + chance));
  const std::uint64_t named = std::min(last.retry_after, kDay);
  return std::max(spread, named + Part(named, chance / 2));
}

std::uint64_t FirstRoundIn(std::uint64_t every, std::uint64_t opens_for, double chance) {
  return Part(std::min(every, opens_for / kPartOfWhatIsLeft), chance);
}

}  // namespace edgekeep::cli::device
