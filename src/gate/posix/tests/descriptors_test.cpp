// Descriptors beside messages: owned, close-on-exec, bounded, and never leaked by a refusal.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "edgekeep/gate/posix/channel.h"
#include "open_descriptors.h"

namespace edgekeep::gate {
namespace {

using Buffer = std::vector<std::uint8_t>;

class Descriptors : public testing::Test {
 protected:
  Descriptors() {
    auto pair = Channel::Pair();
    near_ = std::move(pair->first);
    far_ = std::move(pair->second);
    null_ = Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
    open_before_ = CountOpenDescriptors();
  }

  void ExpectNoneLeaked() { EXPECT_EQ(CountOpenDescriptors(), open_before_); }

  // Sends `count` descriptors beside `bytes`, whatever Channel::Send would say to that.
  void SendRaw(ByteView bytes, std::size_t count) {
    const std::vector<int> fds(count, null_.get());
    std::vector<char> control(CMSG_SPACE(count * sizeof(int)));
    iovec part{.iov_base = const_cast<std::uint8_t*>(bytes.data()), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    std::memcpy(CMSG_DATA(header), fds.data(), count * sizeof(int));
    ASSERT_EQ(sendmsg(near_.fd(), &message, 0), static_cast<ssize_t>(bytes.size()));
  }

  static Buffer GoodFrame() {
    Buffer frame(kFrameHeaderSize);
    EXPECT_TRUE(EncodeFrame(Command::kStatus, 1, {}, frame));
    return frame;
  }

  Channel near_;
  Channel far_;
  Descriptor null_;
  Buffer buffer_ = Buffer(kMaxFrameSize);
  std::size_t open_before_ = 0;
};

TEST_F(Descriptors, ArriveOwnedAndCloseOnExec) {
  for (std::size_t count = 1; count <= kMaxDescriptors; ++count) {
    const std::vector<int> fds(count, null_.get());
    ASSERT_TRUE(near_.Send(Command::kStatus, 1, {}, fds));
    const auto message = far_.Receive(buffer_, 1000);
    ASSERT_TRUE(message);
    ASSERT_EQ(message->num_descriptors, count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(fcntl(message->descriptors[i].get(), F_GETFD), FD_CLOEXEC);
    }
    EXPECT_EQ(CountOpenDescriptors(), open_before_ + count);
  }
  ExpectNoneLeaked();
}

TEST_F(Descriptors, TooManyAreNotSent) {
  const std::vector<int> fds(kMaxDescriptors + 1, null_.get());
  EXPECT_EQ(near_.Send(Command::kStatus, 1, {}, fds).error().code(), ErrorCode::kBadArgument);
}

TEST_F(Descriptors, AFloodIsRefusedAndLeaksNone) {
  for (const std::size_t count : {kMaxDescriptors + 1, std::size_t{16}, std::size_t{253}}) {
    SendRaw(GoodFrame(), count);
    const auto message = far_.Receive(buffer_, 1000);
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code(), ErrorCode::kMalformed);
    ExpectNoneLeaked();
  }
}

TEST_F(Descriptors, BesideARefusedMessageAreClosed) {
  SendRaw(Buffer(7), 2);
  EXPECT_FALSE(far_.Receive(buffer_, 1000));
  SendRaw(Buffer(kMaxFrameSize + 1), 2);
  EXPECT_FALSE(far_.Receive(buffer_, 1000));
  SendRaw({}, 2);
  EXPECT_FALSE(far_.Receive(buffer_, 1000));
  ExpectNoneLeaked();
}

TEST_F(Descriptors, AreClosedWithTheMessage) {
  SendRaw(GoodFrame(), 3);
  {
    EXPECT_TRUE(far_.Receive(buffer_, 1000));
  }
  ExpectNoneLeaked();
}

TEST_F(Descriptors, BeyondTheProcessLimitAreRefused) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit tight{.rlim_cur = static_cast<rlim_t>(dup(null_.get())) + 1, .rlim_max = before.rlim_max};
  close(static_cast<int>(tight.rlim_cur) - 1);
  SendRaw(GoodFrame(), 4);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  const auto message = far_.Receive(buffer_, 1000);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code(), ErrorCode::kMalformed);
  ExpectNoneLeaked();
}

// The far end of a pipe tells whether anybody holds what was passed: the sender does not any more.
class PassedPipe : public Descriptors {
 protected:
  PassedPipe() {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    reading_ = Descriptor(ends[0]);
    const Descriptor writing(ends[1]);
    const int passed = writing.get();
    EXPECT_TRUE(near_.Send(Command::kStatus, 1, {}, {&passed, 1}));
  }

  bool SomebodyHoldsTheOtherEnd() const {
    pollfd watched{.fd = reading_.get(), .events = POLLIN, .revents = 0};
    return poll(&watched, 1, 0) == 0;
  }

  Descriptor reading_;
};

TEST_F(PassedPipe, WhereNoneBelongIsNeverInstalled) {
  const std::size_t before = CountOpenDescriptors();
  EXPECT_TRUE(SomebodyHoldsTheOtherEnd()) << "the queue does";
  const auto message = far_.ReceiveWithoutDescriptors(buffer_, 1000);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code(), ErrorCode::kMalformed);
  EXPECT_FALSE(SomebodyHoldsTheOtherEnd());
  EXPECT_EQ(CountOpenDescriptors(), before);
}

TEST_F(PassedPipe, ControlTakingDescriptorsInstallsIt) {
  const std::size_t before = CountOpenDescriptors();
  const auto message = far_.Receive(buffer_, 1000);
  ASSERT_TRUE(message);
  EXPECT_TRUE(SomebodyHoldsTheOtherEnd());
  EXPECT_EQ(CountOpenDescriptors(), before + 1);
}

TEST_F(Descriptors, MessagesWithoutAnyAreReceivedEitherWay) {
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(near_.Send(Command::kStatus, 1, AsBytes("body")));
  EXPECT_TRUE(far_.Receive(buffer_, 1000));
  const auto message = far_.ReceiveWithoutDescriptors(buffer_, 1000);
  ASSERT_TRUE(message);
  EXPECT_EQ(AsText(message->frame.body), "body");
}

TEST(DescriptorOwnership, MovesAndCloses) {
  const std::size_t before = CountOpenDescriptors();
  {
    Descriptor first(open("/dev/null", O_RDONLY | O_CLOEXEC));
    Descriptor second(open("/dev/null", O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(CountOpenDescriptors(), before + 2);
    second = std::move(first);
    EXPECT_FALSE(first.valid());
    EXPECT_TRUE(second.valid());
    EXPECT_EQ(CountOpenDescriptors(), before + 1);
    const int released = second.Release();
    EXPECT_FALSE(second.valid());
    EXPECT_EQ(close(released), 0);
  }
  EXPECT_EQ(CountOpenDescriptors(), before);
}

}  // namespace
}  // namespace edgekeep::gate
