// From "open" to the first answer: through Edgekeep, beside the same engine in this process from the plain file. The
// engine is loaded in this process before the clock starts; a cell loads it while the clock runs.
#include <string>
#include <thread>

#include "measurement.h"
#include "plain_session.h"
#include "protected_models.h"
#include "run_bench.h"
#include "runtime_file.h"

namespace edgekeep::bench {
namespace {

constexpr int kRounds = 9;

// Both sides take the threads that a device takes by itself.
std::uint32_t Threads() {
  return std::max(1U, std::thread::hardware_concurrency());
}

class FirstInference {
 public:
  FirstInference(ProtectedModels& device, PlainEngine& engine, const Model& model)
      : device_(device), engine_(engine), model_(model), values_(ValuesFor(model)) {
    Sealed();  // the first ones find cold caches
    Plain(model_.path, PlainSession::Form::kOnnx);
  }

  Pair BesideOnnx() {
    return MeasureInTurns(
        kRounds, [&] { return Sealed(); }, [&] { return Plain(model_.path, PlainSession::Form::kOnnx); });
  }

  Pair BesideDefaults() {
    return MeasureInTurns(
        kRounds, [&] { return Sealed(); }, [&] { return Time([&] { RuntimeFile(model_).Run(values_); }); });
  }

  Pair BesidePrepared() {
    const std::filesystem::path prepared = engine_.WritePrepared(model_);
    return MeasureInTurns(
        kRounds, [&] { return Sealed(); }, [&] { return Plain(prepared, PlainSession::Form::kPrepared); });
  }

  // No protection can be quicker.
  Pair PreparedBesideOnnx() {
    const std::filesystem::path prepared = engine_.WritePrepared(model_);
    return MeasureInTurns(
        kRounds, [&] { return Plain(prepared, PlainSession::Form::kPrepared); },
        [&] { return Plain(model_.path, PlainSession::Form::kOnnx); });
  }

 private:
  double Sealed() {
    device_.AwaitSpare();
    return Time([&] {
      app::Model opened = device_.Open(model_);
      Run(opened, model_, values_);
    });
  }

  double Plain(const std::filesystem::path& file, PlainSession::Form form) {
    return Time([&] { PlainSession(engine_, file, form, Threads()).Run(model_, values_); });
  }

  ProtectedModels& device_;
  PlainEngine& engine_;
  const Model& model_;
  std::vector<float> values_;
};

void Measure() {
  constexpr double kTargetBesideOnnx = 0.35, kTargetBesideBest = 1.2;  // of a convolutional network of 100 MB
  const test::TemporaryDirectory directory;
  PlainEngine engine;
  ProtectedModels device;
  for (const Model& model : OcrModels()) {
    device.Install(model);
    Print(RatioOf("first inference, " + model.name + " ÷ plain ONNX", "in process, from the ONNX file",
                  FirstInference(device, engine, model).BesideOnnx()));
  }
  const Model large = MakeResNet50(directory.path());
  device.Install(large);
  FirstInference first(device, engine, large);
  Print(RatioOf("first inference, 102 MB ResNet-50 ÷ plain ONNX", "in process, from the ONNX file", first.BesideOnnx(),
                kTargetBesideOnnx));
  Print(RatioOf("first inference, 102 MB ResNet-50 ÷ ONNX Runtime's defaults",
                "in process, from the ONNX file by its path, default settings", first.BesideDefaults(),
                kTargetBesideOnnx));
  Print(RatioOf("first inference, 102 MB ResNet-50 ÷ best plain form", "in process, from the prepared form",
                first.BesidePrepared(), kTargetBesideBest));
  Print(RatioOf("first inference, 102 MB ResNet-50: best plain form ÷ plain ONNX", "in process, from the ONNX file",
                first.PreparedBesideOnnx()));
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("first_inference_bench", edgekeep::bench::Measure);
}
