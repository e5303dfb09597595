#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "child.h"
#include "edgekeep/gate/posix/channel.h"
#include "scratch.h"

namespace edgekeep::gate {
namespace {

class SocketFile : public testing::Test {
 protected:
  ErrorCode ListenRefusal() { return Listen(path_, 0600).error().code(); }

  Scratch scratch_;
  std::string path_ = scratch_ / "gate.sock";
};

TEST_F(SocketFile, IsListenedAtAndConnectedTo) {
  const Descriptor listener = Listen(path_, 0600).value();
  Channel near = Channel::Connect(path_).value();
  Channel far(Accept(listener.get()).value());
  ASSERT_TRUE(near.Send(Command::kStatus, 3, {}));
  std::array<std::uint8_t, 64> buffer{};
  EXPECT_EQ(far.Receive(buffer, 1000)->frame.header.id, 3U);
}

TEST_F(SocketFile, HasTheModeAskedForWhateverTheMask) {
  const mode_t before = umask(0077);
  const auto listener = Listen(path_, 0666);
  umask(before);
  ASSERT_TRUE(listener);
  struct stat file{};
  ASSERT_EQ(stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777, 0666U);
}

TEST_F(SocketFile, ThatNobodyAnswersAtIsReplaced) {
  {
    ASSERT_TRUE(Listen(path_, 0600));
  }
  EXPECT_TRUE(Listen(path_, 0600));
}

TEST_F(SocketFile, ThatSomebodyAnswersAtIsLeftAlone) {
  const Descriptor listener = Listen(path_, 0600).value();
  EXPECT_EQ(ListenRefusal(), ErrorCode::kBusy);
  EXPECT_TRUE(Channel::Connect(path_));
}

TEST_F(SocketFile, DoesNotReplaceOtherFiles) {
  std::ofstream(path_) << "precious";
  EXPECT_EQ(ListenRefusal(), ErrorCode::kAlreadyExists);
  EXPECT_TRUE(std::filesystem::is_regular_file(path_));
}

TEST_F(SocketFile, IsNotFoundWhereNobodyListens) {
  EXPECT_EQ(Channel::Connect(path_).error().code(), ErrorCode::kNotFound);
  {
    ASSERT_TRUE(Listen(path_, 0600));
  }
  EXPECT_EQ(Channel::Connect(path_).error().code(), ErrorCode::kNotFound);
}

TEST_F(SocketFile, RefusesPathsThatAreNoSocketNames) {
  EXPECT_EQ(Channel::Connect("").error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(Channel::Connect(std::string(108, 'x')).error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(Channel::Connect(std::string_view("\0abstract", 9)).error().code(), ErrorCode::kBadArgument);
}

TEST_F(SocketFile, IsForbiddenToWhomItsModeForbids) {
  if (geteuid() != 0) GTEST_SKIP() << "SKIP socket modes: changing users needs root";
  const Descriptor listener = Listen(path_, 0600).value();
  Child stranger([this] {
    if (setresuid(64002, 64002, 64002) != 0) return 2;
    const auto channel = Channel::Connect(path_);
    return !channel && channel.error().code() == ErrorCode::kForbidden ? 0 : 1;
  });
  EXPECT_EQ(stranger.Wait(), 0);
}

}  // namespace
}  // namespace edgekeep::gate
