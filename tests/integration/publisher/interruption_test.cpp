// Sealing that is cut off: by a signal it can answer, and by SIGKILL at many instants.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "../../support/eventually.h"
#include "workbench.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class Interruption : public Workbench {
 protected:
  void SetUp() override {
    for (const fs::path& directory : {out_, work_, temporary_}) fs::create_directory(directory);
  }

  // Seals with directories of its own for everything that a program could leave something in.
  Background Start(const fs::path& model) const {
    std::vector<std::string> arguments{"/usr/bin/env", "-C", work_, "TMPDIR=" + temporary_.string(),
                                       Binary("edgekeep-publisher")};
    const std::vector<std::string> seal = SealArguments(model, out_ / "x.eks");
    arguments.insert(arguments.end(), seal.begin(), seal.end());
    return Background::Start(arguments, log_);
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

// Cuts after ever longer times, until one seal gets through: whatever the instant, there is the whole file or none.
TEST_F(Interruption, BySigkillLeavesTheWholeFileOrNone) {
  const fs::path model = Model(192 << 20);
  bool cut_while_writing = false;
  bool finished = false;
  for (milliseconds delay{1}; !finished && delay < std::chrono::seconds(60); delay += delay / 16 + milliseconds(7)) {
    Background program = Start(model);
    finished = program.Wait(delay).has_value();
    if (!finished) {
      cut_while_writing = cut_while_writing || IsWriting(program);
      program.Signal(SIGKILL);
      program.Wait(std::chrono::seconds(60));
    }
    if (fs::exists(out_ / "x.eks")) {
      const Outcome whole = Bare({"grant", out_ / "x.eks", "-o", directory_ / "g.ekg", "--publisher",
                                  publisher().directory(), "--passphrase-file", publisher().passphrase_file()});
      EXPECT_EQ(whole.exit_code, 0) << whole.err;
      finished = true;
    } else {
      EXPECT_TRUE(EntriesOf(out_).empty());
    }
    ExpectNoTrace();
  }
  EXPECT_TRUE(finished);
  EXPECT_TRUE(cut_while_writing || ::geteuid() != 0) << "no cut fell into the writing";
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
