#include "loaded_engine.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include "edgekeep/engine/onnxruntime/engine.h"
#include "edgekeep/engine/onnxruntime/engine_key.h"
#include "edgekeep/isolation/process/purpose.h"
#include "engine_digest.h"

namespace edgekeep::cell {

Result<LoadedEngine> LoadEngine(const crypto::Provider& provider, const EngineFile& file, const EnginePlaces& places) {
  const gate::Descriptor library(open(file.path, O_RDONLY | O_CLOEXEC));
  if (!library.valid()) return Error(ErrorCode::kNotFound, "engine: library");
  EK_TRY_ASSIGN(const Digest digest, DigestOf(provider, library, file.digest));
  LoadedEngine loaded;
  if (!places.tensors.empty()) loaded.tensor_memory = std::make_unique<engine::TensorMemory>(places.tensors);
  EK_TRY_ASSIGN(loaded.engine, engine::LoadOnnxRuntime({.library_path = file.path,
                                                        .scratch_directory = places.scratch_directory,
                                                        .tensor_memory = loaded.tensor_memory.get()}));
  EK_TRY_ASSIGN(loaded.key, engine::MakeEngineKey(loaded.engine->version(), digest.view()));
  // It is mapped; a cell holds no descriptor that it does not need.
  if (file.path == std::string_view(isolation::kEnginePath)) close(isolation::kEngineDescriptor);
  return loaded;
}

}  // namespace edgekeep::cell
