#include "engine_digest.h"

#include <fcntl.h>
#include <unistd.h>

namespace edgekeep::cell {
namespace {

constexpr std::size_t kChunk = 1U << 20;
constexpr int kUnchangeable = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

}  // namespace

Result<Digest> MeasureEngine(const crypto::Provider& provider, const gate::Descriptor& library) {
  EK_TRY_ASSIGN(const auto hash, provider.NewHash(crypto::AlgorithmId::kSha256));
  EK_TRY_ASSIGN(Bytes chunk, Bytes::Allocate(kChunk));
  for (off_t at = 0;;) {
    const ssize_t got = pread(library.get(), chunk.mutable_view().data(), chunk.size(), at);
    if (got < 0) return Error(ErrorCode::kIo, "engine: library");
    if (got == 0) break;
    EK_TRY(hash->Update(chunk.view().first(static_cast<std::size_t>(got))));
    at += got;
  }
  Digest digest;
  EK_TRY(hash->Finish(digest.mutable_view()));
  return digest;
}

bool IsSealed(const gate::Descriptor& file) {
  const int seals = fcntl(file.get(), F_GET_SEALS);
  return seals >= 0 && (seals & kUnchangeable) == kUnchangeable;
}

Result<Digest> DigestOf(const crypto::Provider& provider, const gate::Descriptor& library,
                        const std::optional<Digest>& told) {
  if (told && IsSealed(library)) return *told;
  return MeasureEngine(provider, library);
}

}  // namespace edgekeep::cell
