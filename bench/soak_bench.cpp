// A device at work for as long as one likes (script/bench --soak SECONDS): one model is called all the time, another
// one is opened, called and closed again and again. What processes hold at the end beside what they held after a
// quarter of the time, when every cache is warm.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>

#include "measurement.h"
#include "process_counts.h"
#include "protected_models.h"
#include "require.h"
#include "run_bench.h"

namespace edgekeep::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kDefaultSeconds = 12;
constexpr int kCallsBetweenOpens = 100;

struct Held {
  std::size_t kib = 0;
  std::size_t descriptors = 0;
  std::size_t threads = 0;
};

// The least of several looks: what a closed session or connection leaves is given back a moment later.
Held HeldBy(pid_t process) {
  constexpr int kLooks = 20;
  constexpr std::chrono::milliseconds kApart{25};
  Held held{SIZE_MAX, SIZE_MAX, SIZE_MAX};
  for (int look = 0; look < kLooks; ++look) {
    held.kib = std::min(held.kib, test::HeldKib(process));
    held.descriptors = std::min(held.descriptors, test::OpenDescriptorsOf(process));
    held.threads = std::min(held.threads, test::ThreadsOf(process));
    std::this_thread::sleep_for(kApart);
  }
  return held;
}

class Soak {
 public:
  explicit Soak(std::chrono::seconds time) : time_(time), models_(OcrModels()), device_(ProtectedModels::Spare::kNone) {
    device_.Install(models_[0]);
    device_.Install(models_[1]);
  }

  void Measure() {
    app::Model called = device_.Open(models_[0], 1);
    processes_ = {{"keep", device_.Keep()},
                  {"spawner", device_.Spawner()},
                  {"cell", device_.Cells().at(0)},
                  {"application", ::getpid()}};
    WorkUntil(called, Clock::now() + time_ / 4);
    const std::vector<Held> before = HeldByAll();
    WorkUntil(called, Clock::now() + time_ * 3 / 4);
    PrintGrowth(before, HeldByAll());
  }

 private:
  struct Process {
    std::string name;
    pid_t pid = 0;
  };

  void WorkUntil(app::Model& called, Clock::time_point end) {
    while (Clock::now() < end) {
      for (int i = 0; i < kCallsBetweenOpens; ++i) Run(called, models_[0], small_);
      calls_ += kCallsBetweenOpens;
      app::Model opened = device_.Open(models_[1], 1);
      Run(opened, models_[1], large_);
      ++opens_;
    }
  }

  std::vector<Held> HeldByAll() const {
    std::vector<Held> held;
    for (const Process& process : processes_) held.push_back(HeldBy(process.pid));
    return held;
  }

  void PrintGrowth(const std::vector<Held>& before, const std::vector<Held>& after) const {
    const std::string work = std::to_string(calls_) + " calls and " + std::to_string(opens_) + " opens in " +
                             std::to_string(time_.count()) + " s";
    for (std::size_t i = 0; i < processes_.size(); ++i) {
      const auto growth = [&](std::size_t Held::* what) {
        return static_cast<double>(after[i].*what) - static_cast<double>(before[i].*what);
      };
      constexpr double kTargetKib = 256;  // allocators round; what leaks an hour long is more
      const std::string name = "soak, " + processes_[i].name + ": growth of ";
      Print({.name = name + "memory",
             .value = growth(&Held::kib),
             .unit = "KiB",
             .baseline = std::to_string(before[i].kib) + " KiB after a quarter of it; " + work,
             .target = TextOf(kTargetKib),
             .met = growth(&Held::kib) <= kTargetKib});
      const double counts = std::max(growth(&Held::descriptors), growth(&Held::threads));
      Print({.name = name + "descriptors or threads",
             .value = counts,
             .unit = "",
             .baseline = std::to_string(before[i].descriptors) + " and " + std::to_string(before[i].threads),
             .target = TextOf(0),
             .met = counts <= 0});
    }
  }

  std::chrono::seconds time_;
  std::vector<Model> models_;
  std::vector<float> small_ = ValuesFor(models_[0]);
  std::vector<float> large_ = ValuesFor(models_[1]);
  ProtectedModels device_;
  std::vector<Process> processes_;
  std::size_t calls_ = 0;
  std::size_t opens_ = 0;
};

int SecondsWanted() {
  const char* const wanted = std::getenv("EDGEKEEP_SOAK_SECONDS");
  return wanted == nullptr ? kDefaultSeconds : std::max(std::atoi(wanted), 4);
}

void Measure() {
  Soak(std::chrono::seconds(SecondsWanted())).Measure();
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("soak_bench", edgekeep::bench::Measure);
}
