// Opening an installed model of 102 MB, from the application's request to a cell that answers: beside a bare read of
// the same file into fresh huge pages, and beside decryption alone. What a smaller model takes is the fixed cost. A
// cell is ready, as on a device that opens models now and then; what it takes without is a row of its own.
#include <cstdio>
#include <string>

#include "aes_in_memory.h"
#include "age_file.h"
#include "fresh_pages.h"
#include "measurement.h"
#include "openvino_like.h"
#include "protected_models.h"
#include "run_bench.h"

namespace edgekeep::bench {
namespace {

constexpr double kGibibyte = 1024.0 * 1024 * 1024;
constexpr int kRounds = 9;
constexpr std::uint32_t kThreads = 2;

double OpenOnce(ProtectedModels& device, const Model& model) {
  device.AwaitSpare();
  return Time([&] { device.Open(model, kThreads); });
}

// A confined cell with its engine and without a model: what whoever opens two models within a second waits for.
double StartOnce(ProtectedModels& device, const Model& model, const Model& other) {
  device.AwaitSpare();
  const app::Model with_the_spare = device.Open(other, 1);
  return Time([&] { device.Open(model, 1); });
}

// What the large one takes beyond the small one.
Pair Beyond(const Pair& large, const std::vector<double>& small) {
  Pair beyond{{}, large.baseline};
  for (const double seconds : large.ours) beyond.ours.push_back(seconds - Median(small));
  return beyond;
}

void PrintStart(ProtectedModels& device, const Model& model, const Model& other) {
  constexpr double kTargetMs = 50;
  std::vector<double> seconds;
  for (int round = 0; round < kRounds; ++round) seconds.push_back(StartOnce(device, model, other));
  Print(MedianOf("start a cell: open 100 bytes when no cell is ready", seconds, 1e3, "ms", kTargetMs));
}

// How others open an encrypted file of the same bytes, without an engine; ours loads the model as well.
void PrintOthers(ProtectedModels& device, const Model& model, const std::filesystem::path& directory) {
  constexpr double kTargetBesideOpenVino = 0.1;
  constexpr int kFewRounds = 5;
  const OpenVinoLike openvino(model.path, directory / "model.json");
  const std::string like = "two SHA-512 passes, base64 out of JSON, AES-256-CTR; our imitation, without a network";
  Print(
      RatioOf("open a 102 MB model ÷ a path like OpenVINO Security Add-on's", like,
              MeasureInTurns(
                  kFewRounds, [&] { return OpenOnce(device, model); }, [&] { return Time([&] { openvino.Open(); }); }),
              kTargetBesideOpenVino));
  if (!AgeFile::IsThere()) {
    std::fputs("SKIP opening beside age: Debian's package age is not installed\n", stderr);
    return;
  }
  const AgeFile age(model.path, directory);
  Print(RatioOf(
      "open a 102 MB model ÷ age -d", "age -d piped into memory",
      MeasureInTurns(kFewRounds, [&] { return OpenOnce(device, model); }, [&] { return Time([&] { age.Open(); }); })));
}

void Measure() {
  constexpr double kTarget = 1.4;
  const test::TemporaryDirectory directory;
  const Model large = MakeResNet50(directory.path());
  const Model small = MakeAffine(directory.path());
  ProtectedModels device;
  device.Install(large);
  device.Install(small);
  const std::filesystem::path file = device.PreparedFileOf(large);
  const std::uint64_t bytes = std::filesystem::file_size(file);
  AesInMemory aes;
  OpenOnce(device, large);  // the first one finds cold caches
  const Pair beside_read = MeasureInTurns(
      kRounds, [&] { return OpenOnce(device, large); }, [&] { return Time([&] { FreshPages::Holding(file); }); });
  const Pair beside_aes =
      MeasureInTurns(kRounds, [&] { return OpenOnce(device, small); }, [&] { return Time([&] { aes.Open(bytes); }); });
  const std::string reading = "bare read of the same file into fresh huge pages";
  Print({.name = "open a 102 MB model, 2 threads",
         .value = static_cast<double>(bytes) / kGibibyte / Median(beside_read.ours),
         .unit = "GiB/s",
         .baseline = Describe(reading, beside_read),
         .met = {}});
  Print(RatioOf("open a 102 MB model, 2 threads ÷ bare read", reading, beside_read, kTarget));
  const Pair beyond = Beyond(beside_read, beside_aes.ours);
  Print(RatioOf("open a 102 MB model less the fixed cost ÷ bare read", reading, beyond));
  Print(RatioOf("open a 102 MB model less the fixed cost ÷ decrypting alone", "AES-256-GCM in memory, 1 thread",
                {beyond.ours, beside_aes.baseline}));
  Print(MedianOf("open a model of 100 bytes: the fixed cost", beside_aes.ours, 1e3, "ms"));
  const Model other = OcrModels().at(0);
  device.Install(other);
  PrintStart(device, small, other);
  PrintOthers(device, large, directory.path());
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("opening_bench", edgekeep::bench::Measure);
}
