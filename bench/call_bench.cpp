// What a call costs beyond computing: each one through Edgekeep beside the same call in this process, copies included
// on Edgekeep's side only; and the way there and back alone, by the smallest model there is.
#include <algorithm>
#include <string>

#include "measurement.h"
#include "plain_session.h"
#include "protected_models.h"
#include "require.h"
#include "run_bench.h"

namespace edgekeep::bench {
namespace {

constexpr std::uint32_t kThreads = 1;
constexpr double kPause = 200e-6;  // longer than a cell waits awake

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
Pair InARow(BothSides& sides, int calls, double pause) {
  const auto median_of = [&](auto call) {
    std::vector<double> seconds;
    for (int i = 0; i < calls; ++i) {
      Pause(pause);
      seconds.push_back(call());
    }
    return Median(seconds);
  };
  return MeasureInTurns(
      9, [&] { return median_of([&] { return sides.Protected(); }); },
      [&] { return median_of([&] { return sides.Plain(); }); });
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
         .met = microseconds <= target_us});
}

void Measure() {
  constexpr double kTargetShort = 1.08, kTargetLong = 1.01;         // of models that take 1 ms, 10 ms or more
  constexpr double kTargetAsleepUs = 10, kTargetFollowingUs = 1.5;  // of an empty call
  const test::TemporaryDirectory directory;
  const Model affine = MakeAffine(directory.path());
  PlainEngine engine;
  ProtectedModels device;
  for (const Model& model : OcrModels()) {
    BothSides sides(device, engine, model);
    for (int i = 0; i < 3; ++i) sides.CallByCall(1);
    const bool is_long = sides.Plain() >= 10e-3;
    Print(RatioOf("call, " + model.name + " ÷ in process, 1 thread", "in process",
                  sides.CallByCall(is_long ? 101 : 501), is_long ? kTargetLong : kTargetShort));
  }
  BothSides smallest(device, engine, affine);
  InARow(smallest, 100, 0);
  PrintCrossing("cell asleep", InARow(smallest, 500, kPause), kTargetAsleepUs);
  PrintCrossing("calls following", InARow(smallest, 5000, 0), kTargetFollowingUs);
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("call_bench", edgekeep::bench::Measure);
}
