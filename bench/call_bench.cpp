// What a call costs beyond computing: each one through Edgekeep beside the same call in this process, copies included
// on Edgekeep's side only; and the way there and back alone, by the smallest model there is.
#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include "bare_echo.h"
#include "measurement.h"
#include "plain_session.h"
#include "protected_models.h"
#include "require.h"
#include "run_bench.h"
#include "runtime_file.h"

namespace edgekeep::bench {
namespace {

constexpr std::uint32_t kThreads = 1;
constexpr double kTargetShort = 1.08, kTargetLong = 1.01;  // of models that take 1 ms, 10 ms or more
constexpr double kPause = 200e-6;                          // longer than a cell waits awake

// One model, opened on both sides.
class BothSides {
 public:
  BothSides(ProtectedModels& device, const PlainEngine& engine, const Model& model)
      : model_(model),
        values_(ValuesFor(model)),
        plain_(engine, model.path, PlainSession::Form::kOnnx, kThreads),
        opened_((device.Install(model), device.Open(model, kThreads))) {
    const std::span<const std::byte> answer = Run(opened_, model_, values_).bytes();
    const std::vector<std::uint8_t> expected = plain_.Answer(model_, values_);
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(answer.data());
    test::Require(std::ranges::equal(std::span(begin, answer.size()), expected), model.name + ": answers differ");
  }

  double Protected() {
    return Time([&] { Run(opened_, model_, values_); });
  }

  double Plain() {
    return Time([&] { plain_.Run(model_, values_); });
  }

  // The only place, for calls whose input stands where the cell reads it, as the plain side's stands where the engine
  // does.
  app::BoundCall Bind() {
    const std::array inputs = {app::BoundInput(nullptr, EK_FLOAT32, model_.shape)};
    auto bound = opened_.Bind(inputs);
    test::Require(bound.has_value(), model_.name + ": cannot be bound");
    std::ranges::copy(values_, bound->Buffer<float>(0).begin());
    return *std::move(bound);
  }

  // Each call beside one in this process, so that both meet the same machine.
  Pair CallByCall(int rounds) {
    return MeasureInTurns(rounds, [&] { return Protected(); }, [&] { return Plain(); });
  }

 private:
  const Model& model_;
  std::vector<float> values_;
  PlainSession plain_;
  app::Model opened_;
};

void Pause(double seconds) {
  const auto end = std::chrono::steady_clock::now() + Seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
  }
}

// Medians of many calls in a row, `pause` apart; the two sides in turns of rounds.
template <typename Ours, typename Baseline>
Pair InARow(int calls, double pause, Ours ours, Baseline baseline) {
  const auto median_of = [&](auto call) {
    std::vector<double> seconds;
    seconds.reserve(static_cast<std::size_t>(calls));
    for (int i = 0; i < calls; ++i) {
      Pause(pause);
      seconds.push_back(call());
    }
    return Median(seconds);
  };
  return MeasureInTurns(9, [&] { return median_of(ours); }, [&] { return median_of(baseline); });
}

void PrintCrossing(const std::string& when, const Pair& pair, double target_us) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < pair.ours.size(); ++i) differences.push_back(pair.ours[i] - pair.baseline[i]);
  const double microseconds = 1e6 * Median(differences);
  Print({.name = "call there and back, " + when + ", less computing",
         .value = microseconds,
         .unit = "µs",
         .baseline = Describe("y = 2x + 1 in process", pair),
         .target = TextOf(target_us),
         .met = microseconds <= target_us,
         .spread = SpreadOf(differences, 1e6)});
}

void MeasureSmallest(BothSides smallest) {
  constexpr double kTargetAsleepUs = 10, kTargetFollowingUs = 1.5;  // of an empty call
  constexpr int kApart = 500, kFollowing = 5000;
  const auto ours = [&] { return smallest.Protected(); };
  const auto plain = [&] { return smallest.Plain(); };
  BareEcho echo;
  const auto bare = [&] { return Time([&] { echo.Call(); }); };
  InARow(100, 0, ours, plain);
  PrintCrossing("cell asleep", InARow(kApart, kPause, ours, plain), kTargetAsleepUs);
  const Pair beside_bare = InARow(kApart, kPause, ours, bare);
  Print(
      RatioOf("call there and back, cell asleep ÷ bare wake-ups", "two futex wake-ups between processes", beside_bare));
  // No call to a sleeping cell can take less than one of the two; an application that is awake spares the other.
  Print(MedianOf("two bare wake-ups between processes", beside_bare.baseline, 1e6, "µs"));
  PrintCrossing("calls following", InARow(kFollowing, 0, ours, plain), kTargetFollowingUs);
}

