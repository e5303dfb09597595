// What a session computes on.
#pragma once
#include "api.h"
#include "edgekeep/formats/product_policy.h"

namespace edgekeep::engine {

// Makes `options` ask for `provider`. Fails with kModelRefused where the library was built without it, or it cannot be
// used here; the options are then good for nothing. A provider may load libraries of its own and print.
Status UseProvider(const OrtApi& api, OrtSessionOptions* options, formats::ExecutionProvider provider);

// What the given one cannot compute is refused instead of computed on the CPU.
Status ForbidTheCpu(const OrtApi& api, OrtSessionOptions* options);

}  // namespace edgekeep::engine
