#include "library.h"

#include <dlfcn.h>

#include <string_view>

namespace edgekeep::engine {
namespace {

Error Refused(const char* where) {
  return Error(ErrorCode::kModelRefused, where);
}

}  // namespace

Result<Library> OpenLibrary(const char* path) {
  if (path == nullptr || path[0] != '/') return Error(ErrorCode::kBadArgument, "engine: library path");
  void* const handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Refused("engine: the library does not load");
  using GetApiBase = const OrtApiBase*(ORT_API_CALL*)();
  const auto get_api_base = reinterpret_cast<GetApiBase>(dlsym(handle, "OrtGetApiBase"));
  if (get_api_base == nullptr) return Refused("engine: the library is no ONNX Runtime");
  const OrtApiBase* const base = get_api_base();
  const OrtApi* const api = base->GetApi(ORT_API_VERSION);
  if (api == nullptr) return Refused("engine: the library is older than its headers");
  return Library{.api = api, .version = InlineString<63>::Truncated(base->GetVersionString())};
}

}  // namespace edgekeep::engine
