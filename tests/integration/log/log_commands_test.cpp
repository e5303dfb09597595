// `edgekeep log` and `edgekeep witness` from outside: a log, its witness over HTTP, proofs, and who tries to fork it.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "../../support/binaries.h"
#include "../../support/eventually.h"
#include "../../support/files.h"
#include "../../support/program.h"
#include "../../support/temporary_directory.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/json/text.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const fs::path& path) {
  const auto bytes = ReadFile(path);
  return {bytes.begin(), bytes.end()};
}

void Write(const fs::path& path, const std::string& text) {
  WriteFile(path, {text.begin(), text.end()});
}

// Contents of entries that another implementation made.
std::vector<std::string> Contents() {
  const std::string text = TextOf(SourceDirectory() / "spec/vectors/log-entries.json");
  const auto vectors = json::Parse(text).value();
  std::vector<std::string> contents;
  for (const json::Value& value : **(*vectors.AsObject())->Find("objects")->AsArray()) {
    const json::Object& object = **value.AsObject();
    if (*object.Find("kind")->AsText() == "log-entry") continue;
    const std::string_view hex = *object.Find("hex")->AsText();
    std::vector<std::uint8_t> bytes(hex.size() / 2);
    EXPECT_TRUE(FromHex(hex, bytes));
    contents.emplace_back(bytes.begin(), bytes.end());
  }
  return contents;
}

class LogCommands : public testing::Test {
 protected:
  void SetUp() override {
    Write(directory_ / "passphrase", "correct horse battery staple\n");
    fs::permissions(directory_ / "passphrase", fs::perms{0600});
    int number = 0;
    for (const std::string& content : Contents()) Write(Path("entry" + std::to_string(number++)), content);
  }

  std::string Path(const std::string& name) const { return directory_ / name; }

