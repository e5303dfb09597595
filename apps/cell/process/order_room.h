// Where an order is received and kept: secret pages, mapped before the lock-down forbids making any.
#pragma once
#include <memory>
#include <new>

#include "edgekeep/gate/cell_orders.h"
#include "edgekeep/gate/frame.h"
#include "secret_pages.h"

namespace edgekeep::cell {

class OrderRoom {
 public:
  static Result<OrderRoom> Map() {
    EK_TRY_ASSIGN(SecretPages pages, SecretPages::Map(kObject + kObjectRoom));
    return OrderRoom(std::move(pages));
  }

  // All of it.
  MutableByteView bytes() noexcept { return pages_.bytes(); }

  // For one frame as it comes from the control socket.
  MutableByteView frame() noexcept { return pages_.bytes().first(gate::kMaxFrameSize); }

  // Moves `order` into the room, for as long as the room lives, and wipes the frame. Once.
  template <typename Order>
  const Order& Keep(Order&& order) {
    static_assert(sizeof(Order) <= kObjectRoom && alignof(Order) <= 64);
    static_assert(std::is_nothrow_move_constructible_v<Order>);
    Wipe(frame());
    return *::new (pages_.bytes().data() + kObject) Order(std::forward<Order>(order));
  }

 private:
  static constexpr std::size_t kObject = (gate::kMaxFrameSize + 63) / 64 * 64;
  static constexpr std::size_t kObjectRoom = 4096;

  explicit OrderRoom(SecretPages pages) noexcept : pages_(std::move(pages)) {}

  SecretPages pages_;
};

}  // namespace edgekeep::cell
