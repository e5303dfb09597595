#include "library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string_view>

namespace edgekeep::engine {
namespace {

Error Refused(const char* where) {
  return Error(ErrorCode::kModelRefused, where);
}

// Where the spawner has set it already, in cells, the environment is only read.
Status TurnTelemetryOff() {
  constexpr const char* kVariable = "ORT_DISABLE_TELEMETRY";
  const char* const set = getenv(kVariable);
  if (set != nullptr && std::string_view(set) == "1") return {};
  if (setenv(kVariable, "1", 1) != 0) return Error(ErrorCode::kNoMemory, "engine: telemetry cannot be turned off");
  return {};
}

}  // namespace

Result<Library> OpenLibrary(const char* path) {
  if (path == nullptr || path[0] != '/') return Error(ErrorCode::kBadArgument, "engine: library path");
  EK_TRY(TurnTelemetryOff());
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
