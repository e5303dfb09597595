// Session options, one function for each way a model is loaded.
#pragma once
#include <span>

#include "api.h"
#include "edgekeep/engine/engine.h"

namespace edgekeep::engine {

// For ONNX from memory: every optimisation.
Result<Handle<OrtSessionOptions>> OptionsForCanonical(const OrtApi& api, const Options& options,
                                                      std::span<const SideFile> side_files);
// As OptionsForCanonical, and writes the optimised model to `path` in ONNX Runtime's own format.
Result<Handle<OrtSessionOptions>> OptionsForPreparing(const OrtApi& api, std::span<const SideFile> side_files,
                                                      const char* path);
// For a prepared form: nothing is optimised again, and the given bytes stay the weights.
Result<Handle<OrtSessionOptions>> OptionsForPrepared(const OrtApi& api, const Options& options);

}  // namespace edgekeep::engine
