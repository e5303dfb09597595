// A device whose anchor is a TPM 2.0: the keep reaches it from its confinement, and its disk is worth nothing
// elsewhere.
#include <pwd.h>

#include <csignal>
#include <fstream>

#include "binaries.h"
#include "eventually.h"
#include "files.h"
#include "require.h"
#include "served_device.h"
#include "simulated_tpm.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

// Starts nothing yet.
void GiveTpm(Device& device, SimulatedTpm& tpm) {
  const passwd* const keep = getpwnam("edgekeep-keep");
  Require(keep != nullptr, "no user edgekeep-keep");
  tpm.GiveTo(keep->pw_uid);
  tpm.PowerCycle();
  const Outcome chosen = device.Edgekeep({"device", "anchor", "tpm2:" + tpm.socket().string()});
  Require(chosen.exit_code == 0, chosen.err);
}

class TpmDevice : public ServedDevice {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
    GiveTpm(device_, tpm_);
    ServedDevice::SetUp();
  }

  float Answer() const {
    app::Model model = Open();
    return Call(model, 3);
  }

  SimulatedTpm tpm_;
};

std::string LineOf(const fs::path& path, const std::string& begin) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(begin)) return line;
  }
  return {};
}

TEST_F(TpmDevice, InstallsOpensAndRunsConfined) {
  EXPECT_EQ(Answer(), 7);
  const std::string status = device_.Edgekeep({"status", "--json"}).out;
  EXPECT_NE(status.find("\"anchor\": \"tpm2\""), std::string::npos) << status;
  EXPECT_NE(status.find("\"development_only\": false"), std::string::npos) << status;
  EXPECT_NE(device_.Edgekeep({"device", "show"}).out.find("anchor       tpm2\n"), std::string::npos);
  const pid_t keep = device_.ProcessesNamed("edgekeep-keep").at(0);
  const fs::path proc = fs::path("/proc") / std::to_string(keep) / "status";
  EXPECT_EQ(LineOf(proc, "Seccomp:"), "Seccomp:\t2");
  EXPECT_EQ(LineOf(proc, "CapEff:"), "CapEff:\t0000000000000000");
  // A keep that is killed leaves the chip as it was; the next one finds it so.
  kill(keep, SIGKILL);
  ASSERT_TRUE(Eventually([&] { return device_.Edgekeep({"status"}).exit_code == 0; }, std::chrono::minutes(1)));
  EXPECT_EQ(Answer(), 7);
  // The chip resets under a keep, which ends when it finds out; the next one opens it anew, without a human.
  tpm_.PowerCycle();
  EXPECT_TRUE(Eventually([&] { return device_.Edgekeep({"run", kProduct, "--random", "1"}).exit_code == 0; },
                         std::chrono::minutes(2)));
  EXPECT_EQ(Answer(), 7);
}

TEST_F(TpmDevice, ItsDiskIsWorthNothingWithAnotherTpm) {
  device_.Stop();
  Device clone;
  SimulatedTpm clones_tpm;
  GiveTpm(clone, clones_tpm);
  const fs::path anchor = clone.root() / "var/lib/edgekeep/anchor";
  // The thief has the keep's files alone: the clone's TPM makes keys of its own.
  ASSERT_EQ(RunProgram({"/bin/cp", "-a", device_.state(), clone.state()}).exit_code, 0);
  clone.Start();
  const Outcome foreign = clone.Edgekeep({"run", kProduct, "--random", "1"});
  EXPECT_EQ(foreign.exit_code, 1);
  EXPECT_NE(foreign.err.find("denied"), std::string::npos) << foreign.err;
  clone.Stop();
  // The thief has the anchor's file as well.
  fs::copy_file(device_.root() / "var/lib/edgekeep/anchor/tpm2-anchor", anchor / "tpm2-anchor",
                fs::copy_options::overwrite_existing);
  EXPECT_ANY_THROW(clone.Start());
  device_.Start();
  EXPECT_EQ(Answer(), 7) << "control: the same bytes with their own TPM";
}

}  // namespace
}  // namespace edgekeep::test
