// SIGKILL of keep, cell and spawner at each step of install and open while a client waits. A step is a system call that
// changes something outside the process; strace tells them and kills at the one asked for (steps.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "binaries.h"
#include "device.h"
#include "eventually.h"
#include "files.h"
#include "publisher.h"
#include "steps.h"

namespace edgekeep::test {
namespace {

// Of the steps of a case; with EDGEKEEP_LONG, every one.
constexpr std::size_t kKillsPerCase = 12;

enum class Victim { kKeep, kCell, kSpawner };

// The system calls that count as steps. A cell is followed from the spawner, which uses none of the cell's.
std::string StepsOf(Victim victim) {
  switch (victim) {
    case Victim::kKeep:
      return "openat,rename,renameat,renameat2,fsync,fdatasync,sendmsg,recvmsg,unlink,unlinkat,mkdirat,pwrite64,write";
    case Victim::kCell:
      return "pread64,pwrite64,fsync,fdatasync,fadvise64";
    default:
      return "clone,clone3,fork,vfork,sendmsg,recvmsg,kill,wait4,waitid";
  }
}

class KilledMidway : public testing::TestWithParam<Victim> {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
    if (!std::filesystem::exists(kStrace))
      GTEST_SKIP() << "SKIP killed midway: strace is missing; run script/bootstrap";
    // Kills hit the cell that a step starts; one that was there before would not be followed.
    device_.UseNoSpareCell();
    device_.Start();
    request_ = device_.Initialise(publisher().trust_bundle());
    licence_ = publisher().Licence(request_, kDirectionProduct);
    ASSERT_EQ(Install().exit_code, 0);
    ASSERT_EQ(Open().exit_code, 0);
  }

  static Publisher& publisher() { return Publisher::Shared(); }

  static const std::filesystem::path& Model() {
    static const std::filesystem::path model = OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx");
    return model;
  }

  Outcome Install() const {
    static const std::filesystem::path sealed = publisher().Seal(Model(), kDirectionProduct);
    static const std::filesystem::path grant = publisher().Grant(sealed);
    return device_.Edgekeep({"install", sealed, grant, licence_}, {.limit = std::chrono::seconds(45)});
  }

  Outcome Open() const {
    return device_.Edgekeep({"run", kDirectionProduct, "--random", "1"}, {.limit = std::chrono::seconds(45)});
  }

  // Attaches strace to the victim (cells: to the spawner, with what it starts); `inject` empty: only notes in `log`.
  Background Trace(Victim victim, const std::string& inject, const std::filesystem::path& log) const {
    const pid_t pid = victim == Victim::kKeep ? device_.ProcessesNamed("edgekeep-keep").at(0) : device_.spawner();
    std::vector<std::string> arguments = {kStrace, "-f", "-q", "-e", "signal=none", "-e", "trace=" + StepsOf(victim)};
    if (!inject.empty()) arguments.insert(arguments.end(), {"-e", inject});
    arguments.insert(arguments.end(), {"-o", log, "-p", std::to_string(pid)});
    Background tracer = Background::Start(arguments, log.string() + ".messages");
    EXPECT_TRUE(Eventually([&] { return TracerOf(pid) == tracer.pid(); })) << "strace does not attach";
    return tracer;
  }

