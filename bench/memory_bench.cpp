// Memory of a cell that has a model loaded and has computed once, beside a plain process that has: no cell is started
// ahead, so nothing is shared with one. The ring is not counted: it is as large as the application asks for.
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "measurement.h"
#include "plain_session.h"
#include "process_counts.h"
#include "program.h"
#include "protected_models.h"
#include "require.h"
#include "run_bench.h"
#include "runtime_file.h"

namespace edgekeep::bench {
namespace {

constexpr std::uint32_t kThreads = 2;
constexpr const char* kRing = "edgekeep-ring";
constexpr const char* kDefaults = "--defaults";
constexpr const char* kPrepared = "--prepared";

std::vector<std::int64_t> ShapeFrom(const std::string& text) {
  std::vector<std::int64_t> shape;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('x', at), text.size());
    shape.push_back(std::stol(text.substr(at, end - at)));
    at = end + 1;
  }
  return shape;
}

std::string TextOf(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t dimension : shape) text += (text.empty() ? "" : "x") + std::to_string(dimension);
  return text;
}

// The plain process: loads, computes once, and prints what it holds then.
int BePlainProcess(const std::string& form, const std::filesystem::path& file, const std::string& shape) {
  const Model model{"plain", file, ShapeFrom(shape)};
  const std::vector<float> values = ValuesFor(model);
  if (form == kDefaults) {
    RuntimeFile session(model);
    session.Run(values);
    std::printf("%zu\n", test::ProportionalKib(::getpid(), ""));
  } else {
    const PlainEngine engine;
    PlainSession session(engine, file, PlainSession::Form::kPrepared, kThreads);
    session.Run(model, values);
    std::printf("%zu\n", test::ProportionalKib(::getpid(), ""));
  }
  return 0;
}

double MebibytesOfPlainProcess(const char* form, const std::filesystem::path& file, const Model& model) {
  const test::Outcome plain = test::RunProgram({"/proc/self/exe", form, file, TextOf(model.shape)});
  test::Require(plain.exit_code == 0, plain.err);
  return std::stod(plain.out) / 1024;
}

double MebibytesOfCell(const ProtectedModels& device, const Model& model) {
  app::Model opened = device.Open(model, kThreads);
  Run(opened, model, ValuesFor(model));
  return static_cast<double>(test::ProportionalKib(device.Cells().at(0), kRing)) / 1024;
}

void PrintRatio(const std::string& name, double cell, const std::string& baseline, double plain) {
  constexpr double kTarget = 1.15;
  char text[96];
  std::snprintf(text, sizeof text, ": %.1f MiB; the cell %.1f MiB", plain, cell);
  Print({.name = "memory, " + name + ": cell less its ring ÷ plain process",
         .value = cell / plain,
         .unit = "x",
         .baseline = baseline + text,
         .target = bench::TextOf(kTarget),
         .met = cell / plain <= kTarget});
}

void Measure() {
  const test::TemporaryDirectory directory;
  const Model models[] = {OcrModels().at(2), MakeResNet50(directory.path())};
  ProtectedModels device(ProtectedModels::Spare::kNone);
  for (const Model& model : models) {
    device.Install(model);
    const double cell = MebibytesOfCell(device, model);
    PrintRatio(model.name, cell, "ONNX Runtime's defaults, from the file",
               MebibytesOfPlainProcess(kDefaults, model.path, model));
    // Made by another process: this one's engine would share its pages.
    const std::filesystem::path prepared = directory / (model.name + ".prepared");
    const test::Outcome made = test::RunProgram({"/proc/self/exe", "--prepare", model.path, prepared});
    test::Require(made.exit_code == 0, made.err);
    PrintRatio(model.name + ", best", cell, "from the prepared form, in place",
               MebibytesOfPlainProcess(kPrepared, prepared, model));
  }
}

int Prepare(const std::filesystem::path& file, const std::filesystem::path& target) {
  PlainEngine engine;
  std::filesystem::copy_file(engine.WritePrepared({"plain", file, {}}), target);
  return 0;
}

}  // namespace
}  // namespace edgekeep::bench

int main(int count, char** words) {
  using namespace edgekeep::bench;
  if (count == 4 && std::strcmp(words[1], "--prepare") == 0) return Prepare(words[2], words[3]);
  if (count == 4) return BePlainProcess(words[1], words[2], words[3]);
  return RunBench("memory_bench", Measure);
}
