// What is said without a keep: usage errors, help, and that none is running.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "command.h"
#include "edgekeep/json/text.h"

namespace edgekeep::cli::device {
namespace {

namespace fs = std::filesystem;

bool IsOneLine(const std::string& text) {
  return text.ends_with('\n') && std::ranges::count(text, '\n') == 1;
}

TEST(Usage, WrongUsageIsOneLineAndExitCode2) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"bogus"},
      {"--bogus", "status"},
      {"status", "bogus"},
      {"device"},
      {"device", "init"},
      {"device", "show", "-o", "x"},
      {"install"},
      {"install", "a", "b"},
      {"run"},
      {"run", "acme/x", "--repeat", "0"},
      {"run", "acme/x", "--random", "x"},
      {"exec", "acme/x"},
      {"exec", "acme/x", "--bogus", "--", "cat", "{model}"},
      {"audit-memory"},
      {"run", "acme/x", "--random", "-1"},
      {"run", "acme/x", "--random", "18446744073709551616"},
      {"run", "acme/x", "--threads", "0x10"},
      {"run", "acme/x", "--ring-mib", "010"},
      {"audit-memory", "--tag", "3a5a", "--pid", "-1"},
      {"device", "enrol", "--est", "https://x", "--wait", "-1"},
      {"top", "--interval", "nan"},
      {"top", "--interval", "0.01"},
      // An unset variable of a script's: the device would demand no releases, for ever.
      {"device", "init", "--trust", "x", "--release-root", "x", "--policy", ""},
      {"device", "init", "--trust", "x", "--anchor", ""},
      {"device", "enrol", "--est", ""},
      {"device", "show", "--request", "-o", ""},
      {"exec", "acme/x", "--env", "", "--", "cat", "{model}"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    const Output output = Edgekeep(arguments);
    EXPECT_EQ(output.exit_code, 2) << output.err;
    EXPECT_EQ(output.out, "");
    EXPECT_TRUE(IsOneLine(output.err)) << output.err;
    EXPECT_TRUE(output.err.starts_with("edgekeep: ")) << output.err;
    EXPECT_TRUE(output.err.ends_with(": command line: see --help\n")) << output.err;
  }
}

TEST(Usage, AnUnknownCommandIsNamed) {
  EXPECT_EQ(Edgekeep({"bogus"}).err, "edgekeep: no such command: bogus: command line: see --help\n");
}

TEST(Usage, HelpNamesEveryCommand) {
  const Output output = Edgekeep({"--help"});
  EXPECT_EQ(output.exit_code, 0);
  for (const char* command : {"device init", "device show", "install", "status", "run", "exec", "audit-memory",
                              "publisher init", "seal", "grant", "inspect", "licence issue", "--root", "--json"}) {
    EXPECT_NE(output.out.find(command), std::string::npos) << command;
  }
}

class NotRunning : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  Output Run(bool json) const {
    std::vector<std::string> arguments = {"--root", directory_.path()};
    if (json) arguments.emplace_back("--json");
    const std::string file = directory_.Write("file", "x");
    for (const std::string& argument : GetParam()) arguments.push_back(argument == "FILE" ? file : argument);
    return Edgekeep(arguments);
  }

  WorkDirectory directory_;
};

TEST_P(NotRunning, IsSaidInOneLine) {
  const Output output = Run(false);
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "edgekeep: not running: the keep of " + directory_.path().string() +
                            ": start edgekeep-spawner, or name another device by --root\n");
}

TEST_P(NotRunning, IsSaidToMachines) {
  const Output output = Run(true);
  EXPECT_EQ(output.exit_code, 1);
  const auto value = json::Parse(output.out);
  ASSERT_TRUE(value) << output.out;
  const json::Value* error = value->AsObject().value()->Find("error");
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->AsObject().value()->Find("code")->AsText().value(), "not-running");
}