  static pid_t TracerOf(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("TracerPid:")) return std::stoi(line.substr(10));
    }
    return -1;
  }

  std::vector<Step> StepsOfOne(Victim victim, const std::function<Outcome()>& operation) const {
    const std::filesystem::path log = device_.root() / "steps";
    {
      const Background tracer = Trace(victim, "", log);
      EXPECT_EQ(operation().exit_code, 0);
    }
    return StepsIn(log);
  }

  // The device comes back by itself; only a killed spawner is the service manager's to start again.
  void ExpectRecovery(const std::string& when) {
    // On a busy machine it may take its time to die, and until then the keep answers as if nothing were.
    EXPECT_TRUE(Eventually([&] { return !IsBeingKilled(device_.spawner()); })) << when;
    if (device_.spawner_process().Wait(std::chrono::milliseconds(0))) {
      EXPECT_TRUE(Eventually([&] { return !std::filesystem::exists("/proc/" + std::to_string(last_keep_)); })) << when;
      device_.Start();
    }
    EXPECT_TRUE(Eventually([&] { return device_.Edgekeep({"status"}).exit_code == 0; }, std::chrono::seconds(20)))
        << when;
    EXPECT_TRUE(Eventually([&] { return device_.ProcessesNamed("edgekeep-cell").empty(); })) << when;
    // A cell that was killed while it loaded has a pause after it, and a client is told so.
    Outcome open;
    EXPECT_TRUE(Eventually(
        [&] {
          open = Open();
          return open.err.find("busy: the model's cell crashed") == std::string::npos;
        },
        std::chrono::seconds(20)))
        << when;
    EXPECT_EQ(open.exit_code, 0) << when << ": " << open.err << device_.JournalText();
    ExpectNoPlaintext(when);
    // Pauses grow from one kill to the next: a new keep knows of none, nor does a new spawner of the keep's.
    device_.Stop();
    device_.Start();
  }

  void ExpectNoPlaintext(const std::string& when) const {
    static const std::vector<std::uint8_t> weights = [] {
      const std::vector<std::uint8_t> model = ReadFile(Model());
      return std::vector<std::uint8_t>(model.begin() + 200000, model.begin() + 200064);
    }();
    ASSERT_TRUE(Contains(Model(), weights));
    std::vector<std::filesystem::path> files = FilesBelow(device_.root());
    const std::vector<std::filesystem::path> temporary = NewFilesIn(std::filesystem::temp_directory_path());
    files.insert(files.end(), temporary.begin(), temporary.end());
    for (const std::filesystem::path& file : files) {
      EXPECT_FALSE(Contains(file, weights)) << when << ": plaintext in " << file;
    }
  }

  // Files written since the test began that lie in `directory` itself: a program that asks for a temporary file gets
  // one there. What lies deeper belongs to other tests, which run beside this one.
  std::vector<std::filesystem::path> NewFilesIn(const std::filesystem::path& directory) const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      std::error_code gone;
      if (entry.is_regular_file(gone) && entry.last_write_time(gone) >= began_) files.push_back(entry.path());
    }
    return files;
  }

  void KillAtEachStep(const std::string& name, const std::function<Outcome()>& operation) {
    const std::vector<Step> steps = StepsOfOne(GetParam(), operation);
    const std::size_t kills = std::getenv("EDGEKEEP_LONG") != nullptr ? steps.size() : kKillsPerCase;
    const std::size_t stride = std::max<std::size_t>(1, steps.size() / kills);
    int killed = 0;
    for (std::size_t i = 0; i < steps.size(); i += stride) {
      const std::string when = name + ", killed at " + NameOf(steps[i]);
      last_keep_ = device_.ProcessesNamed("edgekeep-keep").at(0);
      Outcome outcome;
      {
        const Background tracer = Trace(GetParam(), KillingAt(steps[i]), device_.root() / "steps");
        outcome = operation();
      }
      EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << when << ": " << outcome.exit_code;
      if (outcome.exit_code == 1) {
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
      }
      killed += outcome.exit_code == 1 ? 1 : 0;
      ExpectRecovery(when);
      if (HasFailure()) return;
    }
    EXPECT_GT(killed, 0) << "no kill ever hit: the test tests nothing";
    std::printf("%s: %zu steps, killed at every %zu, the client was refused %d times\n", name.c_str(), steps.size(),
                stride, killed);
  }

  Device device_;
  std::filesystem::path request_;
  std::filesystem::path licence_;
  pid_t last_keep_ = 0;
  std::filesystem::file_time_type began_ = std::filesystem::file_time_type::clock::now();
};

TEST_P(KilledMidway, Install) {
  KillAtEachStep("install", [&] { return Install(); });
}

TEST_P(KilledMidway, Open) {
  KillAtEachStep("open", [&] { return Open(); });
}

std::string NameOf(const testing::TestParamInfo<Victim>& victim) {
  return victim.param == Victim::kKeep ? "Keep" : victim.param == Victim::kCell ? "Cell" : "Spawner";
}

INSTANTIATE_TEST_SUITE_P(Each, KilledMidway, testing::Values(Victim::kKeep, Victim::kCell, Victim::kSpawner), NameOf);

}  // namespace
}  // namespace edgekeep::test
