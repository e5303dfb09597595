// Prepared forms: disposable caches of canonical packages, remade when engine or processor change.
#pragma once
#include "edgekeep/core/open.h"
#include "state.h"

namespace edgekeep::keep {

// Remakes the prepared form of what `record` names for the engine of `engine_key`, from the canonical slot file, and
// commits it. At every instant the record that counts names only complete files. Fails with kBusy while an install
// runs; kModelRefused when the engine has no prepared form for this model, which is then remembered.
Status RemakePreparedForm(KeepState& state, const core::AuthenticRecord& record, const core::OpenDecision& decision,
                          const gate::EngineKeyText& engine_key);

}  // namespace edgekeep::keep
