#include "call_accounts.h"

#include <algorithm>

namespace edgekeep::keep {
namespace {

constexpr std::uint64_t kPerMinute = 60;
constexpr std::uint64_t kMostAtOnce = 2048;

// How many calls a cell gets at a time. A cell draws when half of it is left, so it holds at most one and a half; a
// restart of the keep loses that, and what is left of the block that was reserved.
std::uint64_t ShareOf(const CallBounds& bounds) {
  std::uint64_t share = kMostAtOnce;
  if (bounds.budget) share = std::min(share, *bounds.budget / 128);
  if (bounds.per_minute) share = std::min<std::uint64_t>(share, *bounds.per_minute / 8);
  return std::max<std::uint64_t>(share, 1);
}

}  // namespace

CallAccounts::Account* CallAccounts::Find(const formats::LicenceId& licence) noexcept {
  const auto found = std::ranges::find(accounts_, licence, &Account::licence);
  return found == accounts_.end() ? nullptr : &*found;
}

const CallAccounts::Account* CallAccounts::Find(const formats::LicenceId& licence) const noexcept {
  const auto found = std::ranges::find(accounts_, licence, &Account::licence);
  return found == accounts_.end() ? nullptr : &*found;
}

namespace {

// Brings the level up to date. What is held was taken from the bucket but may not be used yet: room is what is left.
template <typename Account>
void Fill(Account& account, std::uint64_t seconds) {
  const std::uint64_t free = account.room - std::min<std::uint64_t>(account.room, account.held);
  const std::uint64_t passed = seconds - std::min(seconds, account.seconds);
  const std::uint64_t most = free * kPerMinute;
  account.seconds = std::max(account.seconds, seconds);
  if (passed >= kPerMinute) {
    account.level = std::max(account.level, most);
  } else {
    account.level = std::max(account.level, std::min(most, account.level + passed * account.room));
  }
  account.level = std::min<std::uint64_t>(account.level, std::uint64_t{account.room} * kPerMinute);
}

// A bucket begins full; one that gets a smaller room keeps no more than that.
template <typename Account>
void SetRoom(Account& account, const CallBounds& bounds, std::uint64_t seconds) {
  const std::uint32_t room = bounds.per_minute.value_or(0);
  if (account.room == room) return Fill(account, seconds);
  const bool is_new = account.room == 0;
  if (!is_new) Fill(account, seconds);
  const std::uint64_t full = std::uint64_t{room} * kPerMinute;
  account.level = is_new ? full : std::min(account.level, full);
  account.room = room;
  account.seconds = std::max(account.seconds, seconds);
}

}  // namespace

Result<CallAccounts::Account*> CallAccounts::FindOrOpen(const CallBounds& bounds, std::uint64_t seconds) {
  if (Account* const account = Find(bounds.licence)) return account;
  if (accounts_.PushBack({.licence = bounds.licence})) return &accounts_[accounts_.size() - 1];
  // One that nobody uses and that a new one would not differ from but for reserved calls, which are lost.
  for (Account& account : accounts_) {
    if (account.held != 0) continue;
    if (account.room != 0) Fill(account, seconds);
    if (account.level < std::uint64_t{account.room} * kPerMinute) continue;
    account = {.licence = bounds.licence};
    return &account;
  }
  return Error(ErrorCode::kBusy, "as many licences have their calls counted as may be");
}

namespace {

// As much as lasts kReserveSeconds at the rate at which the last block was used up, and no more than a hundred and
// twenty-eighth of the budget: a restart loses what is left of it.
template <typename Account>
std::uint64_t BlockOf(const CallBounds& bounds, const Account& account, std::uint64_t seconds) {
  constexpr std::uint64_t kStep = 8;  // rates are guessed: neither a burst nor a pause changes blocks by more
  const std::uint64_t share = ShareOf(bounds);
  const std::uint64_t most = std::max(*bounds.budget / 128, share);
  if (account.block == 0) return share;
  const std::uint64_t took = std::max<std::uint64_t>(seconds - std::min(seconds, account.reserved_at), 1);
  const std::uint64_t last = std::min(account.block, UINT64_MAX / CallAccounts::kReserveSeconds);
  const std::uint64_t lasting = last * CallAccounts::kReserveSeconds / took;
  return std::clamp(std::clamp(lasting, last / kStep, last * kStep), share, most);
}

}  // namespace

// Takes from the meter what `wanted` needs beyond what is reserved already, and what will be needed for a while.
Status CallAccounts::Reserve(const CallBounds& bounds, Account& account, std::uint64_t wanted, std::uint64_t seconds) {
  if (!bounds.budget || account.reserved >= wanted) return {};
  const std::uint64_t block = std::max(BlockOf(bounds, account, seconds), wanted - account.reserved);
  EK_TRY_ASSIGN(const std::uint64_t more, meter_.Reserve(bounds.licence, block, *bounds.budget));
  account.block = block;
  account.reserved_at = seconds;
  account.reserved += more;
  return {};
}

Result<gate::DrawnCalls> CallAccounts::Draw(const CallBounds& bounds, Holding& holding, const gate::CallDraw& draw,
                                            std::uint64_t seconds) {
  EK_TRY_ASSIGN(Account* const account, FindOrOpen(bounds, seconds));
  if (bounds.per_minute) SetRoom(*account, bounds, seconds);
  // A cell may say what it likes: it never used or gives back more than it held.
  const std::uint64_t used = std::min(draw.used, holding.calls);
  const std::uint64_t back = std::min(draw.given_back, holding.calls - used);
  holding.calls -= used + back;
  account->held -= std::min(account->held, used + back);
  if (bounds.budget) account->reserved += back;
  if (bounds.per_minute) {
    account->level = std::min(account->level + back * kPerMinute, std::uint64_t{account->room} * kPerMinute);
  }
  if (draw.last) return gate::DrawnCalls{};
  std::uint64_t calls = ShareOf(bounds);
  if (bounds.per_minute) calls = std::min(calls, account->level / kPerMinute);
  if (calls == 0) {
    const std::uint64_t missing = kPerMinute - account->level % kPerMinute;
    return gate::DrawnCalls{.refusal = ErrorCode::kOverRate,
                            .retry_seconds = static_cast<std::uint32_t>((missing + account->room - 1) / account->room)};
  }
  EK_TRY(Reserve(bounds, *account, calls, seconds));
  if (bounds.budget) calls = std::min(calls, account->reserved);
  if (calls == 0) return gate::DrawnCalls{.refusal = ErrorCode::kOverBudget};
  if (bounds.budget) account->reserved -= calls;
  if (bounds.per_minute) account->level -= calls * kPerMinute;
  account->held += calls;
  holding.calls += calls;
  return gate::DrawnCalls{.calls = calls};
}

void CallAccounts::Drop(const CallBounds& bounds, Holding& holding) noexcept {
  Account* const account = Find(bounds.licence);
  if (account != nullptr) account->held -= std::min(account->held, holding.calls);
  holding = {};
}

Result<std::uint64_t> CallAccounts::Left(const CallBounds& bounds) const {
  EK_TRY_ASSIGN(const std::uint64_t reserved, meter_.Reserved(bounds.licence));
  const std::uint64_t budget = bounds.budget.value_or(0);
  const Account* const account = Find(bounds.licence);
  const std::uint64_t unused = account == nullptr ? 0 : account->reserved + account->held;
  return budget - std::min(budget, reserved) + unused;
}

}  // namespace edgekeep::keep
