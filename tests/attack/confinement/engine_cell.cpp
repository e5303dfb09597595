// Runs in a cell's place: confines itself as a cell does, with the real inference engine loaded, then computes what it
// is ordered to. Without --purpose it does the same unconfined: the control. Orders carry a model's descriptor; the
// first byte of the body is the number of threads, the second asks for the model's prepared form to be saved as well.
#include <dlfcn.h>
#include <onnxruntime_c_api.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/isolation/process/lock_down.h"
#include "edgekeep/isolation/process/memory_lock.h"
#include "edgekeep/isolation/process/namespaces.h"

namespace edgekeep::attack {
namespace {

using isolation::Purpose;

const OrtApi* api = nullptr;

void Check(OrtStatus* status) {
  if (status != nullptr) _exit(9);
}

OrtEnv* LoadEngine(const char* path) {
  void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) _exit(isolation::kExitNoEngine);
  const auto base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
  api = base()->GetApi(21);
  OrtEnv* env = nullptr;
  Check(api->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "cell", &env));
  return env;
}

std::vector<char> ReadAll(int file) {
  struct stat found{};
  fstat(file, &found);
  std::vector<char> bytes(static_cast<std::size_t>(found.st_size));
  if (pread(file, bytes.data(), bytes.size(), 0) != found.st_size) _exit(8);
  return bytes;
}

OrtSession* Load(OrtEnv* env, const std::vector<char>& model, int threads, bool save) {
  OrtSessionOptions* options = nullptr;
  Check(api->CreateSessionOptions(&options));
  Check(api->SetIntraOpNumThreads(options, threads));
  if (save) Check(api->SetOptimizedModelFilePath(options, "/scratch/prepared.onnx"));
  OrtSession* session = nullptr;
  Check(api->CreateSessionFromArray(env, model.data(), model.size(), options, &session));
  return session;
}

// The text-direction classifier: x[1,3,48,192] → [1,2].
std::array<float, 2> Classify(OrtSession* session) {
  std::vector<float> picture(std::size_t{3} * 48 * 192);
  for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<float>(i % 251) / 251.0F;
  const std::int64_t shape[] = {1, 3, 48, 192};
  OrtMemoryInfo* memory = nullptr;
  Check(api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
  OrtValue* input = nullptr;
  Check(api->CreateTensorWithDataAsOrtValue(memory, picture.data(), picture.size() * sizeof(float), shape, 4,
                                            ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &input));
  OrtAllocator* allocator = nullptr;
  Check(api->GetAllocatorWithDefaultOptions(&allocator));
  char* input_name = nullptr;
  char* output_name = nullptr;
  Check(api->SessionGetInputName(session, 0, allocator, &input_name));
  Check(api->SessionGetOutputName(session, 0, allocator, &output_name));
  OrtValue* output = nullptr;
  Check(api->Run(session, nullptr, &input_name, &input, 1, &output_name, 1, &output));
  float* scores = nullptr;
  Check(api->GetTensorMutableData(output, reinterpret_cast<void**>(&scores)));
  return {scores[0], scores[1]};
}

bool Confine(Purpose purpose, const char* engine, std::uint64_t pool_bytes, OrtEnv*& env) {
  if (!isolation::LockMemory(pool_bytes) || !isolation::EnterOwnUserNamespace()) return false;
  if (!isolation::LockDownForLoading(purpose)) return false;
  env = LoadEngine(engine);
  return static_cast<bool>(isolation::LockDown(purpose));
}

int Serve(OrtEnv* env) {
  gate::Channel keep{gate::Descriptor(isolation::kControlDescriptor)};
  if (!keep.Send(gate::Command::kCellHello, 0, AsBytes("engine"))) return 1;
  static std::array<std::uint8_t, gate::kMaxFrameSize> buffer;
  for (;;) {
    const auto message = keep.Receive(buffer, gate::kForever);
    if (!message || message->num_descriptors != 1 || message->frame.body.size() != 2) return 0;
    const std::vector<char> model = ReadAll(message->descriptors[0].get());
    OrtSession* const session = Load(env, model, message->frame.body[0], message->frame.body[1] != 0);
    const std::array<float, 2> scores = Classify(session);
    api->ReleaseSession(session);
    std::array<std::uint8_t, sizeof scores> answer{};
    std::memcpy(answer.data(), scores.data(), sizeof scores);
    if (!keep.Send(message->frame.header.command, message->frame.header.id, answer)) return 1;
  }
}

int Main(int count, char** values) {
  const char* engine = nullptr;
  const char* purpose = nullptr;
  std::uint64_t pool_bytes = 0;
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::strcmp(values[i], "--engine") == 0) engine = values[i + 1];
    if (std::strcmp(values[i], "--purpose") == 0) purpose = values[i + 1];
    if (std::strcmp(values[i], "--pool-bytes") == 0) pool_bytes = std::strtoull(values[i + 1], nullptr, 10);
  }
  OrtEnv* env = nullptr;
  if (purpose == nullptr) {
    env = LoadEngine(engine);
  } else if (!Confine(std::strcmp(purpose, "install") == 0 ? Purpose::kInstall : Purpose::kServe, engine, pool_bytes,
                      env)) {
    return isolation::kExitNotConfined;
  }
  return Serve(env);
}

}  // namespace
}  // namespace edgekeep::attack

int main(int count, char** values) {
  return edgekeep::attack::Main(count, values);
}
