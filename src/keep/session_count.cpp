#include "session_count.h"

#include <algorithm>

namespace edgekeep::keep {

Status SessionCount::Add(const SessionKey& key) {
  const std::lock_guard lock(mutex_);
  if (open_.size() >= std::min(max_, kMost)) return Error(ErrorCode::kBusy, "as many models are open as may be");
  const auto of_user = std::ranges::count(open_, key.user, &SessionKey::user);
  if (of_user >= static_cast<std::int64_t>(max_of_one_user_)) {
    return Error(ErrorCode::kBusy, "this user has as many models open as one may have");
  }
  return open_.PushBack(key);
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

Result<SessionPlace> SessionPlace::Take(SessionCount& count, const SessionKey& key) {
  EK_TRY(count.Add(key));
  return SessionPlace(count, key);
}

}  // namespace edgekeep::keep
