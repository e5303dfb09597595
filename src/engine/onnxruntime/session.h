// A session of ONNX Runtime as a Session.
#pragma once
#include <memory>

#include "api.h"
#include "edgekeep/engine/engine.h"
#include "env_allocator.h"

namespace edgekeep::engine {

// What sessions are made with; all of it outlives them.
struct SessionParts {
  const OrtApi& api;
  const OrtEnv& environment;
  EnvAllocator* allocator = nullptr;  // null: the engine's own
};

// Makes a session of `model`, which it may go on using. `options` ask for `provider`. Fails with kModelRefused, or with
// kNoMemory where the allocator refused something for its budget.
Result<std::unique_ptr<Session>> MakeSession(const SessionParts& parts, ByteView model,
                                             const OrtSessionOptions& options, formats::ExecutionProvider provider);

}  // namespace edgekeep::engine
