// How many states a cut of the power can leave a device in, all of them looked at: each operation of disk and anchor in
// what a device does, in every way its unsynced work may survive, and each operation of its recovery.
#include <cstdio>

#include "measurement.h"
#include "scenarios.h"

namespace edgekeep::bench {
namespace {

constexpr int kWanted = 100'000;
// So many ways by chance, beside the four that are always tried.
constexpr fault::Depth kWhole = {.num_seeds = 12, .cut_recovery = true, .recovery_stride = 1};

int Run() {
  const fault::Scenarios scenarios;
  int states = 0;
  std::size_t violations = 0;
  for (const fault::Scenario& scenario :
       {scenarios.Initialise(), scenarios.FirstInstall(), scenarios.Update(), scenarios.RemakeForm(),
        scenarios.RenewLicence(), scenarios.GiveBackLicence(), scenarios.StoreValue(), scenarios.DeleteValues()}) {
    const fault::Findings findings = fault::Explore(scenario, kWhole);
    states += findings.num_states;
    violations += findings.violations.size();
    for (const std::string& violation : findings.violations)
      std::fprintf(stderr, "fault_bench: %s\n", violation.c_str());
  }
  Print({.name = "crash states explored, disk and anchor writes",
         .value = static_cast<double>(states),
         .unit = "states",
         .baseline = std::to_string(violations) + " of them violate an invariant",
         .target = ">= 100000, none violating",
         .met = states >= kWanted && violations == 0});
  return 0;
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::Run();
}
