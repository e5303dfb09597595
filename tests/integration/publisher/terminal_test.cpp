// The publisher at a terminal: asked for the passphrase without echo, shown a progress bar.
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "workbench.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPassphrase = "correct horse battery staple";

class AtTheTerminal : public Workbench {
 protected:
  void TearDown() override {
    if (keyboard_ >= 0) ::close(keyboard_);
  }

  void Start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), Binary("edgekeep-publisher"));
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    child_ = ::forkpty(&keyboard_, nullptr, nullptr, nullptr);
    if (child_ == 0) {
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
  }

  // Reads the screen until `text` stands there; false when the program ends before, or was killed after a silent
  // minute.
  bool WaitFor(const std::string& text) {
    while (screen_.find(text) == std::string::npos) {
      pollfd ready{keyboard_, POLLIN, 0};
      char buffer[4096];
      if (::poll(&ready, 1, 60000) != 1) {
        ::kill(child_, SIGKILL);
        return false;
      }
      const ssize_t got = ::read(keyboard_, buffer, sizeof buffer);
      if (got <= 0) return false;
      screen_.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
  }

  void Type(const std::string& text) {
    const std::string line = text + "\n";
    ASSERT_EQ(::write(keyboard_, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }

  int ExitCode() {
    WaitFor("nothing says this");
    int status = 0;
    ::waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::vector<std::string> SealWithoutPassphrase(const fs::path& model) {
    std::vector<std::string> seal = SealArguments(model, directory_ / "x.eks");
    seal.resize(seal.size() - 2);
    return seal;
  }

  pid_t child_ = -1;
  int keyboard_ = -1;
  std::string screen_;
};

TEST_F(AtTheTerminal, AsksForThePassphraseWithoutShowingIt) {
  Start(SealWithoutPassphrase(Model()));
  ASSERT_TRUE(WaitFor("Passphrase of the publisher's keys: "));
  Type(kPassphrase);
  EXPECT_EQ(ExitCode(), 0) << screen_;
  EXPECT_EQ(screen_.find("horse"), std::string::npos) << screen_;
  EXPECT_TRUE(fs::exists(directory_ / "x.eks"));
}

TEST_F(AtTheTerminal, AsksTwiceForANewPassphrase) {
  Start({"publisher", "init", directory_ / "p", "--name", "acme"});
  ASSERT_TRUE(WaitFor("New passphrase: "));
  Type(kPassphrase);
  ASSERT_TRUE(WaitFor("The same again: "));
  Type("something else altogether");
  EXPECT_EQ(ExitCode(), 1) << screen_;
  EXPECT_NE(screen_.find("the two differ"), std::string::npos) << screen_;
  EXPECT_FALSE(fs::exists(directory_ / "p"));
}

TEST_F(AtTheTerminal, IsInterruptedAtTheQuestion) {
  Start(SealWithoutPassphrase(Model()));
  ASSERT_TRUE(WaitFor("keys: "));
  ASSERT_EQ(::write(keyboard_, "\x03", 1), 1);  // Ctrl-C
  EXPECT_EQ(ExitCode(), 1) << screen_;
  EXPECT_NE(screen_.find("interrupted"), std::string::npos) << screen_;
  EXPECT_FALSE(fs::exists(directory_ / "x.eks"));
}

TEST_F(AtTheTerminal, SeesAProgressBarOfLongWork) {
  Start(SealArguments(SparseModel(1ULL << 30), directory_ / "x.eks"));
  ASSERT_TRUE(WaitFor("% of 1.0 GiB")) << screen_;
  ASSERT_EQ(::write(keyboard_, "\x03", 1), 1);
  EXPECT_EQ(ExitCode(), 1);
  EXPECT_FALSE(fs::exists(directory_ / "x.eks"));
}

}  // namespace
}  // namespace edgekeep::test
