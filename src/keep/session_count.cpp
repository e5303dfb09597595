#include "session_count.h"

namespace edgekeep::keep {

Status SessionCount::Add(const ProductName& product) {
  const std::lock_guard lock(mutex_);
  if (total_ >= max_) return Error(ErrorCode::kBusy, "as many models are open as may be");
  EK_TRY_ASSIGN(Entry* const entry, EntryFor(product));
  entry->num_open += 1;
  total_ += 1;
  return {};
}

// An entry that counts nothing is anybody's.
Result<SessionCount::Entry*> SessionCount::EntryFor(const ProductName& product) {
  Entry* unused = nullptr;
  for (Entry& entry : entries_) {
    if (entry.product == product) return &entry;
    if (entry.num_open == 0) unused = &entry;
  }
  if (unused == nullptr) {
    EK_TRY(entries_.PushBack({}));
    unused = &entries_[entries_.size() - 1];
  }
  *unused = {product, 0};
  return unused;
}

void SessionCount::Remove(const ProductName& product) noexcept {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.product == product && entry.num_open > 0) {
      entry.num_open -= 1;
      total_ -= 1;
    }
  }
}

std::uint32_t SessionCount::Of(const ProductName& product) const noexcept {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.product == product) return entry.num_open;
  }
  return 0;
}

Result<SessionPlace> SessionPlace::Take(SessionCount& count, const ProductName& product) {
  EK_TRY(count.Add(product));
  return SessionPlace(count, product);
}

}  // namespace edgekeep::keep
