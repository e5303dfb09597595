#include <gtest/gtest.h>

#include <array>

#include "edgekeep/base/hex.h"
#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"

namespace edgekeep {
namespace {

TEST(ReaderWriter, RoundTripInBothByteOrders) {
  std::array<std::uint8_t, 31> buffer{};
  Writer writer(buffer);
  ASSERT_TRUE(writer.WriteU8(0x01) && writer.WriteU16LittleEndian(0x0203) && writer.WriteU32LittleEndian(0x04050607));
  ASSERT_TRUE(writer.WriteU64LittleEndian(0x08090A0B0C0D0E0F) && writer.WriteU16BigEndian(0x1011));
  ASSERT_TRUE(writer.WriteU32BigEndian(0x12131415) && writer.WriteU64BigEndian(0x161718191A1B1C1D));
  ASSERT_TRUE(writer.WriteBytes(std::array<std::uint8_t, 2>{0x1E, 0x1F}));
  EXPECT_EQ(ToHex(writer.written()).view(),
            "0103020706050"
            "40f0e0d0c0b0a0908"
            "1011"
            "12131415"
            "161718191a1b1c1d"
            "1e1f");
  Reader reader(buffer);
  EXPECT_EQ(reader.ReadU8().value(), 0x01);
  EXPECT_EQ(reader.ReadU16LittleEndian().value(), 0x0203);
  EXPECT_EQ(reader.ReadU32LittleEndian().value(), 0x04050607U);
  EXPECT_EQ(reader.ReadU64LittleEndian().value(), 0x08090A0B0C0D0E0FU);
  EXPECT_EQ(reader.ReadU16BigEndian().value(), 0x1011);
  EXPECT_EQ(reader.ReadU32BigEndian().value(), 0x12131415U);
  EXPECT_EQ(reader.ReadU64BigEndian().value(), 0x161718191A1B1C1DU);
  EXPECT_FALSE(reader.ExpectEnd());
  EXPECT_EQ(reader.ReadBytes(2).value()[1], 0x1F);
  EXPECT_TRUE(reader.ExpectEnd());
}

TEST(Reader, TruncationFailsAndConsumesNothing) {
  const std::array<std::uint8_t, 7> bytes{};
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    Reader reader{ByteView(bytes).first(length)};
    EXPECT_EQ(reader.ReadU64BigEndian().error().code(), ErrorCode::kMalformed);
    EXPECT_EQ(reader.remaining(), length);
  }
}

TEST(Writer, RefusesToOverflow) {
  std::array<std::uint8_t, 3> buffer{};
  Writer writer(buffer);
  EXPECT_TRUE(writer.WriteU16BigEndian(1));
  EXPECT_EQ(writer.WriteU16BigEndian(1).error().code(), ErrorCode::kTooLarge);
  EXPECT_EQ(writer.size(), 2U);
}

TEST(Hex, RefusesWhatIsNotLowerCaseHexOfTheRightLength) {
  std::array<std::uint8_t, 2> out{};
  EXPECT_TRUE(FromHex("0aff", out));
  EXPECT_EQ(out[1], 0xFF);
  for (const char* bad : {"0aFF", "0af", "0aff0", "0ag0", ""}) EXPECT_FALSE(FromHex(bad, out)) << bad;
}

}  // namespace
}  // namespace edgekeep
