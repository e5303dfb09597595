#include "edgekeep/cell/output_guard.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "../decimal_rounding.h"
#include "edgekeep/engine/testing/output_recorder.h"
#include "edgekeep/gate/tensor.h"

namespace edgekeep::cell {
namespace {

constexpr auto kFloat32 = static_cast<engine::ElementType>(gate::ElementType::kFloat32);
constexpr auto kFloat64 = static_cast<engine::ElementType>(gate::ElementType::kFloat64);
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> Guarded(const formats::OutputGuard& guard, std::vector<float> values,
                           const std::vector<std::int64_t>& shape) {
  const MutableByteView bytes(reinterpret_cast<std::uint8_t*>(values.data()), values.size() * sizeof(float));
  EXPECT_TRUE(GuardTensor(guard, kFloat32, shape, bytes));
  return values;
}

std::vector<float> Guarded(const formats::OutputGuard& guard, const std::vector<float>& values) {
  return Guarded(guard, values, {static_cast<std::int64_t>(values.size())});
}

// What the C library makes of it: printf rounds the exact binary value, half to even, and strtod reads exactly.
std::string DecimalOf(double value, int decimals) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

TEST(TopK, KeepsTheLargestOfEachRow) {
  EXPECT_EQ(Guarded({.top_k = 2}, {0.1F, 0.4F, 0.2F, 0.3F}), (std::vector<float>{0, 0.4F, 0, 0.3F}));
  EXPECT_EQ(Guarded({.top_k = 1}, {0.1F, 0.9F, 0.8F, 0.2F, 0.5F, 0.3F}, {2, 3}),
            (std::vector<float>{0, 0.9F, 0, 0, 0.5F, 0}));
  EXPECT_EQ(Guarded({.top_k = 1}, {1, 2, 3, 4}, {2, 1, 2}), (std::vector<float>{0, 2, 0, 4}));
}

TEST(TopK, OfAsManyAsThereAreOrMoreIsAll) {
  const std::vector<float> values = {0.1F, -0.4F, 0.2F};
  EXPECT_EQ(Guarded({.top_k = 3}, values), values);
  EXPECT_EQ(Guarded({.top_k = 4'000'000'000U}, values), values);
  EXPECT_EQ(Guarded({.top_k = 1}, {0.5F}, {}), std::vector<float>{0.5F});
  EXPECT_TRUE(Guarded({.top_k = 1}, {}, {0}).empty());
}

TEST(TopK, OfEqualNumbersTheFirstAreKept) {
  EXPECT_EQ(Guarded({.top_k = 2}, {0.2F, 0.2F, 0.2F, 0.1F}), (std::vector<float>{0.2F, 0.2F, 0, 0}));
  EXPECT_EQ(Guarded({.top_k = 1}, {-0.0F, 0.0F, -1}), (std::vector<float>{0, -kInfinity, -kInfinity}));
}

// A dropped number must not look larger than a kept one.
TEST(TopK, BesideNegativeNumbersMinusInfinityStandsForWhatIsDropped) {
  EXPECT_EQ(Guarded({.top_k = 1}, {-3, -1, -2}), (std::vector<float>{-kInfinity, -1, -kInfinity}));
  EXPECT_EQ(Guarded({.top_k = 2}, {5, -1, -2}), (std::vector<float>{5, -1, -kInfinity}));
  EXPECT_EQ(Guarded({.top_k = 1}, {5, -1, -2}), (std::vector<float>{5, 0, 0}));
  EXPECT_EQ(Guarded({.top_k = 1}, {-kInfinity, -kInfinity}), (std::vector<float>{-kInfinity, -kInfinity}));
}

// NaNs rank below all numbers, and what they carry is not handed out.
TEST(TopK, NansComeLastAndAreAllTheSame) {
  const float other_nan = std::bit_cast<float>(0xFFC01234U);
  std::vector<float> kept = Guarded({.top_k = 2}, {other_nan, 0.5F, kNan, 0.25F});
  EXPECT_EQ(kept, (std::vector<float>{0, 0.5F, 0, 0.25F}));
  kept = Guarded({.top_k = 2}, {other_nan, 0.5F, kNan});
  EXPECT_EQ(std::bit_cast<std::uint32_t>(kept[0]), 0x7FC00000U);
  EXPECT_EQ(kept[1], 0.5F);
  EXPECT_EQ(kept[2], 0);
  kept = Guarded({.top_k = 1}, {kNan, other_nan});
  EXPECT_TRUE(std::isnan(kept[0]));
  EXPECT_EQ(kept[1], -kInfinity);
}

// Against sorting, over rows with many equal values, NaNs and infinities.
TEST(TopK, KeepsWhatSortingWould) {
  std::mt19937 random(20261127);
  const std::array<float, 12> values = {0,     -0.0F,     1,          0.5F, 0.25F,  -1,
                                        -0.5F, kInfinity, -kInfinity, kNan, 1e-40F, -1e-40F};
  for (int round = 0; round < 2000; ++round) {
    std::vector<float> row(1 + random() % 40);
    for (float& value : row) value = values[random() % values.size()];
    const auto k = static_cast<std::uint32_t>(1 + random() % row.size());
    std::vector<std::size_t> order(row.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      if (std::isnan(row[a]) || std::isnan(row[b])) return !std::isnan(row[a]) && std::isnan(row[b]);
      return row[a] > row[b];
    });
    std::vector<bool> is_kept(row.size());
    for (std::size_t i = 0; i < k; ++i) is_kept[order[i]] = true;
    const std::vector<float> guarded = Guarded({.top_k = k}, row);
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (is_kept[i]) {
        EXPECT_TRUE(guarded[i] == row[i] || (std::isnan(guarded[i]) && std::isnan(row[i])));
      } else {
        EXPECT_TRUE(guarded[i] == 0 || guarded[i] == -kInfinity) << guarded[i];
        EXPECT_LE(guarded[i], row[order[0]]);
      }
    }
  }
}

TEST(Rounding, IsHalfToEvenOfTheExactValue) {
  const formats::OutputGuard one{.decimals = 1};
  EXPECT_EQ(Guarded(one, {0.25F, 0.75F, 0.35F, -0.25F}), (std::vector<float>{0.2F, 0.8F, 0.3F, -0.2F}));
  EXPECT_EQ(Guarded({.decimals = 0}, {0.5F, 1.5F, 2.5F, -0.5F}), (std::vector<float>{0, 2, 2, 0}));
  const std::vector<float> rounded = Guarded(one, {kInfinity, -kInfinity, kNan, -0.01F, 1e30F});
  EXPECT_EQ(rounded[0], kInfinity);
  EXPECT_EQ(rounded[1], -kInfinity);
  EXPECT_TRUE(std::isnan(rounded[2]));
  EXPECT_EQ(std::bit_cast<std::uint32_t>(rounded[3]), 0U);  // a sign would tell of what was dropped
  EXPECT_EQ(rounded[4], 1e30F);
}

template <typename Word>
Word RandomNumber(std::mt19937_64& random, int exponent_shift, int around) {
  // Exponents round about 1, where decimals are what matters, and anything else now and then.
  const std::uint64_t bits = random();
  if (bits % 8 == 0) return static_cast<Word>(random());
  const auto fraction = static_cast<Word>(random() & ((std::uint64_t{1} << exponent_shift) - 1));
  const int exponent = around - 34 + static_cast<int>(bits % 64);
  const Word sign = (bits >> 32) % 2 == 0 ? 0 : static_cast<Word>(Word{1} << (sizeof(Word) * 8 - 1));
  return static_cast<Word>(fraction | (static_cast<Word>(exponent) << exponent_shift) | sign);
}

TEST(Rounding, OfFloat64AgreesWithTheCLibrary) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const auto value = std::bit_cast<double>(RandomNumber<std::uint64_t>(random, 52, 1023));
    if (std::isnan(value)) continue;
    const auto decimals = static_cast<std::uint8_t>(random() % 8);
    const double expected = std::strtod(DecimalOf(value, decimals).c_str(), nullptr);
    const double rounded =
        std::bit_cast<double>(RoundToDecimals<Float64>(std::bit_cast<std::uint64_t>(value), decimals));
    ASSERT_EQ(rounded, expected) << std::hexfloat << value << " to " << int{decimals};
  }
}

TEST(Rounding, OfFloat32AgreesWithTheCLibrary) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200'000; ++i) {
    const auto value = std::bit_cast<float>(RandomNumber<std::uint32_t>(random, 23, 127));
    if (std::isnan(value)) continue;
    const auto decimals = static_cast<std::uint8_t>(random() % 8);
    const float expected = std::strtof(DecimalOf(static_cast<double>(value), decimals).c_str(), nullptr);
    const float rounded = std::bit_cast<float>(RoundToDecimals<Float32>(std::bit_cast<std::uint32_t>(value), decimals));
    ASSERT_EQ(rounded, expected) << std::hexfloat << value << " to " << int{decimals};
  }
}