  Outcome Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), Binary("edgekeep-publisher"));
    return RunProgram(arguments);
  }

  // With the passphrase.
  Outcome RunWithKeys(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--passphrase-file", Path("passphrase")});
    return Run(arguments);
  }

  void MakeLog(const std::string& name = "log") const {
    const Outcome made = RunWithKeys({"log", "init", Path(name), "--origin", "log.example/acme", "--key-file-memory",
                                      "19", "--key-file-passes", "2"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    Append(name, {"entry0", "entry1", "entry2"});
  }

  void Append(const std::string& name, const std::vector<std::string>& files) const {
    std::vector<std::string> arguments = {"log", "append", Path(name)};
    for (const std::string& file : files) arguments.push_back(Path(file));
    const Outcome appended = RunWithKeys(arguments);
    ASSERT_EQ(appended.exit_code, 0) << appended.err;
  }

  std::string LogLines() const {
    const std::string policy = TextOf(Path("log/keys/key.policy"));
    return policy.substr(0, policy.find("quorum"));
  }

  // Starts the witness and writes a policy that demands it.
  Background StartWitness() {
    EXPECT_EQ(RunWithKeys({"witness", "init", Path("witness"), "--name", "witness.example", "--key-file-memory", "19",
                           "--key-file-passes", "2"})
                  .exit_code,
              0);
    Write(Path("logs.policy"), LogLines() + "quorum none\n");
    Background witness =
        Background::Start({Binary("edgekeep-publisher"), "witness", "serve", Path("witness"), "--logs",
                           Path("logs.policy"), "--listen", "127.0.0.1:0", "--passphrase-file", Path("passphrase")},
                          Path("witness.out"));
    EXPECT_TRUE(Eventually([&] { return TextOf(Path("witness.out")).find("/\n") != std::string::npos; },
                           std::chrono::seconds(60)));
    const std::string told = TextOf(Path("witness.out"));
    const std::string url = told.substr(told.find("http://"), told.rfind('\n') - told.find("http://"));
    std::istringstream lines(TextOf(Path("witness/keys/key.policy")));
    std::string policy = LogLines();
    for (std::string line; std::getline(lines, line);) {
      policy += line + (line.starts_with("witness ") ? " " + url : "") + "\n";
    }
    Write(Path("policy"), policy);
    return witness;
  }

  TemporaryDirectory directory_;
};

TEST_F(LogCommands, ProveToWhoeverHasThePolicy) {
  MakeLog();
  const Outcome proof = Run({"log", "prove", "inclusion", Path("log"), "--index", "1", "-o", Path("p.tlog-proof"),
                             "--entry", Path("logged")});
  ASSERT_EQ(proof.exit_code, 0) << proof.err;
  const std::string policy = Path("log/keys/key.policy");
  const Outcome verified = Run(
      {"log", "verify", "inclusion", Path("p.tlog-proof"), "--entry", Path("logged"), "--policy", policy, "--json"});
  ASSERT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_NE(verified.out.find("\"index\": 1"), std::string::npos);
  // Another entry under the same proof.
  ASSERT_EQ(Run({"log", "prove", "inclusion", Path("log"), "--index", "2", "-o", Path("q"), "--entry", Path("other")})
                .exit_code,
            0);
  EXPECT_EQ(
      Run({"log", "verify", "inclusion", Path("p.tlog-proof"), "--entry", Path("other"), "--policy", policy}).exit_code,
      1);
  EXPECT_EQ(Run({"log", "prove", "inclusion", Path("log"), "--index", "3"}).exit_code, 1);
  EXPECT_EQ(Run({"log", "prove", "inclusion", Path("log"), "--index", "-1"}).exit_code, 2);
  EXPECT_EQ(Run({"log", "prove"}).exit_code, 2);
}

TEST_F(LogCommands, ProveThatTheLogOnlyGrew) {
  MakeLog();
  fs::copy_file(Path("log/public/checkpoint"), Path("earlier"));
  Append("log", {"entry3", "entry4"});
  ASSERT_EQ(Run({"log", "prove", "consistency", Path("log"), "--from", "3", "-o", Path("growth")}).exit_code, 0);
  const std::vector<std::string> verify = {"log",         "verify",
                                           "consistency", Path("growth"),
                                           "--earlier",   Path("earlier"),
                                           "--later",     Path("log/public/checkpoint"),
                                           "--policy",    Path("log/keys/key.policy")};
  EXPECT_EQ(Run(verify).exit_code, 0);
  std::string growth = TextOf(Path("growth"));
  growth[3] = growth[3] == 'A' ? 'B' : 'A';
  Write(Path("growth"), growth);
  EXPECT_EQ(Run(verify).exit_code, 1);
}

TEST_F(LogCommands, ExportWhatAnybodyCanServe) {
  MakeLog();
  ASSERT_EQ(Run({"log", "export", Path("log"), Path("exported")}).exit_code, 0);
  EXPECT_FALSE(fs::exists(Path("exported/keys")));
  const std::vector<std::string> verify = {
      "log", "verify", "files", Path("exported"), "--policy", Path("log/keys/key.policy")};
  EXPECT_EQ(Run(verify).exit_code, 0);
  EXPECT_EQ(Run({"log", "list", Path("exported")}).exit_code, 0);
  EXPECT_EQ(Run({"log", "export", Path("log"), Path("exported")}).exit_code, 1) << "nothing is overwritten";
  FlipBit(Path("exported/tile/entries/000.p/3"), 300);
  EXPECT_EQ(Run(verify).exit_code, 1);
}

TEST_F(LogCommands, AppendAllOrNothingOfWhatIsContent) {
  MakeLog();
  Write(Path("nonsense"), "nonsense");
  const Outcome refused = RunWithKeys({"log", "append", Path("log"), Path("entry3"), Path("nonsense")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("nonsense"), std::string::npos);
  EXPECT_NE(Run({"log", "show", Path("log"), "--json"}).out.find("\"size\": 3"), std::string::npos);
  EXPECT_EQ(RunWithKeys({"log", "init", Path("log"), "--origin", "a"}).exit_code, 1);
}

TEST_F(LogCommands, WitnessOverHttpCosignsTheLogAndNoFork) {
  MakeLog();
  const Background witness = StartWitness();
  const std::vector<std::string> verify = {"log", "verify", "files", Path("log"), "--policy", Path("policy")};
  EXPECT_EQ(Run(verify).exit_code, 1) << "no cosignature yet";
  ASSERT_EQ(Run({"log", "cosign", Path("log"), "--policy", Path("policy")}).exit_code, 0);
  EXPECT_EQ(Run(verify).exit_code, 0);

  // Whoever has the log's keys goes on from an older copy in two ways.
  fs::copy(Path("log"), Path("fork"), fs::copy_options::recursive);
  Append("log", {"entry3"});
  ASSERT_EQ(Run({"log", "cosign", Path("log"), "--policy", Path("policy")}).exit_code, 0);
  Append("fork", {"entry5", "entry6"});
  const Outcome fork = Run({"log", "cosign", Path("fork"), "--policy", Path("policy")});
  EXPECT_EQ(fork.exit_code, 1);
  EXPECT_NE(fork.err.find("the witness saw another log"), std::string::npos) << fork.err;
  EXPECT_EQ(Run({"log", "verify", "files", Path("fork"), "--policy", Path("policy")}).exit_code, 1);
  // Control: who demands no witness believes the fork.
  EXPECT_EQ(Run({"log", "verify", "files", Path("fork"), "--policy", Path("log/keys/key.policy")}).exit_code, 0);
}

}  // namespace
}  // namespace edgekeep::test
