// The engine key: what a prepared form was made by and for.
#pragma once
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/formats/slot_file.h"

namespace edgekeep::engine {

// Returns "VERSION-DIGEST/CPU": the engine's version, the first 16 hexadecimal digits of the library's SHA-256, and
// this CPU (CpuFeatures). Fails with kTooLarge for a version that leaves no room.
Result<formats::EngineKey> MakeEngineKey(std::string_view version, ByteView library_sha256);

// Returns the architecture and those of its features that change which code and weight layout the engine chooses:
// "x86_64-avx2-fma-avx512f-…".
InlineString<96> CpuFeatures();

}  // namespace edgekeep::engine
