#include "edgekeep/gate/statistics.h"

#include <algorithm>
#include <limits>
#include <string>

#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

CellReading SampleReading() {
  CellReading reading{.calls = {1ULL << 40, 3, 2, 1, 1ULL << 50},
                      .latencies = {},
                      .model_bytes = 1ULL << 30,
                      .tensor_bytes = 12,
                      .ring_bytes = 13,
                      .peak_bytes = 14};
  for (std::size_t i = 0; i < kLatencyBuckets; i += 7) reading.latencies[i] = 1000 * i;
  return reading;
}

SessionReading SampleSession() {
  return {.number = 4711, .calls = {5, 4, 3, 2, 1}, .waiting = 7, .capacity = 16};
}

StatisticsAnswer SampleStatistics() {
  StatisticsAnswer answer{.seconds = 77, .cells = {}, .sessions = {}, .products = {}};
  const ProductName product = ProductName::Parse("acme/label-ocr").value();
  EXPECT_TRUE(answer.cells.PushBack({.product = product,
                                     .version = SampleVersion(),
                                     .state = CellState::kServing,
                                     .seconds = 70,
                                     .threads = 4,
                                     .reading = SampleReading()}));
  EXPECT_TRUE(answer.cells.PushBack(
      {.product = product, .version = SampleVersion(), .state = CellState::kStarting, .reading = {}}));
  EXPECT_TRUE(answer.sessions.PushBack({.cell = 1, .reading = SampleSession(), .user = 1000, .seconds = 3}));
  EXPECT_TRUE(answer.products.PushBack({.product = product,
                                        .calls = {9, 8, 7, 6, 5},
                                        .latencies = {1, 2, 3},
                                        .crashes = CrashFacts{.count = 1, .last = UnixTime{5}}}));
  EXPECT_TRUE(answer.products.PushBack({.product = product, .calls = {}, .latencies = {}, .crashes = {}}));
  return answer;
}

TEST(LatencyBucket, HoldsWhatIsBelowItsEndAndNotBelowTheLastOnes) {
  for (const std::uint64_t time :
       {0ULL, 1ULL, 7ULL, 8ULL, 9ULL, 15ULL, 16ULL, 17ULL, 100ULL, 1023ULL, 1024ULL, 999'999ULL, (1ULL << 26) - 1}) {
    const std::size_t bucket = LatencyBucket(time);
    EXPECT_LT(time, LatencyBucketEnd(bucket)) << time;
    if (bucket > 0) {
      EXPECT_GE(time, LatencyBucketEnd(bucket - 1)) << time;
    }
  }
  EXPECT_EQ(LatencyBucket(1ULL << 26), kLatencyBuckets - 1);
  EXPECT_EQ(LatencyBucket(kMost), kLatencyBuckets - 1);
}

TEST(LatencyBucket, IsAtMostAnEighthWide) {
  for (std::size_t bucket = 9; bucket < kLatencyBuckets; ++bucket) {
    const std::uint64_t begin = LatencyBucketEnd(bucket - 1);
    EXPECT_LE(LatencyBucketEnd(bucket) - begin, std::max<std::uint64_t>(1, begin / 8)) << bucket;
  }
}

TEST(LatencyOctaves, HoldTheSameCallsByPowersOfTwo) {
  Latencies latencies{};
  for (const std::uint64_t time : {0ULL, 1ULL, 2ULL, 3ULL, 100ULL, 127ULL, 128ULL, 1ULL << 30}) {
    ++latencies[LatencyBucket(time)];
  }
  const LatencyOctaves octaves = OctavesOf(latencies);
  EXPECT_EQ(octaves[0], 1U);
  EXPECT_EQ(octaves[1], 1U);
  EXPECT_EQ(octaves[2], 2U);
  EXPECT_EQ(octaves[7], 2U) << "64 to 127 µs";
  EXPECT_EQ(octaves[8], 1U);
  EXPECT_EQ(octaves[kLatencyOctaves - 1], 1U);
}

TEST(Statistics, OfACellAreStrict) {
  CellStatistics statistics{.cell = SampleReading(), .sessions = {}};
  EXPECT_TRUE(statistics.sessions.PushBack(SampleSession()));
  ExpectStrict<CellStatistics>(statistics, DecodeCellStatistics, EncodeCellStatistics);
}

TEST(Statistics, OfACellArriveUnderTheirOwnNames) {
  CellStatistics statistics{.cell = SampleReading(), .sessions = {}};
  EXPECT_TRUE(statistics.sessions.PushBack(SampleSession()));
  const auto read = DecodeCellStatistics(Encoded<CellStatistics>(statistics, EncodeCellStatistics));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cell.calls, statistics.cell.calls);
  EXPECT_EQ(read->cell.latencies, statistics.cell.latencies);
  EXPECT_EQ(read->cell.model_bytes, 1ULL << 30);
  EXPECT_EQ(read->cell.tensor_bytes, 12U);
  EXPECT_EQ(read->cell.ring_bytes, 13U);
  EXPECT_EQ(read->cell.peak_bytes, 14U);
  ASSERT_EQ(read->sessions.size(), 1U);
  EXPECT_EQ(read->sessions[0].number, 4711U);
  EXPECT_EQ(read->sessions[0].waiting, 7U);
  EXPECT_EQ(read->sessions[0].capacity, 16U);
}

