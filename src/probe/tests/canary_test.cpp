#include "edgekeep/probe/canary.h"

#include <gtest/gtest.h>

#include <random>

namespace edgekeep::probe {
namespace {

Canary Parse(std::string_view hex) {
  Result<Canary> canary = ParseCanary(hex);
  EXPECT_TRUE(canary) << hex;
  return canary ? *canary : Canary(WeightTag{});
}

std::vector<std::uint8_t> TaggedWords(std::size_t count) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < count; ++i) {
    const auto low = static_cast<std::uint16_t>(i * 40503 + 7);
    for (const int byte : {low & 0xFF, low >> 8, 0x5A, 0x3A}) bytes.push_back(static_cast<std::uint8_t>(byte));
  }
  return bytes;
}

std::vector<std::uint8_t> RandomBytes(std::size_t size) {
  std::mt19937_64 random(1);  // NOLINT: the same bytes each time
  std::vector<std::uint8_t> bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

std::uint64_t Count(const Canary& canary, ByteView bytes, std::size_t piece) {
  CanaryCounter counter(canary);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    counter.Feed(bytes.subspan(at, std::min(piece, bytes.size() - at)));
  }
  return counter.count();
}

TEST(ParseCanary, TakesTagsAndMarkers) {
  EXPECT_EQ(std::get<WeightTag>(Parse("3a5a")).top_bits, 0x3A5A);
  EXPECT_EQ(std::get<Marker>(Parse("000102030405060708090a0b0c0d0e0f")).bytes.size(), 16U);
}

TEST(ParseCanary, RefusesOtherLengthsAndDigits) {
  for (const char* text : {"", "3a5", "3a5a3", "3a5a3a5a", "3A5A", "0x3a", "00010203040506070", "zz01020304050607"}) {
    const Result<Canary> canary = ParseCanary(text);
    ASSERT_FALSE(canary) << text;
    EXPECT_EQ(canary.error().code(), ErrorCode::kBadArgument);
  }
}

TEST(CanaryCounter, CountsEachTaggedWordAtEveryAlignmentAndPieceSize) {
  const Canary canary = Parse("3a5a");
  for (std::size_t shift = 0; shift < 5; ++shift) {
    std::vector<std::uint8_t> bytes(shift, 0);
    const std::vector<std::uint8_t> words = TaggedWords(1024);
    bytes.insert(bytes.end(), words.begin(), words.end());
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{64}, std::size_t{1000}, bytes.size()}) {
      // A window that the run only touches may hold too few to count.
      EXPECT_GE(Count(canary, bytes, piece), 1021U) << shift << " " << piece;
      EXPECT_LE(Count(canary, bytes, piece), 1024U) << shift << " " << piece;
    }
  }
}

TEST(CanaryCounter, CountsNothingInRandomBytesThoughTheTagIsThere) {
  const std::vector<std::uint8_t> bytes = RandomBytes(16 << 20);
  std::size_t single = 0;
  for (std::size_t i = 1; i < bytes.size(); ++i) single += bytes[i - 1] == 0x5A && bytes[i] == 0x3A;
  EXPECT_GT(single, 100U);
  EXPECT_EQ(Count(Parse("3a5a"), bytes, 1 << 20), 0U);
}

TEST(CanaryCounter, CountsWordsMixedWithOthers) {
  std::vector<std::uint8_t> bytes = TaggedWords(1024);
  for (std::size_t i = 0; i < bytes.size(); i += 12) bytes[i + 3] = 0;  // every third word
  EXPECT_EQ(Count(Parse("3a5a"), bytes, 4096), 1024U - 342U);
}

// Where the kernel maps something to 0x55??3a5a????, every pointer into it has the tag in its lower half.
TEST(CanaryCounter, CountsNoAddresses) {
  std::vector<std::uint8_t> bytes = TaggedWords(1024);
  for (std::size_t i = 0; i < bytes.size(); i += 8) {
    for (const std::size_t at : {i + 6, i + 7}) bytes[at] = 0;
  }
  for (const std::ptrdiff_t shift : {0, 1, 4}) {
    EXPECT_EQ(Count(Parse("3a5a"), {bytes.begin() + shift, bytes.end()}, 4096), 0U);
  }
}

TEST(CanaryCounter, DoesNotJoinAcrossABreak) {
  const Canary canary = Parse("3a5a");
  const std::vector<std::uint8_t> words = TaggedWords(6);
  CanaryCounter counter(canary);
  counter.Feed(ByteView(words).first(12));
  counter.Break();
  counter.Feed(ByteView(words).last(12));
  EXPECT_EQ(counter.count(), 0U);
}

TEST(CanaryCounter, FindsMarkersAcrossPieces) {
  const Canary canary = Parse("000102030405060708090a0b0c0d0e0f");
  std::vector<std::uint8_t> bytes(1000, 0xEE);
  for (const std::size_t at : {std::size_t{0}, std::size_t{500}, std::size_t{984}}) {
    for (std::size_t i = 0; i < 16; ++i) bytes[at + i] = static_cast<std::uint8_t>(i);
  }
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    ASSERT_EQ(Count(canary, bytes, piece), 3U) << piece;
  }
  bytes[507] ^= 1;
  EXPECT_EQ(Count(canary, bytes, 100), 2U);
}

}  // namespace
}  // namespace edgekeep::probe
