// ONNX Runtime behind the Engine interface, loaded by path at run time through its C interface only.
#pragma once
#include <memory>

#include "edgekeep/base/result.h"
#include "edgekeep/engine/engine.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"

namespace edgekeep::engine {

struct OnnxRuntimeSettings {
  const char* library_path = nullptr;  // absolute; whoever passes it has measured the file
  // A directory nobody else can enter, in memory (tmpfs): Prepare's form passes through it, because ONNX Runtime writes
  // it only to files. Absent: Prepare fails with kUnsupported.
  const char* scratch_directory = nullptr;
  // Where sessions keep their own copies of weights, activations and outputs; must outlive the engine. Absent: in the
  // engine's own arenas, which are not zeroed.
  TensorMemory* tensor_memory = nullptr;
};

// Loads the library into this process, for good, and makes its environment. The library prints nothing, its threads
// never spin, and its telemetry is off: ORT_DISABLE_TELEMETRY=1 is set in this process's environment unless it is
// there, so call this before threads that read the environment start. Sessions must end before the engine. Fails with
// kModelRefused when the file is no ONNX Runtime of interface version 21 or later.
Result<std::unique_ptr<Engine>> LoadOnnxRuntime(const OnnxRuntimeSettings& settings);

}  // namespace edgekeep::engine
