// A package whose model may be shown to an engine.
#pragma once
#include "edgekeep/engine/package.h"

namespace edgekeep::prepare {

// Fails with kMalformed for a wrong index, with kModelRefused for a model that module model refuses.
Result<engine::Package> ViewCheckedPackage(ByteView plaintext);

}  // namespace edgekeep::prepare
