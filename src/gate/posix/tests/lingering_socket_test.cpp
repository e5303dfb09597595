// A passed network socket that lingers: whoever drops it last waits in its sender's stead.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>
#include <vector>

#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::gate {
namespace {

// A connection on the loopback device whose near end has more to say than the far one, which reads nothing, takes.
std::pair<Descriptor, Descriptor> StuckConnection() {
  const Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(listener.get(), plain, size), 0);
  EXPECT_EQ(listen(listener.get(), 1), 0);
  EXPECT_EQ(getsockname(listener.get(), plain, &size), 0);
  Descriptor near(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(connect(near.get(), plain, size), 0);
  Descriptor far(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const std::array<char, 65536> words{};
  while (send(near.get(), words.data(), words.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
  }
  const linger hour{.l_onoff = 1, .l_linger = 3600};
  EXPECT_EQ(setsockopt(near.get(), SOL_SOCKET, SO_LINGER, &hour, sizeof hour), 0);
  return {std::move(near), std::move(far)};
}

class LingeringSocket : public testing::Test {
 protected:
  LingeringSocket() {
    auto pair = Channel::Pair();
    near_ = std::move(pair->first);
    far_ = std::move(pair->second);
  }

  // Passes its only descriptor of the connection away.
  Status PassIt() {
    auto connection = StuckConnection();
    other_end_ = std::move(connection.second);
    const int fd = connection.first.get();
    const Status sent = near_.Send(Command::kStatus, 1, {}, {&fd, 1});
    // Who is left with it would wait as well.
    if (!sent) other_end_ = Descriptor();
    return sent;
  }

  Channel near_;
  Channel far_;
  Descriptor other_end_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kMaxFrameSize);
};

TEST_F(LingeringSocket, DoesNotGetToWhoRefusesDescriptors) {
  if (!RefuseDescriptors(far_.fd())) GTEST_SKIP() << "SKIP refusing descriptors: this kernel cannot (Linux 6.16 can)";
  EXPECT_FALSE(PassIt());
  // Nothing but descriptors is refused, and the other way everything goes.
  EXPECT_TRUE(near_.Send(Command::kStatus, 2, AsBytes("body")));
  const auto message = far_.ReceiveWithoutDescriptors(buffer_, 1000);
  ASSERT_TRUE(message);
  EXPECT_EQ(AsText(message->frame.body), "body");
  const int fd = STDIN_FILENO;
  EXPECT_TRUE(far_.Send(Command::kStatus, 3, {}, {&fd, 1}));
  EXPECT_TRUE(near_.Receive(buffer_, 1000));
}

TEST_F(LingeringSocket, ControlHoldsWhoDropsIt) {
  ASSERT_TRUE(PassIt());
  const pid_t receiver = fork();
  if (receiver == 0) {
    other_end_ = Descriptor();
    static_cast<void>(far_.ReceiveWithoutDescriptors(buffer_, 1000).has_value());
    _exit(7);
  }
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, receiver, 0)));
  pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&ended, 1, 500), 0);
  // Its other end lets go.
  other_end_ = Descriptor();
  EXPECT_EQ(poll(&ended, 1, 10'000), 1);
  kill(receiver, SIGKILL);
  EXPECT_EQ(waitpid(receiver, nullptr, 0), receiver);
}

}  // namespace
}  // namespace edgekeep::gate
