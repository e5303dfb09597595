#include "runtime_file.h"

#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <string>

#include "binaries.h"
#include "require.h"

namespace edgekeep::bench {
namespace {

const OrtApi& Api() {
  static const OrtApi* const api = [] {
    const std::string library = test::EngineLibrary();
    void* const handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    test::Require(handle != nullptr, library + " does not load");
    using GetApiBase = const OrtApiBase*(ORT_API_CALL*)();
    return reinterpret_cast<GetApiBase>(::dlsym(handle, "OrtGetApiBase"))()->GetApi(ORT_API_VERSION);
  }();
  return *api;
}

void Expect(OrtStatus* status) {
  if (status == nullptr) return;
  const std::string message = Api().GetErrorMessage(status);
  Api().ReleaseStatus(status);
  test::Require(false, message);
}

// One for the process, never released: sessions may end in any order.
const OrtEnv* Environment() {
  static const OrtEnv* const environment = [] {
    OrtEnv* made = nullptr;
    Expect(Api().CreateEnv(ORT_LOGGING_LEVEL_FATAL, "bench", &made));
    return made;
  }();
  return environment;
}

std::string NameOf(OrtSession* session,
                   OrtStatus*(ORT_API_CALL* get)(const OrtSession*, size_t, OrtAllocator*, char**)) {
  OrtAllocator* allocator = nullptr;
  char* name = nullptr;
  Expect(Api().GetAllocatorWithDefaultOptions(&allocator));
  Expect(get(session, 0, allocator, &name));
  std::string copy = name;
  Expect(Api().AllocatorFree(allocator, name));
  return copy;
}

}  // namespace

struct RuntimeFile::Parts {
  std::vector<std::int64_t> shape;
  OrtSession* session = nullptr;
  OrtMemoryInfo* memory = nullptr;
  std::string input;
  std::string output;

  ~Parts() {
    Api().ReleaseMemoryInfo(memory);
    Api().ReleaseSession(session);
  }
};

RuntimeFile::RuntimeFile(const Model& model) : parts_(std::make_unique<Parts>()) {
  OrtSessionOptions* options = nullptr;
  Expect(Api().CreateSessionOptions(&options));
  Expect(Api().CreateSession(Environment(), model.path.c_str(), options, &parts_->session));
  Api().ReleaseSessionOptions(options);
  Expect(Api().CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &parts_->memory));
  parts_->shape = model.shape;
  parts_->input = NameOf(parts_->session, Api().SessionGetInputName);
  parts_->output = NameOf(parts_->session, Api().SessionGetOutputName);
}

RuntimeFile::~RuntimeFile() = default;

void RuntimeFile::Run(const std::vector<float>& values) {
  OrtValue* input = nullptr;
  OrtValue* output = nullptr;
  // The interface takes void* and writes to no input.
  Expect(Api().CreateTensorWithDataAsOrtValue(parts_->memory, const_cast<float*>(values.data()),
                                              values.size() * sizeof(float), parts_->shape.data(), parts_->shape.size(),
                                              ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &input));
  const char* const input_name = parts_->input.c_str();
  const char* const output_name = parts_->output.c_str();
  Expect(Api().Run(parts_->session, nullptr, &input_name, &input, 1, &output_name, 1, &output));
  Api().ReleaseValue(input);
  Api().ReleaseValue(output);
}

}  // namespace edgekeep::bench
