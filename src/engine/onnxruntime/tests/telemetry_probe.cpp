// Computes once in a process of its own: telemetry_probe loaded|bare MODEL. "loaded" goes through this module; "bare"
// is the library alone, as its maker ships it.
#include <cstdio>
#include <string_view>

#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"
#include "plain_runtime.h"

namespace edgekeep::engine::testing {
namespace {

constexpr std::array<std::int64_t, 1> kShape = {2};
const std::vector<float> kValues = {1, 2};

int RunLoaded(const std::string& path) {
  OnnxRuntime runtime;
  const std::string model = ReadFile(path);
  auto session = runtime.engine().LoadCanonical(AsBytes(model), {}, {.threads = 1});
  EK_CHECK(session);
  OutputRecorder recorder;
  const InputTensor input = Input(0, 1, kShape, kValues);
  EK_CHECK((*session)->Run({&input, 1}, recorder));
  return recorder.outputs.size() == 1 ? 0 : 1;
}

int RunBare(const std::string& path) {
  PlainRuntime plain;
  return plain.Run(path, kShape, kValues, "y", 1).size() == kValues.size() * sizeof(float) ? 0 : 1;
}

}  // namespace
}  // namespace edgekeep::engine::testing

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: telemetry_probe loaded|bare MODEL\n", stderr);
    return 2;
  }
  const bool bare = std::string_view(arguments[1]) == "bare";
  return bare ? edgekeep::engine::testing::RunBare(arguments[2]) : edgekeep::engine::testing::RunLoaded(arguments[2]);
}
