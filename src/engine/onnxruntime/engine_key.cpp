#include "edgekeep/engine/onnxruntime/engine_key.h"

#include <array>

#include "edgekeep/base/hex.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::engine {

Result<formats::EngineKey> MakeEngineKey(std::string_view version, ByteView library_sha256) {
  if (library_sha256.size() != 32) return Error(ErrorCode::kBadArgument, "engine digest");
  std::array<std::uint8_t, 128> buffer;
  Writer out(buffer);
  const auto digest = ToHex(library_sha256.first(8));
  const auto cpu = CpuFeatures();
  for (const std::string_view part :
       {version, std::string_view("-"), digest.view(), std::string_view("/"), cpu.view()}) {
    EK_TRY(out.WriteBytes(AsBytes(part)));
  }
  return formats::EngineKey::From(AsText(out.written()));
}

}  // namespace edgekeep::engine
