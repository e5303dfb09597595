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
// Fails with kModelRefused.
Result<Library> OpenLibrary(const char* path);

}  // namespace edgekeep::engine
