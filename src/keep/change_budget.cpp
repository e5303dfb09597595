#include "change_budget.h"

#include <algorithm>

namespace edgekeep::keep {
namespace {

std::uint32_t Paid(std::uint32_t debt, std::uint64_t seconds) {
  return static_cast<std::uint32_t>(debt - std::min<std::uint64_t>(debt, seconds));
}

std::uint64_t Since(std::uint64_t then, std::uint64_t now) {
  return now - std::min(then, now);
}

}  // namespace

ChangeBudget::Known& ChangeBudget::Find(const core::StateApplication& stored, const Moment& at) {
  const auto found = std::ranges::find(known_, stored.user, &Known::user);
  if (found != known_.end()) {
    found->debt_seconds = Paid(found->debt_seconds, Since(found->counter, at.counter));
    found->counter = at.counter;
    return *found;
  }
  const std::uint32_t unpaid = Paid(stored.debt_seconds, Since(stored.at.value, at.now.value));
  const Known first{stored.user, Paid(unpaid, kChangesAtStart * kInterval), at.counter};
  if (known_.PushBack(first)) return known_[known_.size() - 1];
  // More than may store anything: who owes least loses least.
  Known& least = *std::ranges::min_element(known_, {}, &Known::debt_seconds);
  least = first;
  return least;
}

std::uint32_t ChangeBudget::DebtOf(const core::StateApplication& stored, const Moment& at) {
  return Find(stored, at).debt_seconds;
}

std::uint32_t ChangeBudget::ChangesLeft(const core::StateApplication& stored, const Moment& at) {
  return Paid(kChanges * kInterval, DebtOf(stored, at)) / kInterval;
}

core::StateApplication ChangeBudget::Charge(const core::StateApplication& stored, const Moment& at) {
  Known& known = Find(stored, at);
  known.debt_seconds += kInterval;
  return {.user = stored.user, .debt_seconds = known.debt_seconds, .at = at.now};
}

void ChangeBudget::Forget(std::uint32_t user) {
  const auto found = std::ranges::find(known_, user, &Known::user);
  if (found == known_.end()) return;
  *found = known_[known_.size() - 1];
  known_.PopBack();
}

}  // namespace edgekeep::keep
