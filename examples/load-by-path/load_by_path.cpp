// load-by-path MODEL SHAPE OUTPUT.raw: a program that knows nothing of Edgekeep. It has ONNX Runtime load the
// file MODEL, runs it once over float32 numbers of its own making, and writes the first output. SHAPE is "1x3x48x192".
// The library is $ONNXRUNTIME.
#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

const OrtApi* ort = nullptr;

void Check(OrtStatus* status) {
  if (status == nullptr) return;
  std::fprintf(stderr, "%s\n", ort->GetErrorMessage(status));
  std::exit(1);
}

void LoadLibrary() {
  // Its maker's telemetry leaves files in whatever directory a test runs in.
  ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  const char* const path = std::getenv("ONNXRUNTIME");
  void* const library = path == nullptr ? nullptr : ::dlopen(path, RTLD_NOW);
  void* const base = library == nullptr ? nullptr : ::dlsym(library, "OrtGetApiBase");
  if (base == nullptr) {
    std::fputs("no library at $ONNXRUNTIME\n", stderr);
    std::exit(2);
  }
  ort = reinterpret_cast<const OrtApiBase* (*)()>(base)()->GetApi(ORT_API_VERSION);
}

std::vector<std::int64_t> ParseShape(const std::string& text) {
  std::vector<std::int64_t> shape;
  std::istringstream in(text);
  for (std::string dimension; std::getline(in, dimension, 'x');) shape.push_back(std::stoll(dimension));
  return shape;
}

OrtSession* Load(const char* model) {
  OrtEnv* environment = nullptr;
  OrtSessionOptions* options = nullptr;
  OrtSession* session = nullptr;
  Check(ort->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "load-by-path", &environment));
  Check(ort->CreateSessionOptions(&options));
  Check(ort->SetIntraOpNumThreads(options, 1));
  Check(ort->CreateSession(environment, model, options, &session));
  return session;
}

OrtValue* MakeInput(std::vector<float>& numbers, const std::vector<std::int64_t>& shape) {
  OrtMemoryInfo* memory = nullptr;
  OrtValue* input = nullptr;
  Check(ort->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
  Check(ort->CreateTensorWithDataAsOrtValue(memory, numbers.data(), numbers.size() * sizeof(float), shape.data(),
                                            shape.size(), ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &input));
  return input;
}

std::string Run(OrtSession* session, const OrtValue* input) {
  OrtAllocator* allocator = nullptr;
  char* names[2] = {};
  OrtValue* output = nullptr;
  Check(ort->GetAllocatorWithDefaultOptions(&allocator));
  Check(ort->SessionGetInputName(session, 0, allocator, &names[0]));
  Check(ort->SessionGetOutputName(session, 0, allocator, &names[1]));
  Check(ort->Run(session, nullptr, &names[0], &input, 1, &names[1], 1, &output));
  OrtTensorTypeAndShapeInfo* info = nullptr;
  std::size_t count = 0;
  void* data = nullptr;
  Check(ort->GetTensorTypeAndShape(output, &info));
  Check(ort->GetTensorShapeElementCount(info, &count));
  Check(ort->GetTensorMutableData(output, &data));
  return {static_cast<const char*>(data), count * sizeof(float)};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: load-by-path MODEL SHAPE OUTPUT.raw\n", stderr);
    return 2;
  }
  LoadLibrary();
  const std::vector<std::int64_t> shape = ParseShape(arguments[2]);
  std::size_t elements = 1;
  for (const std::int64_t dimension : shape) elements *= static_cast<std::size_t>(dimension);
  std::vector<float> numbers(elements);
  for (std::size_t i = 0; i < elements; ++i) numbers[i] = static_cast<float>(i % 1000) / 500 - 1;
  std::ofstream(arguments[3], std::ios::binary) << Run(Load(arguments[1]), MakeInput(numbers, shape));
  return 0;
}
