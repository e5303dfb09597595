// SessionCount: how many sessions of which product are open, and for whom.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/keep/session.h"

namespace edgekeep::keep {

// Any number of threads.
class SessionCount {
 public:
  static constexpr std::uint32_t kMost = 128;

  struct Bounds {
    std::uint32_t sessions = kMost;  // at most kMost, whatever this says
    std::uint32_t sessions_of_one_user = kMost;
    // Each product that is open takes a cell.
    std::uint32_t products_of_one_user = kMost;
  };

  explicit SessionCount(const Bounds& bounds) noexcept : bounds_(bounds) {}

  // Fails with kBusy when as many sessions are open as may be, in all or for this user, or when this user has as many
  // products open as one may have; or as many as an operations policy allows, of which one user has the same share.
  Status Add(const SessionKey& key, std::optional<std::uint32_t> allowed = std::nullopt);
  void Remove(const SessionKey& key) noexcept;
  std::uint32_t Of(const ProductName& product) const noexcept;

 private:
  std::uint32_t OfOneUser(std::optional<std::uint32_t> allowed) const noexcept;
  std::uint32_t ProductsOf(std::uint32_t user) const noexcept;

  mutable std::mutex mutex_;
  Bounds bounds_;
  InlineVector<SessionKey, kMost> open_;  // in no order
};

// One place in the count, given back when it ends unless it was kept.
class SessionPlace {
 public:
  static Result<SessionPlace> Take(SessionCount& count, const SessionKey& key, std::optional<std::uint32_t> allowed);

  SessionPlace(SessionPlace&& other) noexcept : count_(std::exchange(other.count_, nullptr)), key_(other.key_) {}

  SessionPlace& operator=(SessionPlace&&) = delete;

  ~SessionPlace() {
    if (count_ != nullptr) count_->Remove(key_);
  }

  const SessionKey& key() const noexcept { return key_; }

  // From now on somebody else gives it back.
  void Keep() noexcept { count_ = nullptr; }

 private:
  SessionPlace(SessionCount& count, const SessionKey& key) noexcept : count_(&count), key_(key) {}

  SessionCount* count_;
  SessionKey key_;
};

}  // namespace edgekeep::keep
