// The inference engine of a cell, with the key that names it.
#pragma once
#include <memory>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/engine/engine.h"
#include "edgekeep/formats/slot_file.h"

namespace edgekeep::cell {

struct LoadedEngine {
  std::unique_ptr<engine::Engine> engine;
  formats::EngineKey key;
};

// Measures the library, then loads it. `scratch_directory` may be null. Starts no thread. Fails with kModelRefused or
// kNotFound when there is no such engine.
Result<LoadedEngine> LoadEngine(const crypto::Provider& provider, const char* library_path,
                                const char* scratch_directory);

}  // namespace edgekeep::cell
