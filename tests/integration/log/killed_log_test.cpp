// SIGKILL of who appends to a log, at each step (support/steps.h): what was acknowledged is there, what was published
// is no fork, and the log goes on.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "../../support/binaries.h"
#include "../../support/program.h"
#include "../../support/steps.h"
#include "../../support/temporary_directory.h"

namespace edgekeep::test {
namespace {

constexpr const char* kSteps = "openat,write,fsync,renameat,mkdirat";
// Of all steps; with EDGEKEEP_LONG, every one.
constexpr std::size_t kKills = 24;

std::string Appender() {
  return Binary("log_appender");
}

// The last number that was printed as acknowledged.
std::string Acknowledged(const Outcome& outcome) {
  std::istringstream lines(outcome.out);
  std::string last = "0";
  for (std::string line; std::getline(lines, line);) last = line;
  return last;
}

Outcome WorkUnder(const std::string& inject, const std::filesystem::path& directory, const std::filesystem::path& log) {
  std::vector<std::string> arguments = {kStrace, "-f", "-q", "-e", "signal=none", "-e", std::string("trace=") + kSteps};
  if (!inject.empty()) arguments.insert(arguments.end(), {"-e", inject});
  arguments.insert(arguments.end(), {"-o", log, Appender(), "work", directory});
  return RunProgram(arguments);
}

TEST(KilledLog, LosesNothingAndForksNothing) {
  if (!std::filesystem::exists(kStrace)) GTEST_SKIP() << "SKIP killed log: strace is missing; run script/bootstrap";
  const TemporaryDirectory temporary;
  const Outcome whole = WorkUnder("", temporary / "whole", temporary / "log");
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  ASSERT_EQ(Acknowledged(whole), "390");
  const std::vector<Step> steps = StepsIn(temporary / "log");
  ASSERT_GT(steps.size(), 60U);
  const std::size_t stride = std::getenv("EDGEKEEP_LONG") != nullptr ? 1 : steps.size() / kKills + 1;
  int killed = 0;
  for (std::size_t i = 0; i < steps.size(); i += stride) {
    const std::filesystem::path directory = temporary / std::to_string(i);
    const Outcome outcome = WorkUnder(KillingAt(steps[i]), directory, temporary / "log");
    killed += outcome.exit_code != 0 ? 1 : 0;
    const Outcome check = RunProgram({Appender(), "check", directory, Acknowledged(outcome)});
    EXPECT_EQ(check.exit_code, 0) << "killed at " << NameOf(steps[i]) << ": " << check.err;
  }
  std::printf("killed log: %d of %zu steps\n", killed, steps.size());
  EXPECT_GT(killed, 10);
}

// Control: the check finds what is missing.
TEST(KilledLog, ControlTheCheckFindsLostEntriesAndForks) {
  const TemporaryDirectory temporary;
  const std::filesystem::path directory = temporary / "log";
  ASSERT_EQ(RunProgram({Appender(), "work", directory}).exit_code, 0);
  EXPECT_EQ(RunProgram({Appender(), "check", directory, "391"}).exit_code, 1) << "one more than there is";
  const std::filesystem::path fork = temporary / "fork";
  ASSERT_EQ(RunProgram({Appender(), "work", fork}).exit_code, 0);
  ASSERT_EQ(RunProgram({Appender(), "check", fork, "390"}).exit_code, 0) << "goes on in its own way";
  ASSERT_EQ(RunProgram({Appender(), "work", fork}).exit_code, 0);
  std::filesystem::copy_file(fork / "public/checkpoint", directory / "public/checkpoint",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(RunProgram({Appender(), "check", directory, "390"}).exit_code, 1) << "somebody saw more";
}

}  // namespace
}  // namespace edgekeep::test
