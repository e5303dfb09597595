// Prepared forms: disposable caches of canonical packages, remade when engine or processor change.
#pragma once
#include "state.h"

namespace edgekeep::keep {

// Waits until a form is due (ProductNote) or the keep is ending; false then.
bool AwaitDueForm(KeepState& state);

// Remakes the forms that are due, each from its canonical slot file in a cell of its own, and commits them. What fails
// is noted in the journal and costs speed only; an engine that has no form for a model is remembered. Where an install
// is running, or no cell is free, the next open asks again.
void RemakeDueForms(KeepState& state);

}  // namespace edgekeep::keep
