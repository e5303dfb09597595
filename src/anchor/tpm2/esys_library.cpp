#include "esys_library.h"

#include <dlfcn.h>
#include <stdlib.h>

namespace edgekeep::anchor {
namespace {

constexpr const char* kLibrary = "libtss2-esys.so.0";

EsysCalls loaded_calls;
bool is_loaded = false;

}  // namespace

Result<const EsysCalls*> LoadEsys() {
  if (is_loaded) return &loaded_calls;
  if (setenv("TSS2_LOG", "all+NONE", 1) != 0) return Error(ErrorCode::kNoMemory, "tpm2: TSS2_LOG");
  // Local: what the library was linked to, another OpenSSL among it, is nobody else's.
  void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return Error(ErrorCode::kNotFound, "tpm2: libtss2-esys.so.0 is not installed");
  EsysCalls calls;
#define EK_ESYS_LOAD(name)                                                              \
  calls.name = reinterpret_cast<decltype(&Esys_##name)>(dlsym(library, "Esys_" #name)); \
  if (calls.name == nullptr) return Error(ErrorCode::kUnsupported, "tpm2: libtss2-esys is too old");
  EK_ESYS_CALLS(EK_ESYS_LOAD)
#undef EK_ESYS_LOAD
  loaded_calls = calls;
  is_loaded = true;
  return &loaded_calls;
}

}  // namespace edgekeep::anchor
