#include "session_count.h"

#include <algorithm>

namespace edgekeep::keep {

Status SessionCount::Add(const SessionKey& key, std::optional<std::uint32_t> allowed) {
  const std::lock_guard lock(mutex_);
  if (allowed && open_.size() >= *allowed)
    return Error(ErrorCode::kBusy, "as many sessions as the operations policy allows");
  if (open_.size() >= std::min(bounds_.sessions, kMost)) return Error(ErrorCode::kBusy, "as many sessions as may be");
  const auto of_user = std::ranges::count(open_, key.user, &SessionKey::user);
  if (of_user >= static_cast<std::int64_t>(OfOneUser(allowed))) {
    return Error(ErrorCode::kBusy, "this user has as many sessions as one may have");
  }
  const auto is_same = [&](const SessionKey& open) { return open.user == key.user && open.product == key.product; };
  if (!std::ranges::any_of(open_, is_same) && ProductsOf(key.user) >= bounds_.products_of_one_user) {
    return Error(ErrorCode::kBusy, "this user has as many models open as one may have");
  }
  return open_.PushBack(key);
}

// One user's share of fewer sessions is as large as of all.
std::uint32_t SessionCount::OfOneUser(std::optional<std::uint32_t> allowed) const noexcept {
  const std::uint32_t of_one = bounds_.sessions_of_one_user;
  if (!allowed || *allowed >= bounds_.sessions) return of_one;
  const std::uint64_t share = std::uint64_t{of_one} * *allowed / bounds_.sessions;
  return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(share));
}

// Each is counted where it comes first.
std::uint32_t SessionCount::ProductsOf(std::uint32_t user) const noexcept {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].user != user) continue;
    const auto is_same = [&](const SessionKey& open) { return open.user == user && open.product == open_[i].product; };
    if (std::ranges::none_of(open_.view().first(i), is_same)) ++count;
  }
  return count;
}

void SessionCount::Remove(const SessionKey& key) noexcept {
  const std::lock_guard lock(mutex_);
  for (SessionKey& open : open_) {
    if (open.user != key.user || !(open.product == key.product)) continue;
    open = open_[open_.size() - 1];
    open_.PopBack();
    return;
  }
}

std::uint32_t SessionCount::Of(const ProductName& product) const noexcept {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint32_t>(std::ranges::count(open_, product, &SessionKey::product));
}

Result<SessionPlace> SessionPlace::Take(SessionCount& count, const SessionKey& key,
                                        std::optional<std::uint32_t> allowed) {
  EK_TRY(count.Add(key, allowed));
  return SessionPlace(count, key);
}

}  // namespace edgekeep::keep
