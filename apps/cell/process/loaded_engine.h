// The inference engine of a cell, with the key that names it.
#pragma once
#include <memory>
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/engine/engine.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"
#include "edgekeep/formats/slot_file.h"

namespace edgekeep::cell {

struct LoadedEngine {
  std::unique_ptr<engine::TensorMemory> tensor_memory;  // null: the engine's own
  std::unique_ptr<engine::Engine> engine;
  formats::EngineKey key;
};

struct EngineFile {
  const char* path = nullptr;
  std::optional<Digest> digest;  // by whoever measured it; believed for a file that nobody can change
};

// Where the engine may write and compute.
struct EnginePlaces {
  const char* scratch_directory = nullptr;  // may be null
  MutableByteView tensors;                  // zero, aligned to 64 bytes; may be empty
};

// Measures the library where nobody did, then loads it. Starts no thread. Closes
// kEngineDescriptor if the library is there. Fails with kModelRefused or kNotFound when there is no such engine.
Result<LoadedEngine> LoadEngine(const crypto::Provider& provider, const EngineFile& file, const EnginePlaces& places);

}  // namespace edgekeep::cell
