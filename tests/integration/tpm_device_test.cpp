// A device whose anchor is a TPM 2.0: the keep reaches it from its confinement, and its disk is worth nothing
// elsewhere.
#include <pwd.h>

#include <csignal>
#include <fstream>

#include "binaries.h"
#include "chip_maker.h"
#include "eventually.h"
#include "files.h"
#include "require.h"
#include "served_device.h"
#include "simulated_tpm.h"
#include "tpm_relay.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

uid_t KeepsUser() {
  const passwd* const keep = getpwnam("edgekeep-keep");
  Require(keep != nullptr, "no user edgekeep-keep");
  return keep->pw_uid;
}

// Starts nothing yet. `socket` leads to the TPM.
void GiveTpm(Device& device, SimulatedTpm& tpm, const ChipMaker& maker, const fs::path& socket) {
  maker.Endow(tpm.socket());
  tpm.GiveTo(KeepsUser());
  tpm.PowerCycle();
  const Outcome chosen = device.Edgekeep({"device", "anchor", "tpm2:" + socket.string()});
  Require(chosen.exit_code == 0, chosen.err);
}

class TpmDevice : public ServedDevice {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
    wire_.GiveTo(KeepsUser());
    GiveTpm(device_, tpm_, maker_, wire_.socket());
    ServedDevice::SetUp();
  }

  // What opening sends to the chip, in a cell of its own. What the keep does besides is in some of the tries.
  TpmCommands CommandsOfAnOpen() {
    TpmCommands least;
    for (int i = 0; i < 3; ++i) {
      const TpmCommands before = wire_.commands();
      EXPECT_EQ(Answer(), 7);
      const TpmCommands sent = Since(before, wire_.commands());
      if (i == 0 || CountOf(sent) < CountOf(least)) least = sent;
    }
    return least;
  }

  float Answer() const {
    app::Model model = Open();
    return Call(model, 3);
  }

  TemporaryDirectory workshop_;
  ChipMaker maker_{workshop_.path()};
  SimulatedTpm tpm_;
  TpmRelay wire_{tpm_.socket()};
};

std::string LineOf(const fs::path& path, const std::string& begin) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(begin)) return line;
  }
  return {};
}

// One agreement of keys, whose key is loaded for it and put away again.
constexpr int kCommandsOfAnOpen = 3;
constexpr std::uint32_t kEcdhZGen = 0x154;

TEST_F(TpmDevice, InstallsOpensAndRunsConfined) {
  EXPECT_EQ(Answer(), 7);
  const TpmCommands sent = CommandsOfAnOpen();
  EXPECT_LE(CountOf(sent), kCommandsOfAnOpen) << TextOf(sent);
  EXPECT_EQ(sent.count(kEcdhZGen), 1U) << TextOf(sent);
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

// Who asks devices what they are, with files of its own.
class AttestVerifier {
 public:
  Outcome Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {(BinaryDirectory() / "edgekeep-publisher").string(), "attest"});
    return RunProgram(arguments);
  }

  std::string At(const std::string& name) const { return files_ / name; }

  // By an activation; leaves NAME.eke.
  void Enrol(const Device& device, const std::string& name, const std::vector<std::string>& chip = {}) const {
    MustDo(device.Edgekeep({"device", "show", "--attestation-keys", "-o", At(name + ".ekk")}));
    MustDo(Begin(name, chip));
    MustDo(device.Edgekeep({"device", "attest", "--activation", At(name + ".eka"), "-o", At(name + ".answer")}));
    std::vector<std::string> finish = {"enrol", "finish", At(name + ".answer"), "--keys", At(name + ".ekk")};
    finish.insert(finish.end(), {"--challenge", At(name + ".secret"), "-o", At(name + ".eke")});
    finish.insert(finish.end(), chip.begin(), chip.end());
    MustDo(Run(finish));
  }

  Outcome Begin(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {
        "enrol", "begin", At(name + ".ekk"), "--challenge", At(name + ".secret"), "-o", At(name + ".eka")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }

  void Challenge(const std::string& name) const { MustDo(Run({"challenge", "-o", At(name + ".ekc")})); }

  void Ask(const Device& device, const std::string& challenge, const std::string& evidence) const {
    MustDo(device.Edgekeep({"device", "attest", "--challenge", At(challenge + ".ekc"), "-o", At(evidence + ".ekv")}));
  }

  Outcome Judge(const std::string& evidence, const std::string& challenge, const std::string& enrolment,
                const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"verify",      At(evidence + ".ekv"),  "--challenge", At(challenge + ".ekc"),
                                          "--enrolment", At(enrolment + ".eke"), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }

  static void MustDo(const Outcome& outcome) { Require(outcome.exit_code == 0, outcome.err + outcome.out); }

 private:
  TemporaryDirectory files_;
};

