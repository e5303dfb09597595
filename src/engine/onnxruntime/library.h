// The shared library, found by path.
#pragma once
#include "api.h"
#include "edgekeep/base/inline_string.h"

namespace edgekeep::engine {

struct Library {
  const OrtApi* api = nullptr;
  InlineString<63> version;  // "1.30.0"
};

// Loads the library for the life of the process: it has threads and destructors of its own that make unloading unsafe.
// Its maker builds in telemetry, which collects into files and reports: ORT_DISABLE_TELEMETRY=1 is set in this
// process's environment first, because a caller could forget it and a loaded library cannot be told any more. Writing
// there is sound while no other thread reads the environment; a process with threads starts with the variable set, as
// cells do. Fails with kModelRefused, or with kNoMemory when the variable cannot be set: never loads with telemetry on.
Result<Library> OpenLibrary(const char* path);

}  // namespace edgekeep::engine
