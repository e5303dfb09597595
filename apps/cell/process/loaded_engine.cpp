#include "loaded_engine.h"

#include <fcntl.h>
#include <unistd.h>

#include "edgekeep/engine/onnxruntime/engine.h"
#include "edgekeep/engine/onnxruntime/engine_key.h"
#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::cell {
namespace {

constexpr std::size_t kChunk = 1U << 20;

Result<Digest> DigestOfFile(const crypto::Provider& provider, const char* path) {
  const gate::Descriptor file(open(path, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return Error(ErrorCode::kNotFound, "engine: library");
  EK_TRY_ASSIGN(const auto hash, provider.NewHash(crypto::AlgorithmId::kSha256));
  EK_TRY_ASSIGN(Bytes chunk, Bytes::Allocate(kChunk));
  for (;;) {
    const ssize_t got = read(file.get(), chunk.mutable_view().data(), chunk.size());
    if (got < 0) return Error(ErrorCode::kIo, "engine: library");
    if (got == 0) break;
    EK_TRY(hash->Update(chunk.view().first(static_cast<std::size_t>(got))));
  }
  Digest digest;
  EK_TRY(hash->Finish(digest.mutable_view()));
  return digest;
}

}  // namespace

Result<LoadedEngine> LoadEngine(const crypto::Provider& provider, const char* library_path,
                                const char* scratch_directory) {
  EK_TRY_ASSIGN(const Digest digest, DigestOfFile(provider, library_path));
  LoadedEngine loaded;
  EK_TRY_ASSIGN(loaded.engine,
                engine::LoadOnnxRuntime({.library_path = library_path, .scratch_directory = scratch_directory}));
  EK_TRY_ASSIGN(loaded.key, engine::MakeEngineKey(loaded.engine->version(), digest.view()));
  return loaded;
}

}  // namespace edgekeep::cell
