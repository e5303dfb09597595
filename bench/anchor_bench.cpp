// How often a device asks its TPM: commands on the wire to the chip, at an open and at a boot. A count, which no load
// of the machine changes.
#include <pwd.h>

#include "binaries.h"
#include "device.h"
#include "measurement.h"
#include "publisher.h"
#include "require.h"
#include "run_bench.h"
#include "simulated_tpm.h"
#include "tpm_relay.h"

namespace edgekeep::bench {
namespace {

namespace fs = std::filesystem;
using test::Require;

constexpr const char* kProduct = "acme/affine";
constexpr int kOpens = 9;

struct TpmDevice {
  TpmDevice() {
    const passwd* const keep = getpwnam("edgekeep-keep");
    Require(keep != nullptr, "no user edgekeep-keep");
    tpm.GiveTo(keep->pw_uid);
    tpm.PowerCycle();
    wire.GiveTo(keep->pw_uid);
    MustDo(device.Edgekeep({"device", "anchor", "tpm2:" + wire.socket().string()}));
    device.Start();
    request = device.Initialise(test::Publisher::Shared().trust_bundle());
  }

  static void MustDo(const test::Outcome& outcome) { Require(outcome.exit_code == 0, outcome.err + outcome.out); }

  void Install(const std::vector<std::string>& terms) {
    test::Publisher& publisher = test::Publisher::Shared();
    const fs::path model = files / "affine.onnx";
    MustDo(
        test::RunProgram({"/usr/bin/python3", test::SourceDirectory() / "tools/testmodels/make.py", "affine", model}));
    const fs::path sealed = publisher.Seal(model, kProduct);
    MustDo(device.Edgekeep({"install", sealed, publisher.Grant(sealed), publisher.Licence(request, kProduct, terms)}));
  }

  // The opening's alone: what the keep does besides is in some of the tries.
  test::TpmCommands OfAnOpen() {
    test::TpmCommands least;
    for (int i = 0; i < kOpens; ++i) {
      const test::TpmCommands before = wire.commands();
      MustDo(device.Edgekeep({"run", kProduct, "--random", "1"}));
      const test::TpmCommands sent = test::Since(before, wire.commands());
      if (i == 0 || test::CountOf(sent) < test::CountOf(least)) least = sent;
    }
    return least;
  }

  test::TemporaryDirectory files;
  test::SimulatedTpm tpm;
  test::TpmRelay wire{tpm.socket()};
  test::Device device;
  fs::path request;
};

void PutCount(const std::string& name, const test::TpmCommands& commands) {
  Print({.name = name,
         .value = static_cast<double>(test::CountOf(commands)),
         .unit = "commands",
         .baseline = test::TextOf(commands)});
}

void Measure() {
  TpmDevice device;
  PutCount("commands to the chip: first start and initialisation", device.wire.commands());
  device.Install({"--lease", "30d"});
  PutCount("commands to the chip per open, under a lease", device.OfAnOpen());
  device.device.Stop();
  const test::TpmCommands before = device.wire.commands();
  device.device.Start();
  PutCount("commands to the chip per start of the keep", test::Since(before, device.wire.commands()));
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("anchor_bench", edgekeep::bench::Measure);
}
