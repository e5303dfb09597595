// Private memory for one call's tensors, kept for the next.
#pragma once
#include "edgekeep/base/secret.h"

namespace edgekeep::cell {

// How much more than a call needs may stay from the one before.
inline constexpr std::size_t kMostToSpare = 1 << 20;

// Makes `room` as large as `needed` at least; what it held is wiped where it does not stay. Nearly as large as twice
// that at most: the call before may have been somebody else's, and large.
inline Status MakeRoom(std::size_t needed, SecretBytes& room) {
  if (room.size() >= needed && room.size() - needed <= needed + kMostToSpare) return {};
  room = SecretBytes();
  EK_TRY_ASSIGN(room, SecretBytes::Allocate(needed));
  return {};
}

}  // namespace edgekeep::cell
