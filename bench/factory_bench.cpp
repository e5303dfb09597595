// A factory's line: how long a device with a TPM (swtpm, which computes on this machine's processors) takes to get its
// identity, one at a time and four at once. Each round has a journal of its own, so that each device is a new one.
#include <pwd.h>

#include <fstream>
#include <list>
#include <thread>
#include <vector>

#include "binaries.h"
#include "chip_maker.h"
#include "device.h"
#include "measurement.h"
#include "require.h"
#include "run_bench.h"
#include "simulated_tpm.h"

namespace edgekeep::bench {
namespace {

namespace fs = std::filesystem;
using test::Require;

constexpr int kRounds = 9;
constexpr std::size_t kAtOnce = 4;

void MustDo(const test::Outcome& outcome) {
  Require(outcome.exit_code == 0, outcome.err + outcome.out);
}

struct Unit {
  explicit Unit(const test::ChipMaker& maker) {
    const passwd* const keep = getpwnam("edgekeep-keep");
    Require(keep != nullptr, "no user edgekeep-keep");
    maker.Endow(tpm.socket());
    tpm.GiveTo(keep->pw_uid);
    tpm.PowerCycle();
    MustDo(device.Edgekeep({"device", "anchor", "tpm2:" + tpm.socket().string()}));
    device.UseNoSpareCell();
    device.Start();
  }

  test::SimulatedTpm tpm;
  test::Device device;
};

class Plant {
 public:
  Plant() {
    std::ofstream(passphrase_) << "correct horse battery staple\n";
    fs::permissions(passphrase_, fs::perms::owner_read | fs::perms::owner_write);
    Publisher({"release", "keys", "olga", "-o", home_ / "olga"}, kCheap);
    Publisher({"log", "init", home_ / "journal", "--origin", "line-1"}, kCheap);
    Publisher({"factory", "ca", "init", home_ / "ca", "--name", "Acme factory"}, kCheap);
    Publisher({"factory", "order", "--product", "acme/camera", "--units", "64", "--station", "line-1", "--hardware",
               "1.3.6.1.4.1.99999.1", "--keys", home_ / "olga", "-o", home_ / "order"});
    for (std::size_t i = 0; i < kAtOnce; ++i) units_.emplace_back(maker_);
  }

  // The first `count` devices, all of whom nobody has seen; the time until the last one has its identity.
  double Provision(std::size_t count) {
    test::Background station = Open(count);
    const double seconds = Time([&] {
      std::vector<std::thread> waiting;
      for (Unit& unit : units_) {
        if (waiting.size() == count) break;
        waiting.emplace_back(
            [&] { MustDo(unit.device.Edgekeep({"device", "provision", "--station", "unix:" + socket_})); });
      }
      for (std::thread& one : waiting) one.join();
    });
    Require(station.Wait(std::chrono::seconds(30)) == 0, "the station goes on");
    for (std::size_t i = 0; Unit & unit : units_) {
      if (i++ == count) break;
      MustDo(unit.device.Edgekeep({"device", "identity", "--forget"}));
    }
    return seconds;
  }

  // A command to the same keep that asks its chip for nothing.
  double Ask() {
    return Time([&] { MustDo(units_.front().device.Edgekeep({"status"})); });
  }

 private:
  static inline const std::vector<std::string> kCheap = {"--key-file-memory", "19", "--key-file-passes", "2"};

  void Publisher(std::vector<std::string> arguments, const std::vector<std::string>& more = {}) const {
    arguments.insert(arguments.begin(), test::Binary("edgekeep-publisher"));
    arguments.insert(arguments.end(), {"--passphrase-file", passphrase_});
    arguments.insert(arguments.end(), more.begin(), more.end());
    MustDo(test::RunProgram(arguments));
  }

  test::Background Open(std::size_t devices) {
    const fs::path journal = home_ / ("journal-" + std::to_string(++rounds_));
    fs::copy(home_ / "journal", journal, fs::copy_options::recursive);
    // Its sheet is none of this program's lines.
    auto station = test::Background::StartReady({"/bin/sh",
                                                 "-c",
                                                 "exec \"$@\" >/dev/null",
                                                 "station",
                                                 test::Binary("edgekeep-publisher"),
                                                 "factory",
                                                 "serve",
                                                 "--order",
                                                 home_ / "order/order.ekpo",
                                                 "--owner",
                                                 home_ / "olga/olga.holder.json",
                                                 "--tickets",
                                                 home_ / "order/station-1.tickets",
                                                 "--journal",
                                                 journal,
                                                 "--ca",
                                                 home_ / "ca",
                                                 "--makers",
                                                 maker_.certificate(),
                                                 "--listen",
                                                 "unix:" + socket_,
                                                 "--devices",
                                                 std::to_string(devices),
                                                 "--passphrase-file",
                                                 passphrase_,
                                                 "--json"},
                                                std::chrono::seconds(30));
    Require(station.has_value(), "the station does not listen");
    return *std::move(station);
  }

  test::TemporaryDirectory home_, workshop_;
  test::ChipMaker maker_{workshop_.path()};
  std::string passphrase_ = home_ / "passphrase";
  std::string socket_ = home_ / "station";
  std::list<Unit> units_;
  int rounds_ = 0;
};

void Measure() {
  Plant plant;
  plant.Provision(1);
  const Pair command = MeasureInTurns(kRounds, [&] { return plant.Provision(1); }, [&] { return plant.Ask(); });
  Print({.name = "provisioning a device (swtpm)",
         .value = Median(command.ours) * 1000,
         .unit = "ms",
         .baseline = "`edgekeep status` of the same keep: " + Describe(command.baseline),
         .spread = SpreadOf(command.ours, 1000)});
  const Pair together =
      MeasureInTurns(kRounds, [&] { return plant.Provision(kAtOnce); }, [&] { return plant.Provision(1); });
  Print(RatioOf("provisioning four devices at once", "one alone", together));
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("factory_bench", edgekeep::bench::Measure);
}