// What an application spares that makes its input in the ring: its own copy.
void MeasureBound(BothSides& sides, const Model& model, int rounds, bool is_long) {
  app::BoundCall bound = sides.Bind();
  const auto ours = [&] { return Time([&] { test::Require(bound.Run().has_value(), model.name + ": bound call"); }); };
  const auto plain = [&] { return sides.Plain(); };
  Print(RatioOf("call, " + model.name + ", input bound ÷ in process, 1 thread", "in process",
                MeasureInTurns(rounds, ours, plain), is_long ? kTargetLong : kTargetShort));
  if (is_long) return;
  Print(RatioOf("call, " + model.name + ", input bound, in a row ÷ in process, 1 thread", "in process",
                InARow(60, 0, ours, plain)));
}

// As both are by default: all processors, and an engine that waits awake between calls on the plain side.
void MeasureDefaults(ProtectedModels& device, const Model& model, int rounds) {
  const std::vector<float> values = ValuesFor(model);
  device.AwaitSpare();  // or the session would join a cell of one thread that is about to end
  app::Model opened = device.Open(model);
  RuntimeFile plain(model);
  const auto ours = [&] { return Time([&] { Run(opened, model, values); }); };
  const auto baseline = [&] { return Time([&] { plain.Run(values); }); };
  for (int i = 0; i < 3; ++i) MeasureInTurns(1, ours, baseline);
  Print(RatioOf("call, " + model.name + " ÷ ONNX Runtime's defaults", "in process, default settings",
                MeasureInTurns(rounds, ours, baseline)));
}

// What it spares not to copy an input out of the ring: 16 MiB of them, with hardly anything to compute.
void MeasureInPlace(ProtectedModels& device, const std::filesystem::path& directory) {
  const Model copied = MakeLargest(directory, "largest-copied");
  const Model in_place = MakeLargest(directory, "largest-in-place");
  device.Install(copied);
  device.Install(in_place, R"({"zero_copy_inputs": true})");
  app::Model copied_model = device.Open(copied, kThreads);
  app::Model in_place_model = device.Open(in_place, kThreads);
  const std::vector<float> values = ValuesFor(copied);
  const auto run = [&](app::Model& opened, const Model& model) { return Time([&] { Run(opened, model, values); }); };
  for (int i = 0; i < 3; ++i) static_cast<void>(run(copied_model, copied) + run(in_place_model, in_place));
  Print(RatioOf(
      "call with 16 MiB of input, in place ÷ copied", "copied into the cell",
      MeasureInTurns(101, [&] { return run(in_place_model, in_place); }, [&] { return run(copied_model, copied); })));
}

void Measure() {
  const test::TemporaryDirectory directory;
  const Model affine = MakeAffine(directory.path());
  PlainEngine engine;
  ProtectedModels device;
  for (const Model& model : OcrModels()) {
    int rounds = 0;
    {
      BothSides sides(device, engine, model);
      for (int i = 0; i < 3; ++i) sides.CallByCall(1);
      const bool is_long = sides.Plain() >= 10e-3;
      rounds = is_long ? 101 : 501;
      Print(RatioOf("call, " + model.name + " ÷ in process, 1 thread", "in process", sides.CallByCall(rounds),
                    is_long ? kTargetLong : kTargetShort));
      // The cell does not fall asleep between these: what is left is copying and computing.
      if (!is_long)
        Print(RatioOf("call, " + model.name + " in a row ÷ in process, 1 thread", "in process",
                      InARow(60, 0, [&] { return sides.Protected(); }, [&] { return sides.Plain(); })));
      MeasureBound(sides, model, rounds, is_long);
    }
    MeasureDefaults(device, model, rounds);
  }
  MeasureInPlace(device, directory.path());
  MeasureSmallest(BothSides(device, engine, affine));
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("call_bench", edgekeep::bench::Measure);
}