INSTANTIATE_TEST_SUITE_P(Each, NotRunning,
                         testing::Values(std::vector<std::string>{"status"}, std::vector<std::string>{"device", "show"},
                                         std::vector<std::string>{"device", "init", "--trust", "FILE"},
                                         std::vector<std::string>{"device", "show", "--request", "-o", "unused"},
                                         std::vector<std::string>{"install", "FILE", "FILE", "FILE"},
                                         std::vector<std::string>{"run", "acme/x", "--random", "1"}));

TEST(Files, ThatCannotBeReadAreNamed) {
  const WorkDirectory directory;
  const std::string absent = directory.path() / "absent";
  const Output output = Edgekeep({"device", "init", "--trust", absent});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_NE(output.err.find("cannot read the trust bundle: " + absent), std::string::npos) << output.err;
  const std::string large = directory.Write("large", std::string(65537, 'x'));
  EXPECT_NE(Edgekeep({"device", "init", "--trust", large}).err.find("larger than 64 KiB"), std::string::npos);
  EXPECT_NE(Edgekeep({"device", "init", "--trust", directory.path()}).err.find("is no file"), std::string::npos);
}

TEST(Names, AreShownAndNotObeyed) {
  const WorkDirectory directory;
  const std::string name = "red\x1b[31m\nnext: line";
  const Output absent = Edgekeep({"device", "init", "--trust", directory.path() / name});
  EXPECT_TRUE(IsOneLine(absent.err)) << absent.err;
  EXPECT_NE(absent.err.find("red?[31m?next: line"), std::string::npos) << absent.err;
  const Output unknown = Edgekeep({name});
  EXPECT_EQ(unknown.err, "edgekeep: no such command: red?[31m?next: line: command line: see --help\n");
  const std::string file = directory.Write("red\x1b[31m", "x");
  const Output told = Edgekeep({"audit-memory", "--tag", "3a5a", "--path", file});
  EXPECT_EQ(told.exit_code, 0);
  EXPECT_NE(told.out.find("red?[31m: 0 found"), std::string::npos) << told.out;
  EXPECT_EQ(told.out.find('\x1b'), std::string::npos);
}

// Programs in a directory of their own, and nothing else in PATH.
class PublisherProgram : public testing::Test {
 protected:
  PublisherProgram() : program_(directory_.path() / "edgekeep") {
    fs::copy_file(EK_EDGEKEEP, program_);
    ::setenv("PATH", directory_.path().c_str(), 1);  // NOLINT(concurrency-mt-unsafe): before any thread
  }

  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  ~PublisherProgram() override { ::setenv("PATH", path_.c_str(), 1); }

  const std::string path_ = ::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  WorkDirectory directory_;
  fs::path program_;
};

TEST_F(PublisherProgram, IsMissedInOneLine) {
  for (const char* command : {"publisher", "seal", "grant", "inspect", "licence"}) {
    const Output output = RunProgram(program_, {"--json", "--root", "/x", command, "--help"});
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_TRUE(IsOneLine(output.err)) << output.err;
    EXPECT_NE(output.err.find("edgekeep-publisher is not installed here"), std::string::npos);
  }
}

TEST_F(PublisherProgram, IsGivenTheSameArguments) {
  const std::string publisher = directory_.Write("edgekeep-publisher", "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 7\n");
  fs::permissions(publisher, fs::perms::owner_all);
  const Output output = RunProgram(program_, {"--json", "seal", "a b", "-o", ""});
  EXPECT_EQ(output.exit_code, 7);
  EXPECT_EQ(output.out, "--json\nseal\na b\n-o\n\n");
}

TEST_F(PublisherProgram, IsNotAskedForWordsInOtherPlaces) {
  EXPECT_EQ(RunProgram(program_, {"--root", "seal", "status"}).exit_code, 1);
  EXPECT_EQ(RunProgram(program_, {"status", "seal"}).exit_code, 2);
}

}  // namespace
}  // namespace edgekeep::cli::device