// Without what makes it readable.
std::string Dense(std::string json) {
  std::erase_if(json, [](char c) { return c == ' ' || c == '\n'; });
  return json;
}

bool Says(const Outcome& judged, const std::string& what) {
  return Dense(judged.out).find(what) != std::string::npos;
}

bool Fails(const Outcome& judged, const std::string& check) {
  return Says(judged, R"({"check":")" + check + R"(","result":"fails")");
}

// That this check, and no other, is told to fail.
void ExpectOnlyFailure(const Outcome& judged, const std::string& check) {
  EXPECT_EQ(judged.exit_code, 1) << judged.err;
  EXPECT_TRUE(Fails(judged, check)) << judged.out;
  EXPECT_EQ(judged.out.find("\"fails\""), judged.out.rfind("\"fails\"")) << judged.out;
}

// The same device and answer, of whose chip nobody says that it is one.
void ExpectNoEnrolment(const AttestVerifier& verifier, const ChipMaker& maker) {
  const auto refuses = [&](const std::vector<std::string>& more, const std::string& why) {
    const Outcome begun = verifier.Begin("chip", more);
    EXPECT_NE(begun.exit_code, 0);
    EXPECT_NE(begun.err.find(why), std::string::npos) << begun.err;
  };
  fs::remove(verifier.At("chip.secret"));
  fs::remove(verifier.At("chip.eka"));
  refuses({}, "nobody says whose chip this is");
  refuses({"--endorsement", std::string(64, 'a')}, "another endorsement key");
  TemporaryDirectory elsewhere;
  const ChipMaker unknown(elsewhere.path());
  refuses({"--makers", unknown.certificate()}, "issued by nobody known");
  // A genuine certificate of a chip that is somebody else's, in the last field of the keys.
  std::vector<std::uint8_t> keys = ReadFile(verifier.At("chip.ekk"));
  const std::vector<std::uint8_t> whole = keys;
  std::vector<std::uint8_t> point = {4};
  for (const char* coordinate : {"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
                                 "\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96",
                                 "\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
                                 "\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5"}) {
    point.insert(point.end(), coordinate, coordinate + 32);
  }
  const std::vector<std::uint8_t> others = maker.Certify(point);
  std::size_t at = keys.size() - 3;
  while (at > 0 && !(keys[at - 1] == 4 && keys[at] == 0x59 &&
                     keys.size() - at - 3 == (std::size_t{keys[at + 1]} << 8 | keys[at + 2]))) {
    --at;
  }
  ASSERT_GT(at, 0U) << "no certificate";
  keys.resize(at + 3);
  keys[at + 1] = static_cast<std::uint8_t>(others.size() >> 8);
  keys[at + 2] = static_cast<std::uint8_t>(others.size());
  keys.insert(keys.end(), others.begin(), others.end());
  std::ofstream(verifier.At("chip.ekk"), std::ios::binary)
      .write(reinterpret_cast<const char*>(keys.data()), static_cast<std::streamsize>(keys.size()));
  refuses({"--makers", maker.certificate()}, "the certificate is another chip's");
  std::ofstream(verifier.At("chip.ekk"), std::ios::binary)
      .write(reinterpret_cast<const char*>(whole.data()), static_cast<std::streamsize>(whole.size()));
  EXPECT_EQ(verifier.Begin("chip", {"--makers", maker.certificate()}).exit_code, 0) << "control";
}

