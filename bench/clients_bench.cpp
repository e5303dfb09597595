// 64 clients at once: each has a connection and threads of its own, and each answer is compared with the one in this
// process. Where a device opens fewer sessions than that, clients share those it opens; sessions of one model share a
// cell.
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "measurement.h"
#include "plain_session.h"
#include "protected_models.h"
#include "require.h"
#include "run_bench.h"

namespace edgekeep::bench {
namespace {

constexpr std::size_t kClients = 64;
constexpr int kCallsEach = 50;
constexpr std::uint32_t kSlots = 16;

std::vector<app::Model> OpenForAll(const ProtectedModels& device, const Model& model) {
  std::vector<app::Model> opened;
  while (opened.size() < kClients) {
    auto one = device.TryOpen(model, {.ring_bytes = 1U << 20, .threads = 1, .max_calls = kSlots});
    if (!one) break;
    opened.push_back(*std::move(one));
  }
  test::Require(!opened.empty(), "no session opens");
  return opened;
}

// Calls whose answer is not the expected one, or does not come.
int CallsLost(app::Model& opened, const Model& model, std::span<const std::uint8_t> expected) {
  const std::vector<float> values = ValuesFor(model);
  const std::array inputs = {app::Input(nullptr, values, model.shape)};
  std::vector<std::uint8_t> answer(expected.size());
  int lost = 0;
  for (int i = 0; i < kCallsEach; ++i) {
    ek_output output{};
    output.buffer = answer.data();
    output.capacity = answer.size();
    const auto ran = opened.RunInto(inputs, {&output, 1});
    if (!ran || !std::ranges::equal(answer, expected)) ++lost;
    std::ranges::fill(answer, 0);
  }
  return lost;
}

void Measure() {
  const Model model = OcrModels().at(0);
  const std::vector<std::uint8_t> expected = [&] {
    const PlainEngine engine;
    return PlainSession(engine, model.path, PlainSession::Form::kOnnx, 1).Answer(model, ValuesFor(model));
  }();
  ProtectedModels device;
  device.Install(model);
  std::vector<app::Model> opened = OpenForAll(device, model);
  std::atomic<int> lost = 0;
  const double seconds = Time([&] {
    std::vector<std::jthread> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] { lost += CallsLost(opened[i % opened.size()], model, expected); });
    }
  });
  constexpr double kCalls = static_cast<double>(kClients * kCallsEach);
  const std::string over = std::to_string(opened.size()) + " sessions of " + model.name;
  Print({.name = "64 clients at once, 50 calls each: lost or wrong answers",
         .value = static_cast<double>(lost),
         .unit = "answers",
         .baseline = "over " + over + " in " + std::to_string(device.Cells().size()) + " cells",
         .target = "<= 0",
         .met = lost == 0});
  Print({.name = "64 clients at once: calls a second", .value = kCalls / seconds, .unit = "1/s", .baseline = over});
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("clients_bench", edgekeep::bench::Measure);
}