// The numbers of a format of 16 bits, from 0 up to the largest finite one.
template <typename Format>
std::vector<long double> AllNumbers() {
  std::vector<long double> all;
  for (std::uint32_t bits = 0; bits < Format::kInfinity; ++bits) {
    const int stored = static_cast<int>(bits >> Format::kFraction);
    const long double fraction = bits & ((1U << Format::kFraction) - 1);
    const long double significand = fraction + (stored == 0 ? 0 : 1 << Format::kFraction);
    all.push_back(std::ldexp(significand, (stored == 0 ? 1 : stored) - Format::kBias - Format::kFraction));
  }
  return all;
}

// Every positive number of the format to every number of decimals, against a search for the nearest.
template <typename Format>
void ExpectNearestOfAll() {
  const std::vector<long double> all = AllNumbers<Format>();
  for (std::size_t bits = 0; bits < all.size(); ++bits) {
    if (all[bits] > 1e6L) break;  // whole numbers
    for (std::uint8_t decimals = 0; decimals < 8; ++decimals) {
      const long double decimal = std::strtold(DecimalOf(static_cast<double>(all[bits]), decimals).c_str(), nullptr);
      const std::size_t above = std::min<std::size_t>(
          static_cast<std::size_t>(std::ranges::lower_bound(all, decimal) - all.begin()), all.size() - 1);
      std::size_t nearest = above;
      if (above > 0) {
        const long double up = all[above] - decimal;
        const long double down = decimal - all[above - 1];
        if (down < up || (down == up && above % 2 == 1)) nearest = above - 1;
      }
      ASSERT_EQ(RoundToDecimals<Format>(static_cast<std::uint16_t>(bits), decimals), nearest)
          << static_cast<double>(all[bits]) << " to " << int{decimals};
    }
  }
}

