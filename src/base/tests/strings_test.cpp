#include "edgekeep/base/strings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace edgekeep {
namespace {

using Buffer = std::vector<std::uint8_t>;

Buffer Encoded(const std::vector<std::string>& strings) {
  std::size_t content = 0;
  for (const std::string& string : strings) content += string.size();
  Buffer bytes(StringsSize(strings.size(), content).value());
  StringWriter writer(bytes, strings.size());
  for (const std::string& string : strings) {
    const auto room = writer.Append(string.size());
    EXPECT_TRUE(room);
    std::ranges::copy(AsBytes(string), room->begin());
  }
  return bytes;
}

std::vector<std::string> Decoded(const Buffer& bytes, std::size_t count) {
  std::vector<std::string> strings;
  for (std::size_t i = 0; i < count; ++i) strings.emplace_back(AsText(StringAt(bytes, count, i).value()));
  return strings;
}

const std::vector<std::string> kSome = {"label", "", std::string("a\0b", 3), "\xff\xfe no UTF-8", "ü"};

TEST(Strings, ComeBackAsTheyWere) {
  const Buffer bytes = Encoded(kSome);
  EXPECT_TRUE(CheckStrings(bytes, kSome.size()));
  EXPECT_EQ(Decoded(bytes, kSome.size()), kSome);
  EXPECT_TRUE(Encoded({}).empty());
  EXPECT_TRUE(CheckStrings({}, 0));
}

// The page's example.
TEST(Strings, LieAsTheSpecificationSays) {
  EXPECT_EQ(Encoded({"ab", "", "c"}), (Buffer{2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 'a', 'b', 'c'}));
}

TEST(Strings, EveryPrefixAndEveryOtherCountIsRefused) {
  const Buffer bytes = Encoded(kSome);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(CheckStrings(ByteView(bytes).first(size), kSome.size())) << size;
  }
  for (const std::size_t count : {0U, 4U, 6U, 1000U, ~0U}) EXPECT_FALSE(CheckStrings(bytes, count)) << count;
  EXPECT_FALSE(CheckStrings(bytes, ~std::size_t{0}));
}

// Whatever the numbers say, what comes back lies inside; and what passes the check is strings without gap or overlap.
TEST(Strings, FlippedBitsNeverPointOutside) {
  const Buffer good = Encoded(kSome);
  for (std::size_t bit = 0; bit < kSome.size() * 32; ++bit) {
    Buffer bytes = good;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    std::size_t total = 0;
    for (std::size_t i = 0; i < kSome.size(); ++i) {
      const auto string = StringAt(bytes, kSome.size(), i);
      if (!string) continue;
      total += string->size();
      EXPECT_GE(string->data(), bytes.data() + kSome.size() * 4);
      EXPECT_LE(string->data() + string->size(), bytes.data() + bytes.size());
    }
    if (CheckStrings(bytes, kSome.size())) {
      EXPECT_EQ(total, bytes.size() - kSome.size() * 4) << bit;
    }
  }
}

TEST(Strings, OverflowingEndsAreRefused) {
  EXPECT_FALSE(CheckStrings(Buffer{0xff, 0xff, 0xff, 0xff, 'a'}, 1));
  EXPECT_FALSE(StringAt(Buffer{0xff, 0xff, 0xff, 0xff, 'a'}, 1, 0));
  EXPECT_FALSE(CheckStrings(Buffer{1, 0, 0, 0, 0, 0, 0, 0, 'a'}, 2)) << "an end before its beginning";
  EXPECT_FALSE(CheckStrings(Buffer{0, 0, 0, 0, 'a'}, 1)) << "bytes of no string";
  EXPECT_FALSE(StringAt({}, 0, 0));
  EXPECT_FALSE(StringAt(Encoded({"a"}), 1, 1));
}

TEST(Strings, TheirNumberAndSizeAreBounded) {
  EXPECT_EQ(StringsSize(3, 5).value(), 17U);
  EXPECT_TRUE(StringsSize(kMaxStrings, 0));
  EXPECT_EQ(StringsSize(kMaxStrings + 1, 0).error().code(), ErrorCode::kTooLarge);
  EXPECT_EQ(StringsSize(1, 1ULL << 32).error().code(), ErrorCode::kTooLarge);
  Buffer small(8);
  StringWriter writer(small, 1);
  EXPECT_EQ(writer.Append(5).error().code(), ErrorCode::kTooLarge);
}

// Reading while another thread writes: never outside.
TEST(Strings, ThatChangeWhileTheyAreReadStayInside) {
  const std::vector<std::string> two = {"abcd", "efgh"};
  Buffer bytes = Encoded(two);
  std::atomic<bool> done = false;
  std::thread flipper([&] {
    for (std::uint8_t value = 0; !done; ++value) __atomic_store_n(bytes.data(), value, __ATOMIC_RELAXED);
  });
  int taken = 0;
  int refused = 0;
  // On until both were met: the other thread may be asleep for a while.
  for (int round = 0; round < 200'000 || ((taken == 0 || refused == 0) && round < 2'000'000'000); ++round) {
    const auto string = StringAt(bytes, 2, static_cast<std::size_t>(round % 2));
    ++(string ? taken : refused);
    if (!string) continue;
    ASSERT_GE(string->data(), bytes.data() + 8);
    ASSERT_LE(string->data() + string->size(), bytes.data() + bytes.size());
  }
  done = true;
  flipper.join();
  EXPECT_GT(std::min(taken, refused), 0) << "the race was never on";
}

}  // namespace
}  // namespace edgekeep
