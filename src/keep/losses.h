// Cells that ended unasked, and what is told of them.
#pragma once
#include "state.h"

namespace edgekeep::keep {

// True when the keep itself ended it, for its licence was over. Takes the state's mutex.
bool WasStopped(KeepState& state, const ServingCell& serving);

// A cell of `product` that served since `started`, or loaded then.
struct LostCell {
  const ProductName& product;
  std::uint64_t started = 0;
  bool prepared = false;  // what it served, or loaded, is the prepared form
  ports::Cell& cell;
  bool hung = false;  // the keep ended it, for it did not answer in time
};

// Notes in the journal and for `status` that it ended unasked, and sets a prepared form aside that crashes cells again
// and again. Returns when the next one may be started. Takes the state's mutex.
std::uint64_t NoteCrash(KeepState& state, const LostCell& lost);

// The same of one that served, once and unless it was stopped.
std::uint64_t NoteLoss(KeepState& state, const ServingCell& lost);

}  // namespace edgekeep::keep
