#include "edgekeep/isolation/process/spawner_messages.h"

#include <gtest/gtest.h>

namespace edgekeep::isolation {
namespace {

template <typename T>
using Decoder = Result<T> (*)(ByteView);

// The round trip, every other size, and every flipped bit: refused, or it means what its bytes say.
template <typename T>
void ExpectStrict(const T& message, Decoder<T> decode) {
  const SpawnerBody body = Encode(message);
  ASSERT_TRUE(decode(body));
  EXPECT_EQ(Encode(*decode(body)), body);
  for (std::size_t size = 0; size < body.size(); ++size) EXPECT_FALSE(decode(ByteView(body).first(size)));
  std::array<std::uint8_t, kSpawnerBodySize + 1> longer{};
  std::copy(body.begin(), body.end(), longer.begin());
  EXPECT_FALSE(decode(longer));
  for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
    SpawnerBody flipped = body;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << bit % 8));
    const Result<T> decoded = decode(flipped);
    EXPECT_TRUE(!decoded || Encode(*decoded) == flipped) << bit;
  }
}

TEST(SpawnerMessages, AreStrict) {
  ExpectStrict(StartCell{.purpose = Purpose::kInstall, .memory_bytes = 1ULL << 33}, DecodeStartCell);
  ExpectStrict(StartCell{.purpose = Purpose::kExport, .memory_bytes = 5}, DecodeStartCell);
  ExpectStrict(CellStarted{.error = 16, .cell = 0}, DecodeCellStarted);
  ExpectStrict(KillCell{.cell = 77}, DecodeKillCell);
  ExpectStrict(CellEnded{.cell = 77, .wait_status = 0x7f00}, DecodeCellEnded);
}

TEST(SpawnerMessages, AreLittleEndianWords) {
  const SpawnerBody expected = {2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(Encode(StartCell{.purpose = Purpose::kInstall, .memory_bytes = 256}), expected);
}

TEST(SpawnerMessages, HaveThreePurposes) {
  SpawnerBody body = Encode(StartCell{});
  for (const std::uint8_t purpose : {std::uint8_t{0}, std::uint8_t{3}, std::uint8_t{5}, std::uint8_t{255}}) {
    body[0] = purpose;
    EXPECT_EQ(DecodeStartCell(body).error().code(), ErrorCode::kMalformed);
  }
}

}  // namespace
}  // namespace edgekeep::isolation
