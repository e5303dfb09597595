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
};

// Notes in the journal and for `status` that it ended unasked, and sets a prepared form aside that crashes cells again
// and again. Returns when the next one may be started. Takes the state's mutex.
std::uint64_t NoteCrash(KeepState& state, const LostCell& lost);

// A cell did not get the product's prepared form loaded in time and was ended. It is no crash: the next one may start
// at once, and where that goes on in a row the form is set aside. Takes the state's mutex.
void NoteSlowForm(KeepState& state, const ProductName& product);

// Of a crash of one that served, once and unless it was stopped.
std::uint64_t NoteLoss(KeepState& state, const ServingCell& lost);

}  // namespace edgekeep::keep