TEST(Rounding, OfEveryFloat16IsTheNearest) {
  ExpectNearestOfAll<Float16>();
}

TEST(Rounding, OfEveryBfloat16IsTheNearest) {
  ExpectNearestOfAll<Bfloat16>();
}

// Otherwise the order of what was rounded away would show in what is kept.
TEST(Guard, RoundsBeforeItRanks) {
  EXPECT_EQ(Guarded({.top_k = 1, .decimals = 1}, {0.31F, 0.34F, 0.2F}), (std::vector<float>{0.3F, 0, 0}));
}

TEST(Guard, KnowsNoMoreThanSevenDecimals) {
  std::array<std::uint8_t, 4> bytes{};
  const std::array<std::int64_t, 1> shape = {1};
  EXPECT_FALSE(GuardTensor({.decimals = 8}, kFloat32, shape, bytes));
}

TEST(Guard, RefusesAShapeOfAnotherSize) {
  std::array<std::uint8_t, 8> bytes{};
  const std::array<std::int64_t, 1> shape = {3};
  EXPECT_FALSE(GuardTensor({.top_k = 1}, kFloat32, shape, bytes));
}

TEST(GuardedOutputs, LeavesTheEnginesMemoryAndOtherTypesAlone) {
  const std::array<double, 3> scores = {0.125, 0.5, 0.25};
  const std::array<std::int64_t, 1> shape = {3};
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(scores.data()), sizeof(scores));
  engine::testing::OutputRecorder recorder;
  SecretBytes room;
  GuardedOutputs outputs({.top_k = 1}, room, recorder);
  ASSERT_TRUE(outputs.Accept(0, kFloat64, shape, bytes));
  ASSERT_TRUE(outputs.Accept(1, static_cast<engine::ElementType>(gate::ElementType::kInt64), shape, bytes));
  EXPECT_EQ(scores, (std::array<double, 3>{0.125, 0.5, 0.25}));
  ASSERT_EQ(recorder.outputs.size(), 2U);
  std::array<double, 3> seen{};
  std::memcpy(seen.data(), recorder.outputs[0].bytes.data(), sizeof(seen));
  EXPECT_EQ(seen, (std::array<double, 3>{0, 0.5, 0}));
  std::memcpy(seen.data(), recorder.outputs[1].bytes.data(), sizeof(seen));
  EXPECT_EQ(seen, scores);
}

TEST(GuardedOutputs, RefusesWhatNoGuardTreats) {
  const std::array<std::int64_t, 1> shape = {2};
  const std::array<std::uint8_t, 2> bytes = {0x38, 0x30};
  engine::testing::OutputRecorder recorder;
  SecretBytes room;
  GuardedOutputs guarded({.decimals = 1}, room, recorder);
  GuardedOutputs unguarded({}, room, recorder);
  for (const auto type : {gate::ElementType::kFloat8E4M3Fn, gate::ElementType::kFloat8E5M2Fnuz,
                          gate::ElementType::kFloat8E8M0, gate::ElementType::kFloat4E2M1}) {
    recorder.outputs.clear();
    const Status refused = guarded.Accept(0, static_cast<engine::ElementType>(type), shape, bytes);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kModelRefused);
    EXPECT_TRUE(recorder.outputs.empty());
    EXPECT_TRUE(unguarded.Accept(0, static_cast<engine::ElementType>(type), shape, bytes));
    EXPECT_EQ(recorder.outputs.size(), 1U);
  }
}

}  // namespace
}  // namespace edgekeep::cell
