// A passed descriptor of a file system whose server never answers: whoever closes it hangs, and cannot even be killed.
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <fstream>
#include <vector>

#include "child.h"
#include "edgekeep/gate/posix/channel.h"
#include "fuse_file.h"
#include "scratch.h"

namespace edgekeep::gate {
namespace {

using ReceiveCall = Result<Message> (Channel::*)(MutableByteView, int);

class HostileFile : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(scratch_ / "file").put('x');
    file_.emplace(scratch_ / "file");
    if (!file_->works) GTEST_SKIP() << "SKIP HostileFile: needs root, /dev/fuse and a mount namespace";
    auto pair = Channel::Pair();
    near_ = std::move(pair->first);
    far_ = std::move(pair->second);
    const Descriptor passed(open((scratch_ / "file").c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(passed.valid());
    const int fd = passed.get();
    ASSERT_TRUE(near_.Send(Command::kStatus, 1, {}, {&fd, 1}));
  }

  // A process that receives the message and forgets it; it does not hold the file system alive itself.
  pid_t StartReceiver(ReceiveCall receive) {
    file_->silent = true;
    const pid_t pid = fork();
    if (pid != 0) return pid;
    close(file_->device());
    static_cast<void>((far_.*receive)(buffer_, 1000).has_value());
    _exit(7);
  }

  static bool Ends(pid_t pid, int timeout_ms) {
    const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
    return poll(&ended, 1, timeout_ms) == 1;
  }

  Scratch scratch_;
  std::optional<FuseFile> file_;
  Channel near_;
  Channel far_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kMaxFrameSize);
};

TEST_F(HostileFile, DoesNotHoldWhoTakesNoDescriptors) {
  const pid_t receiver = StartReceiver(&Channel::ReceiveWithoutDescriptors);
  const bool ended = Ends(receiver, 10'000);
  EXPECT_TRUE(ended);
  file_->End();
  EXPECT_EQ(waitpid(receiver, nullptr, 0), receiver);
  EXPECT_EQ(file_->num_unanswered, 0) << "nothing was closed that its server had to be asked about";
}

TEST_F(HostileFile, ControlWhoTakesItHangsAndCannotBeKilled) {
  const pid_t receiver = StartReceiver(&Channel::Receive);
  EXPECT_FALSE(Ends(receiver, 500));
  EXPECT_EQ(file_->num_unanswered, 1);
  kill(receiver, SIGKILL);
  EXPECT_FALSE(Ends(receiver, 500));
  file_->End();
  EXPECT_EQ(waitpid(receiver, nullptr, 0), receiver);
}

}  // namespace
}  // namespace edgekeep::gate
