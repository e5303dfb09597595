// Sealing that is cut off: by a signal it can answer, and by SIGKILL at each step.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include "../../support/eventually.h"
#include "../../support/steps.h"
#include "workbench.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSteps = "fallocate,pwrite64,write,fsync,linkat,unlinkat,exit_group";

class Interruption : public Workbench {
 protected:
  void SetUp() override {
    for (const fs::path& directory : {out_, work_, temporary_}) fs::create_directory(directory);
  }

  // Seals with directories of its own for everything that a program could leave something in.
  std::vector<std::string> Seal(const fs::path& model) const {
    std::vector<std::string> arguments{"/usr/bin/env", "-C", work_, "TMPDIR=" + temporary_.string(),
                                       Binary("edgekeep-publisher")};
    const std::vector<std::string> seal = SealArguments(model, out_ / "x.eks");
    arguments.insert(arguments.end(), seal.begin(), seal.end());
    return arguments;
  }

  Background Start(const fs::path& model) const { return Background::Start(Seal(model), log_); }

  Outcome Traced(const std::vector<std::string>& options, const std::vector<std::string>& command) const {
    std::vector<std::string> arguments{kStrace, "-f", "-q", "-o", log_, "-e", std::string("trace=") + kSteps};
    arguments.insert(arguments.end(), options.begin(), options.end());
    // A leak sanitizer refuses to work beside another tracer.
    arguments.insert(arguments.end(), {"-E", "ASAN_OPTIONS=detect_leaks=0"});
    arguments.insert(arguments.end(), command.begin(), command.end());
    return RunProgram(arguments);
  }

  // True when the sealed file is there; then a grant can be made of it, and it is removed.
  bool TakeWholeFile(const std::string& when) const {
    if (!fs::exists(out_ / "x.eks")) return false;
    const Outcome grant = Bare({"grant", out_ / "x.eks", "-o", directory_ / "g.ekg", "--publisher",
                                publisher().directory(), "--passphrase-file", publisher().passphrase_file()});
    EXPECT_EQ(grant.exit_code, 0) << when << ": " << grant.err;
    fs::remove(directory_ / "g.ekg");
    fs::remove(out_ / "x.eks");
    return true;
  }

  // True once the program holds a file without a name: the output, while it is written.
  static bool IsWriting(const Background& program) {
    std::error_code ignored;
    const fs::path descriptors = "/proc/" + std::to_string(program.pid()) + "/fd";
    for (const auto& entry : fs::directory_iterator(descriptors, ignored)) {
      if (fs::read_symlink(entry.path(), ignored).string().ends_with("(deleted)")) return true;
    }
    return false;
  }

  std::string LogText() const {
    std::ifstream in(log_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  void ExpectNoTrace() const {
    EXPECT_TRUE(EntriesOf(work_).empty());
    EXPECT_TRUE(EntriesOf(temporary_).empty());
  }

  const fs::path out_ = directory_ / "out";
  const fs::path work_ = directory_ / "work";
  const fs::path temporary_ = directory_ / "tmp";
  const fs::path log_ = directory_ / "log";
};

TEST_F(Interruption, BySignalsThatCanBeAnsweredLeavesNothingAndSaysSo) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIP Interruption: only root can see when the program has begun to write";
  const fs::path model = SparseModel(1ULL << 30);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Background program = Start(model);
    ASSERT_TRUE(Eventually([&] { return IsWriting(program); }, std::chrono::seconds(60))) << LogText();
    program.Signal(signal);
    EXPECT_EQ(program.Wait(std::chrono::seconds(60)), 1) << LogText();
    EXPECT_NE(LogText().find("edgekeep: interrupted: "), std::string::npos) << LogText();
    EXPECT_TRUE(EntriesOf(out_).empty());
    ExpectNoTrace();
  }
}

TEST_F(Interruption, BySigkillAtEachStepLeavesTheWholeFileOrNone) {
  if (!fs::exists(kStrace)) GTEST_SKIP() << "SKIP Interruption: strace is missing; run script/bootstrap";
  const fs::path model = Model(3 << 20);
  ASSERT_EQ(Traced({}, Seal(model)).exit_code, 0);
  ASSERT_TRUE(TakeWholeFile("undisturbed"));
  const std::vector<Step> steps = StepsIn(log_);
  std::size_t whole = 0;
  for (const Step& step : steps) {
    const Outcome seal = Traced({"-e", KillingAt(step)}, Seal(model));
    EXPECT_EQ(seal.exit_code, 128 + SIGKILL) << NameOf(step) << ": " << seal.err;
    whole += TakeWholeFile(NameOf(step)) ? 1U : 0U;
    EXPECT_TRUE(EntriesOf(out_).empty()) << NameOf(step);
    ExpectNoTrace();
  }
  std::printf("killed at each of %zu steps; the file was whole after %zu of them\n", steps.size(), whole);
  EXPECT_GT(whole, 0U);
  EXPECT_GT(steps.size() - whole, 4U) << "no kill fell into the writing";
}

TEST_F(Interruption, WhileMakingAPublisherLeavesNothing) {
  Background program = Background::Start({Binary("edgekeep-publisher"), "publisher", "init", out_ / "p", "--name",
                                          "acme", "--passphrase-file", publisher().passphrase_file()},
                                         log_);
  ASSERT_TRUE(Eventually([&] { return !EntriesOf(out_).empty(); })) << "the directory in the making";
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait(std::chrono::seconds(60)), 1);
  EXPECT_TRUE(EntriesOf(out_).empty());
}

}  // namespace
}  // namespace edgekeep::test