TEST(Statistics, OfAFullCellFitWhereTheyAreWritten) {
  CellStatistics statistics;
  const CallCounts counts{kMost, kMost, kMost, kMost, kMost};
  statistics.cell = {counts, {}, kMost, kMost, kMost, kMost};
  statistics.cell.latencies.fill(kMost);
  while (statistics.sessions.PushBack({kMost, counts, UINT32_MAX, UINT32_MAX})) {
  }
  EXPECT_LE(Encoded<CellStatistics>(statistics, EncodeCellStatistics).size(), kMaxCellStatisticsSize);
}

TEST(Statistics, OfADeviceAreStrict) {
  ExpectStrict<StatisticsAnswer>(SampleStatistics(), DecodeStatisticsAnswer, EncodeStatisticsAnswer);
  ExpectStrict<StatisticsAnswer>(StatisticsAnswer{}, DecodeStatisticsAnswer, EncodeStatisticsAnswer);
}

// Seven cells serve at a time, and only those have readings.
TEST(Statistics, OfAFullDeviceFitOneMessage) {
  constexpr std::size_t kServing = 7;
  const std::string name = std::string(63, 'a') + "/" + std::string(63, 'b');
  const ProductName product = ProductName::Parse(name).value();
  const CallCounts counts{kMost, kMost, kMost, kMost, kMost};
  StatisticsAnswer answer{.seconds = kMost, .cells = {}, .sessions = {}, .products = {}};
  CellReading reading{counts, {}, kMost, kMost, kMost, kMost};
  reading.latencies.fill(kMost);
  CellFigures cell{product, {{kMost}, TextOf<32>(std::string(32, 'v'))}, CellState::kServing, kMost, UINT32_MAX, {}};
  while (answer.cells.PushBack(cell))
    cell.reading = answer.cells.size() < kServing ? std::optional(reading) : std::nullopt;
  while (answer.sessions.PushBack({15, {kMost, counts, UINT32_MAX, UINT32_MAX}, UINT32_MAX, kMost})) {
  }
  ProductFigures figures{product, counts, {}, CrashFacts{UINT32_MAX, {kMost}, 255, CrashMemory::kUnknown, UINT32_MAX}};
  figures.latencies.fill(kMost);
  while (answer.products.PushBack(figures)) {
  }
  EXPECT_LT(Encoded<StatisticsAnswer>(answer, EncodeStatisticsAnswer).size(), kMaxBodySize);
}

TEST(Statistics, ThatMakeNoSenseAreRefused) {
  const auto refusal = [](const StatisticsAnswer& answer) {
    Buffer body = Encoded<StatisticsAnswer>(answer, EncodeStatisticsAnswer);
    return DecodeStatisticsAnswer(body).error().code();
  };
  StatisticsAnswer answer = SampleStatistics();
  answer.sessions[0].reading.number = 0;
  EXPECT_EQ(refusal(answer), ErrorCode::kMalformed);
  for (const auto state : {std::uint8_t{0}, std::uint8_t{9}}) {
    answer = SampleStatistics();
    answer.cells[0].state = static_cast<CellState>(state);
    EXPECT_EQ(refusal(answer), ErrorCode::kMalformed);
  }
  answer = SampleStatistics();
  answer.sessions[0].cell = 2;
  Buffer buffer(kMaxBodySize);
  CborWriter writer(buffer);
  EXPECT_FALSE(EncodeStatisticsAnswer(answer, writer));
  // The session is the last of three lists but one: its cell's number stands behind the list's head and the map's.
  Buffer forged = Encoded<StatisticsAnswer>(SampleStatistics(), EncodeStatisticsAnswer);
  const Buffer begin = {0x03, 0x81, 0xA4, 0x01, 0x01};
  const auto at = std::ranges::search(forged, begin);
  ASSERT_EQ(at.size(), begin.size());
  at.back() = 2;
  EXPECT_EQ(DecodeStatisticsAnswer(forged).error().code(), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::gate