TEST_F(TpmDevice, ItsEvidenceIsBelievedAndNoOthers) {
  const AttestVerifier verifier;
  verifier.Enrol(device_, "chip", {"--makers", maker_.certificate()});
  ExpectNoEnrolment(verifier, maker_);
  verifier.Challenge("first");
  verifier.Ask(device_, "first", "first");
  const Outcome believed = verifier.Judge("first", "first", "chip", {"--seen", verifier.At("chip.eks")});
  EXPECT_EQ(believed.exit_code, 0) << believed.out;
  ExpectOnlyFailure(verifier.Judge("first", "first", "chip", {"--seen", verifier.At("chip.eks")}), "nonce");
  for (const char* claim :
       {R"("development_only":false)", kProduct, R"("kind":"keep","version":"0.)", R"("kind":"engine")"}) {
    EXPECT_TRUE(Says(believed, claim)) << claim << " in " << believed.out;
  }
  verifier.Challenge("second");
  ExpectOnlyFailure(verifier.Judge("first", "second", "chip"), "nonce");
  // A keep that was killed goes on with the same log.
  kill(device_.ProcessesNamed("edgekeep-keep").at(0), SIGKILL);
  ASSERT_TRUE(Eventually([&] { return device_.Edgekeep({"status"}).exit_code == 0; }, std::chrono::minutes(1)));
  verifier.Ask(device_, "second", "second");
  EXPECT_EQ(verifier.Judge("second", "second", "chip").exit_code, 0);
  const std::string digest(64, 'a');
  AttestVerifier::MustDo(verifier.Run({"policy", "--quarantine", "IBM", "-o", verifier.At("chips.ekq")}));
  AttestVerifier::MustDo(verifier.Run({"policy", "--trust-policy", "7=" + digest, "-o", verifier.At("trust.ekq")}));
  ExpectOnlyFailure(verifier.Judge("second", "second", "chip", {"--policy", verifier.At("chips.ekq")}), "quarantine");
  ExpectOnlyFailure(verifier.Judge("second", "second", "chip", {"--policy", verifier.At("trust.ekq")}), "policies");
  // Another device, without a chip, with the same answer to give.
  Device software;
  software.Start();
  software.Initialise(Publisher::Shared().trust_bundle());
  verifier.Ask(software, "second", "software");
  const Outcome others = verifier.Judge("software", "second", "chip");
  EXPECT_EQ(others.exit_code, 1);
  EXPECT_TRUE(Fails(others, "signature")) << others.out;
  verifier.Enrol(software, "software");
  ExpectOnlyFailure(verifier.Judge("software", "second", "software"), "anchor");
  AttestVerifier::MustDo(verifier.Run({"policy", "--allow-development", "-o", verifier.At("development.ekq")}));
  const Outcome allowed =
      verifier.Judge("software", "second", "software", {"--policy", verifier.At("development.ekq")});
  EXPECT_EQ(allowed.exit_code, 0) << allowed.out;
  EXPECT_TRUE(Says(allowed, R"("development_only":true)")) << allowed.out;
  EXPECT_NE(allowed.err.find("for development only"), std::string::npos) << allowed.err;
}

// The chip's clock and its count of power-ups are what a lease is counted by; its counter keeps a licence returned.
TEST_F(TpmDevice, ALeaseIsCountedRenewedAndReturnedByTheChip) {
  Publisher& publisher = Publisher::Shared();
  const auto run = [this] { return device_.Edgekeep({"run", kProduct, "--random", "1"}); };
  const auto succeeds = [](const Outcome& outcome) { Require(outcome.exit_code == 0, outcome.err); };
  const auto restart = [this] {
    device_.Stop();
    tpm_.PowerCycle();
    device_.Start();
  };
  succeeds(device_.Edgekeep(
      {"licence", "install",
       publisher.Licence(device_.root() / "d.ekd", kProduct, {"--lease", "1h", "--start-charge", "1h"})}));
  const TpmCommands sent = CommandsOfAnOpen();
  EXPECT_LE(CountOf(sent), kCommandsOfAnOpen) << "a lease costs no command: " << TextOf(sent);
  restart();
  EXPECT_NE(run().err.find("expired"), std::string::npos);
  const fs::path request = files_ / "renew.ekr";
  succeeds(device_.Edgekeep({"licence", "renew-request", "--product", kProduct, "-o", request}));
  const fs::path renewed = publisher.Fresh(".lic");
  succeeds(publisher.Command({"licence", "renew", request, "-o", renewed}));
  succeeds(device_.Edgekeep({"licence", "install", renewed}));
  EXPECT_EQ(Answer(), 7);
  device_.Stop();
  ASSERT_EQ(RunProgram({"/bin/cp", "-a", device_.state(), files_ / "older"}).exit_code, 0);
  device_.Start();
  EXPECT_EQ(Answer(), 7) << "control: it was the licence that the copy has";
  succeeds(device_.Edgekeep({"licence", "return", "--product", kProduct, "-o", files_ / "receipt.ekr"}));
  EXPECT_NE(run().err.find("expired"), std::string::npos);
  device_.Stop();
  fs::remove_all(device_.state());
  ASSERT_EQ(RunProgram({"/bin/cp", "-a", files_ / "older", device_.state()}).exit_code, 0);
  device_.Start();
  EXPECT_NE(run().err.find("denied"), std::string::npos);
}

TEST_F(TpmDevice, ItsDiskIsWorthNothingWithAnotherTpm) {
  device_.Stop();
  Device clone;
  SimulatedTpm clones_tpm;
  GiveTpm(clone, clones_tpm, maker_, clones_tpm.socket());
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
