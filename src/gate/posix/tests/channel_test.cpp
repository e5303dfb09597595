#include "edgekeep/gate/posix/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>
#include <vector>

namespace edgekeep::gate {
namespace {

using Buffer = std::vector<std::uint8_t>;

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    auto pair = Channel::Pair();
    near_ = std::move(pair->first);
    far_ = std::move(pair->second);
  }

  // What a peer that does not keep to the rules puts into the socket.
  void SendRaw(ByteView bytes) {
    ASSERT_EQ(send(near_.fd(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  ErrorCode ReceiveRefusal(int timeout_ms = 1000) {
    const auto message = far_.Receive(buffer_, timeout_ms);
    EXPECT_FALSE(message);
    return message ? ErrorCode::kInternal : message.error().code();
  }

  Channel near_;
  Channel far_;
  Buffer buffer_ = Buffer(kMaxFrameSize);
};

TEST_F(ChannelTest, CarriesMessagesWhole) {
  const Buffer body(kMaxBodySize, 0x33);
  ASSERT_TRUE(near_.Send(Command::kInstall, 7, body));
  ASSERT_TRUE(near_.Send(Command::kStatus, 8, {}));
  const auto first = far_.Receive(buffer_, 1000);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->frame.header.command, Command::kInstall);
  EXPECT_TRUE(Equal(first->frame.body, body));
  const auto second = far_.Receive(buffer_, 1000);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->frame.header.id, 8U);
  EXPECT_TRUE(second->frame.body.empty());
}

TEST_F(ChannelTest, RefusesToSendWhatIsTooLarge) {
  const Buffer body(kMaxBodySize + 1);
  EXPECT_EQ(near_.Send(Command::kInstall, 7, body).error().code(), ErrorCode::kTooLarge);
}

TEST_F(ChannelTest, RefusesToReceiveWhatIsTooLarge) {
  SendRaw(Buffer(kMaxFrameSize + 1));
  EXPECT_EQ(ReceiveRefusal(), ErrorCode::kMalformed);
}

TEST_F(ChannelTest, RefusesWhatIsNoFrame) {
  SendRaw(Buffer(5));
  EXPECT_EQ(ReceiveRefusal(), ErrorCode::kMalformed);
  SendRaw(Buffer(16));
  EXPECT_EQ(ReceiveRefusal(), ErrorCode::kUnsupported);
}

TEST_F(ChannelTest, ARefusedMessageDoesNotSpoilTheNext) {
  SendRaw(Buffer(5));
  EXPECT_EQ(ReceiveRefusal(), ErrorCode::kMalformed);
  ASSERT_TRUE(near_.Send(Command::kStatus, 1, {}));
  EXPECT_TRUE(far_.Receive(buffer_, 1000));
}

TEST_F(ChannelTest, AnEmptyMessageEndsTheConversation) {
  ASSERT_EQ(send(near_.fd(), "", 0, 0), 0);
  EXPECT_EQ(ReceiveRefusal(), ErrorCode::kPeerGone);
}

TEST_F(ChannelTest, TimesOut) {
  EXPECT_EQ(ReceiveRefusal(20), ErrorCode::kTimedOut);
  EXPECT_EQ(ReceiveRefusal(0), ErrorCode::kTimedOut);
}

TEST_F(ChannelTest, NoticesThatThePeerIsGone) {
  near_ = Channel();
  EXPECT_EQ(ReceiveRefusal(kForever), ErrorCode::kPeerGone);
  EXPECT_EQ(far_.Send(Command::kStatus, 1, {}).error().code(), ErrorCode::kPeerGone);
}

TEST_F(ChannelTest, NoticesThatThePeerEndsWhileWaiting) {
  std::thread leaving([this] { near_ = Channel(); });
  EXPECT_EQ(ReceiveRefusal(kForever), ErrorCode::kPeerGone);
  leaving.join();
}

TEST_F(ChannelTest, DeliversWhatWasSentBeforeThePeerEnded) {
  ASSERT_TRUE(near_.Send(Command::kStatus, 5, {}));
  near_ = Channel();
  EXPECT_TRUE(far_.Receive(buffer_, 1000));
  EXPECT_EQ(ReceiveRefusal(), ErrorCode::kPeerGone);
}

TEST_F(ChannelTest, UnreadMessagesDoNotHideTheEnd) {
  ASSERT_TRUE(far_.Send(Command::kStatus, 5, {}));
  near_ = Channel();
  EXPECT_EQ(ReceiveRefusal(), ErrorCode::kPeerGone);
}

TEST_F(ChannelTest, GivesUpOnAPeerThatNeverReads) {
  const Buffer body(kMaxBodySize);
  Status status;
  for (int sent = 0; sent < 1000 && status; ++sent) status = near_.Send(Command::kInstall, 1, body);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kTimedOut);
}

TEST_F(ChannelTest, WaitsForASlowPeer) {
  constexpr std::uint64_t kMessages = 200;
  const Buffer body(kMaxBodySize);
  std::thread slow([this] {
    for (std::uint64_t i = 0; i < kMessages; ++i) EXPECT_TRUE(far_.Receive(buffer_, 5000));
  });
  for (std::uint64_t i = 0; i < kMessages; ++i) ASSERT_TRUE(near_.Send(Command::kInstall, i, body));
  slow.join();
}

TEST(ClosedChannel, RefusesInsteadOfWaiting) {
  Channel closed;
  Buffer buffer(kMaxFrameSize);
  EXPECT_EQ(closed.Receive(buffer, kForever).error().code(), ErrorCode::kBadState);
  EXPECT_FALSE(closed.Send(Command::kStatus, 1, {}));
}

}  // namespace
}  // namespace edgekeep::gate
