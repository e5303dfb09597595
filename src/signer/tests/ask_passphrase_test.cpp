#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <thread>

#include "edgekeep/signer/passphrase.h"
#include "support.h"

namespace edgekeep::signer {
namespace {

// A pseudo-terminal: what a person types goes in at `keyboard`, what they see comes out there.
class Terminal : public testing::Test {
 protected:
  void SetUp() override {
    keyboard_ = ::posix_openpt(O_RDWR | O_NOCTTY);
    ASSERT_GE(keyboard_, 0);
    ASSERT_EQ(::grantpt(keyboard_), 0);
    ASSERT_EQ(::unlockpt(keyboard_), 0);
    terminal_ = ::open(::ptsname(keyboard_), O_RDWR | O_NOCTTY);
    ASSERT_GE(terminal_, 0);
  }

  void TearDown() override {
    ::close(terminal_);
    ::close(keyboard_);
  }

  // Reads the screen until `text` stands there; what was seen so far.
  std::string WaitFor(const std::string& text) {
    while (seen_.find(text, searched_) == std::string::npos) {
      pollfd ready{keyboard_, POLLIN, 0};
      if (::poll(&ready, 1, 5000) != 1) return seen_ + "<nothing more>";
      char buffer[256];
      const ssize_t got = ::read(keyboard_, buffer, sizeof buffer);
      if (got <= 0) return seen_ + "<closed>";
      seen_.append(buffer, static_cast<std::size_t>(got));
    }
    searched_ = seen_.size();
    return seen_;
  }

  void Type(const std::string& text) {
    ASSERT_EQ(::write(keyboard_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  bool Echoes() {
    termios mode{};
    EXPECT_EQ(::tcgetattr(terminal_, &mode), 0);
    return (mode.c_lflag & ECHO) != 0;
  }

  int keyboard_ = -1;
  int terminal_ = -1;
  std::string seen_;
  std::size_t searched_ = 0;
};

TEST_F(Terminal, AsksWithoutEchoAndPutsTheModeBack) {
  std::thread person([&] {
    WaitFor("Passphrase: ");
    Type("very secret words\n");
  });
  const auto passphrase = AskPassphrase(terminal_, "Passphrase: ");
  person.join();
  ASSERT_TRUE(passphrase) << passphrase.error().where();
  EXPECT_EQ(AsText(passphrase->Reveal()), "very secret words");
  EXPECT_EQ(WaitFor("\n").find("secret"), std::string::npos) << seen_;
  EXPECT_TRUE(Echoes());
}

TEST_F(Terminal, ControlTypingShowsWhileEchoIsOn) {
  Type("very secret words\n");
  EXPECT_NE(WaitFor("words").find("secret"), std::string::npos);
}

TEST_F(Terminal, AsksTwiceForANewOne) {
  for (const bool same : {true, false}) {
    std::thread person([&] {
      WaitFor("New: ");
      Type("very secret words\n");
      WaitFor("again: ");
      Type(same ? "very secret words\n" : "other words\n");
    });
    const auto passphrase = AskNewPassphrase(terminal_, "New: ");
    person.join();
    EXPECT_EQ(passphrase.has_value(), same);
  }
}

TEST_F(Terminal, RefusesAnEmptyAnswer) {
  std::thread person([&] {
    WaitFor("Passphrase: ");
    Type("\n");
  });
  EXPECT_EQ(AskPassphrase(terminal_, "Passphrase: ").error().code(), ErrorCode::kMalformed);
  person.join();
  EXPECT_TRUE(Echoes());
}

TEST_F(Terminal, EndsWhenTheTerminalHangsUp) {
  std::thread person([&] {
    WaitFor("Passphrase: ");
    ::close(keyboard_);
  });
  EXPECT_FALSE(AskPassphrase(terminal_, "Passphrase: "));
  person.join();
}

TEST(NoTerminal, IsSaid) {
  const int null = ::open("/dev/null", O_RDWR);
  EXPECT_EQ(AskPassphrase(null, "Passphrase: ").error().code(), ErrorCode::kBadState);
  ::close(null);
}

}  // namespace
}  // namespace edgekeep::signer
