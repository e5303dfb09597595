#include "explorer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <set>

#include "edgekeep/base/check.h"

namespace edgekeep::fault {
namespace {

using fixture::Survival;
using fixture::TestDevice;

struct Cut {
  std::uint64_t step = 0;
  Survival survival = Survival::kNothing;
  std::uint64_t seed = 0;
};

std::string Describe(const Cut& cut) {
  constexpr std::array kNames = {"nothing", "everything", "names only", "torn", "seed "};
  const auto survival = static_cast<std::size_t>(cut.survival);
  return "step " + std::to_string(cut.step) + ", survives: " + kNames[survival] +
         (cut.survival == Survival::kSeeded ? std::to_string(cut.seed) : "");
}

std::vector<Cut> WaysToSurvive(std::uint64_t step, std::uint64_t num_seeds) {
  std::vector<Cut> cuts;
  for (const Survival survival : {Survival::kNothing, Survival::kEverything, Survival::kNamesOnly, Survival::kTorn}) {
    cuts.push_back({step, survival, 0});
  }
  for (std::uint64_t seed = 0; seed < num_seeds; ++seed) cuts.push_back({step, Survival::kSeeded, 1000 * step + seed});
  return cuts;
}

class Exploration {
 public:
  Exploration(const Scenario& scenario, const Depth& depth)
      : scenario_(scenario), depth_(depth), ground_(scenario.prepare()), vault_(ground_->anchor->VaultKey().value()) {}

  Findings Run() {
    const std::uint64_t num_steps = CountSteps();
    // One cut beyond the last step: the power goes when all is done.
    for (std::uint64_t step = 0; step <= num_steps; ++step) {
      for (const Cut& cut : WaysToSurvive(step, depth_.num_seeds)) {
        const Wreck wreck = CutDuringAct(cut);
        Judge(*Raise(wreck), wreck.done, Describe(cut));
        if (depth_.cut_recovery && num_cuts_++ % depth_.recovery_stride == 0) RecoverInPieces(cut, wreck);
      }
    }
    return findings_;
  }

 private:
  std::unique_ptr<TestDevice> NewDevice() {
    auto device = Assemble(*ground_->disk, ground_->counter.value, false);
    device->Start();
    return device;
  }

  // All devices share the silicon, of which nothing but a retirement is to be undone for the next one.
  std::unique_ptr<TestDevice> Assemble(const fixture::FaultDisk& disk, std::uint64_t count, bool retired) {
    ground_->anchor->ComeBack(vault_);
    if (retired) EK_CHECK(ground_->anchor->Retire().has_value());
    auto device = std::make_unique<TestDevice>(disk.Clone(), ground_->anchor, count);
    device->cells.engine_key = ground_->cells.engine_key;
    if (scenario_.equip) scenario_.equip(*device);
    return device;
  }

  std::uint64_t CountSteps() {
    const auto device = NewDevice();
    const std::uint64_t before = device->disk->num_steps();
    if (!scenario_.act(*device)) findings_.violations.push_back("the scenario fails without any cut");
    return device->disk->num_steps() - before;
  }

  // What a device is when the power comes back, and whether it had said that it was done.
  struct Wreck {
    std::unique_ptr<fixture::FaultDisk> disk;
    std::uint64_t count = 0;
    bool retired = false;
    bool done = false;
  };

  Wreck CutDuringAct(const Cut& cut) {
    auto device = NewDevice();
    device->disk->CutAt(device->disk->num_steps() + cut.step);
    const bool done = scenario_.act(*device);
    CheckNoPlaintext(*device, "before the restart, " + Describe(cut));
    device->PowerCycle(cut.survival, cut.seed);
    return {device->disk->Clone(), device->counter.value, device->anchor->is_retired(), done};
  }

  // The device that was cut, not started yet; as often as wanted.
  std::unique_ptr<TestDevice> Raise(const Wreck& wreck) { return Assemble(*wreck.disk, wreck.count, wreck.retired); }

  void RecoverInPieces(const Cut& first, const Wreck& wreck) {
    for (std::uint64_t step = 0;; ++step) {
      const auto device = Raise(wreck);
      const std::uint64_t before = device->disk->num_steps();
      device->disk->CutAt(before + step);
      device->Start();
      const bool all_done = device->disk->num_steps() <= before + step;
      device->PowerCycle(first.survival, first.seed + 1);
      Judge(*device, wreck.done, Describe(first) + "; recovery cut at step " + std::to_string(step));
      if (all_done) return;
    }
  }

  void Judge(TestDevice& device, bool done, const std::string& when) {
    ++findings_.num_states;
    if (!device.Start()) return Violation("does not start", when);
    CheckLeftovers(device, when);
    const std::string found = scenario_.look(device);
    if (found == "new") {
      ++findings_.num_new;
    } else if (found == "old") {
      ++findings_.num_old;
      if (done) Violation("was done and is gone", when);
    } else {
      Violation(found, when);
    }
    CheckNoPlaintext(device, when);
  }

  void CheckNoPlaintext(const TestDevice& device, const std::string& when) {
    if (scenario_.plaintext.empty()) return;
    // memmem, not std::search: every state looks through the whole disk.
    const std::vector<std::uint8_t> all = device.disk->AllContents();
    if (::memmem(all.data(), all.size(), scenario_.plaintext.data(), scenario_.plaintext.size()) != nullptr)
      Violation("plaintext on the disk", when);
  }

  void CheckLeftovers(TestDevice& device, const std::string& when) {
    std::set<char> slots;
    for (const std::string& path : device.disk->AllPaths()) {
      if (path.ends_with(".new")) Violation("left over: " + path, when);
      if (path.find("canonical.") != std::string::npos) slots.insert(path.back());
    }
    if (slots.size() > 1) Violation("two slots are left", when);
    const auto* const first = device.disk->ContentsOf("products/acme_label-ocr/record.0");
    const auto* const second = device.disk->ContentsOf("products/acme_label-ocr/record.1");
    if ((first == nullptr) != (second == nullptr) || (first != nullptr && *first != *second)) {
      Violation("the records differ", when);
    }
  }

  void Violation(const std::string& what, const std::string& when) {
    findings_.violations.push_back(scenario_.name + ": " + what + " (" + when + ")");
  }

  const Scenario& scenario_;
  const Depth depth_;
  std::unique_ptr<TestDevice> ground_;
  const SecretArray<32> vault_;
  std::uint64_t num_cuts_ = 0;
  Findings findings_;
};

}  // namespace

Depth DepthFromEnvironment() {
  Depth depth;
  if (std::getenv("EDGEKEEP_LONG") != nullptr) depth = {.num_seeds = 3, .recovery_stride = 1};
  if (const char* const seeds = std::getenv("EDGEKEEP_FAULT_SEEDS"))
    depth.num_seeds = std::strtoull(seeds, nullptr, 10);
  return depth;
}

Findings Explore(const Scenario& scenario, const Depth& depth) {
  return Exploration(scenario, depth).Run();
}

}  // namespace edgekeep::fault
