// A session of ONNX Runtime as a Session.
#pragma once
#include <memory>

#include "api.h"
#include "edgekeep/engine/engine.h"

namespace edgekeep::engine {

// Makes a session of `model`, which it may go on using. Fails with kModelRefused, kNoMemory.
Result<std::unique_ptr<Session>> MakeSession(const OrtApi& api, const OrtEnv& environment, ByteView model,
                                             const OrtSessionOptions& options);

}  // namespace edgekeep::engine
