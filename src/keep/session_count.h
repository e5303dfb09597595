// SessionCount: how many sessions of which product are open.
#pragma once
#include <cstdint>
#include <mutex>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

// Any number of threads.
class SessionCount {
 public:
  explicit SessionCount(std::uint32_t max) noexcept : max_(max) {}

  // Fails with kBusy when as many sessions are open as may be.
  Status Add(const ProductName& product);
  void Remove(const ProductName& product) noexcept;
  std::uint32_t Of(const ProductName& product) const noexcept;

 private:
  struct Entry {
    ProductName product;
    std::uint32_t num_open = 0;
  };

  Result<Entry*> EntryFor(const ProductName& product);

  mutable std::mutex mutex_;
  std::uint32_t max_;
  std::uint32_t total_ = 0;
  InlineVector<Entry, ports::kMaxStoredProducts> entries_;
};

// One place in the count, given back when it ends unless it was kept.
class SessionPlace {
 public:
  static Result<SessionPlace> Take(SessionCount& count, const ProductName& product);

  SessionPlace(SessionPlace&& other) noexcept
      : count_(std::exchange(other.count_, nullptr)), product_(other.product_) {}

  SessionPlace& operator=(SessionPlace&&) = delete;

  ~SessionPlace() {
    if (count_ != nullptr) count_->Remove(product_);
  }

  // From now on somebody else gives it back.
  void Keep() noexcept { count_ = nullptr; }

 private:
  SessionPlace(SessionCount& count, const ProductName& product) noexcept : count_(&count), product_(product) {}

  SessionCount* count_;
  ProductName product_;
};

}  // namespace edgekeep::keep
