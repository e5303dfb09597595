#include "edgekeep/gate/frame.h"

#include <gtest/gtest.h>

#include <vector>

namespace edgekeep::gate {
namespace {

using Buffer = std::vector<std::uint8_t>;

Buffer Message(std::size_t body_size) {
  const Buffer body(body_size, 0x5a);
  Buffer message(kMaxFrameSize);
  message.resize(EncodeFrame(Command::kOpenModel, 0x0102030405060708, body, message).value());
  return message;
}

ErrorCode Refusal(const Buffer& message) {
  return DecodeFrame(message).error().code();
}

TEST(Frame, IsLittleEndianHeaderAndBody) {
  const Buffer expected = {1, 0, 1, 1, 2, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, 0x5a, 0x5a};
  EXPECT_EQ(Message(2), expected);
}

TEST(Frame, RoundTrips) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMaxBodySize}) {
    const Buffer message = Message(size);
    const auto frame = DecodeFrame(message);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->header.command, Command::kOpenModel);
    EXPECT_EQ(frame->header.id, 0x0102030405060708U);
    EXPECT_EQ(frame->body.size(), size);
  }
}

TEST(Frame, RefusesEveryTruncation) {
  const Buffer message = Message(20);
  for (std::size_t size = 0; size < message.size(); ++size) {
    const auto frame = DecodeFrame(ByteView(message).first(size));
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().code(), ErrorCode::kMalformed);
  }
}

TEST(Frame, RefusesBytesBehindTheBody) {
  Buffer message = Message(20);
  message.push_back(0);
  EXPECT_EQ(Refusal(message), ErrorCode::kMalformed);
}

TEST(Frame, RefusesAnotherVersion) {
  Buffer message = Message(3);
  message[0] = 2;
  EXPECT_EQ(Refusal(message), ErrorCode::kUnsupported);
}

TEST(Frame, RefusesUnknownCommands) {
  Buffer message = Message(3);
  message[3] = 9;
  EXPECT_EQ(Refusal(message), ErrorCode::kUnsupported);
}

TEST(Frame, KnowsEveryCommand) {
  for (const Command command :
       {Command::kError, Command::kOpenModel, Command::kInitialise, Command::kShowRequest, Command::kInstall,
        Command::kStatus, Command::kCellHello, Command::kServeModel, Command::kInstallPackage, Command::kPreparePackage,
        Command::kAddSession, Command::kEndSession, Command::kReadStatistics, Command::kStartCell, Command::kKillCell,
        Command::kCellEnded}) {
    Buffer message(kFrameHeaderSize);
    ASSERT_TRUE(EncodeFrame(command, 1, {}, message));
    EXPECT_EQ(DecodeFrame(message)->header.command, command);
  }
}

TEST(Frame, RefusesOversizedMessages) {
  Buffer message = Message(kMaxBodySize);
  message.push_back(0);
  EXPECT_EQ(Refusal(message), ErrorCode::kTooLarge);
  Buffer claiming = Message(8);
  claiming[6] = 2;
  EXPECT_EQ(Refusal(claiming), ErrorCode::kTooLarge);
}

TEST(Frame, EncodesNothingThatWouldNotFit) {
  Buffer message(kMaxFrameSize);
  EXPECT_EQ(EncodeFrame(Command::kStatus, 1, Buffer(kMaxBodySize + 1), message).error().code(), ErrorCode::kTooLarge);
  Buffer small(20);
  EXPECT_EQ(EncodeFrame(Command::kStatus, 1, Buffer(5), small).error().code(), ErrorCode::kTooLarge);
  EXPECT_FALSE(EncodeFrameHeader({.command = Command::kStatus, .body_size = kMaxBodySize + 1, .id = 1}, small));
}

TEST(Frame, EveryFlippedBitOfTheHeaderIsRefusedOrSeen) {
  const Buffer message = Message(4);
  for (std::size_t bit = 0; bit < kFrameHeaderSize * 8; ++bit) {
    Buffer flipped = message;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << bit % 8));
    const auto frame = DecodeFrame(flipped);
    if (!frame) continue;
    EXPECT_TRUE(frame->header.command != Command::kOpenModel || frame->header.id != 0x0102030405060708U) << bit;
  }
}

}  // namespace
}  // namespace edgekeep::gate
