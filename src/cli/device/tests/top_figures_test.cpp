#include "top_figures.h"

#include <gtest/gtest.h>

#include <array>

namespace edgekeep::cli::device {
namespace {

using Latencies = std::array<std::uint64_t, EK_LATENCY_BUCKETS>;

// The bucket of so many microseconds, by the ends that the library tells.
std::size_t BucketOf(std::uint64_t microseconds) {
  std::size_t bucket = 0;
  while (ek_latency_bucket_end(bucket) <= microseconds) ++bucket;
  return bucket;
}

TEST(Percentiles, OfNoCallsAreNone) {
  EXPECT_FALSE(PercentilesOf(Latencies{}));
}

TEST(Percentiles, LieWithinTheBucketOfTheCallTheyAreOf) {
  Latencies latencies{};
  latencies[BucketOf(100)] = 90;
  latencies[BucketOf(5000)] = 8;
  latencies[BucketOf(900'000)] = 2;
  const auto percentiles = PercentilesOf(latencies);
  ASSERT_TRUE(percentiles);
  EXPECT_NEAR(percentiles->p50, 100, 13);
  EXPECT_NEAR(percentiles->p95, 5000, 625);
  EXPECT_NEAR(percentiles->p99, 900'000, 112'500);
}

TEST(Percentiles, OfCallsBeyondTheLastBucketAreItsBeginning) {
  Latencies latencies{};
  latencies.back() = 1;
  EXPECT_EQ(PercentilesOf(latencies)->p50, static_cast<double>(ek_latency_bucket_end(EK_LATENCY_BUCKETS - 2)));
}

// Statistics of one cell with one session, as a test wants them.
class RowsTest : public testing::Test {
 protected:
  struct Said {
    Latencies latencies{};
    ek_cell_figures cell{};
    ek_session_figures session{};
    ek_statistics statistics{};
  };

  static Said Make(std::uint64_t answered, std::uint64_t seconds, std::uint64_t microseconds_each) {
    Said said;
    const ek_call_counts calls{answered, 0, 0, 0, answered * microseconds_each};
    said.latencies[BucketOf(microseconds_each)] = answered;
    said.cell = {.product = "acme/p",
                 .version = "1",
                 .version_sequence = 1,
                 .state = EK_CELL_SERVING,
                 .threads = 1,
                 .seconds = seconds,
                 .is_read = 1,
                 .calls = calls};
    said.session = {
        .cell = 0, .number = 7, .user = 1000, .waiting = 3, .capacity = 4, .seconds = seconds, .calls = calls};
    return said;
  }

  // The pointer ends nothing that is the test's.
  static Reading At(Said& said, std::chrono::milliseconds time) {
    said.cell.latencies = said.latencies.data();
    said.statistics = {.seconds = 1,
                       .num_cells = 1,
                       .cells = &said.cell,
                       .num_sessions = 1,
                       .sessions = &said.session,
                       .num_products = 0,
                       .products = nullptr};
    return {StatisticsPointer(&said.statistics), std::chrono::steady_clock::time_point(time)};
  }

  static void Release(Reading& reading) { static_cast<void>(reading.statistics.release()); }
};

TEST_F(RowsTest, AreOfTheTimeBetweenTwoReadings) {
  Said first = Make(100, 60, 1000);
  Said second = first;
  second.latencies[BucketOf(50)] = 20;
  second.cell.calls.answered = second.session.calls.answered = 120;
  second.cell.calls.microseconds = second.session.calls.microseconds = 100 * 1000 + 20 * 50;
  second.cell.seconds = 62;
  Reading before = At(first, std::chrono::milliseconds(1000));
  Reading now = At(second, std::chrono::milliseconds(3000));
  const auto rows = RowsOf(now, &before);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_DOUBLE_EQ(rows[0].recent.per_second, 10);
  EXPECT_NEAR(rows[0].recent.latency->p99, 50, 7) << "the slow calls were before";
  EXPECT_EQ(rows[0].waiting, 3U);
  ASSERT_EQ(rows[0].sessions.size(), 1U);
  EXPECT_DOUBLE_EQ(rows[0].sessions[0].recent.per_second, 10);
  EXPECT_DOUBLE_EQ(*rows[0].sessions[0].recent.mean_us, 50);
  Release(before);
  Release(now);
}

TEST_F(RowsTest, OfOneReadingAreSinceTheBeginning) {
  Said said = Make(100, 50, 1000);
  Reading now = At(said, {});
  const auto rows = RowsOf(now, nullptr);
  EXPECT_DOUBLE_EQ(rows[0].recent.per_second, 2);
  EXPECT_NEAR(rows[0].recent.latency->p50, 1000, 125);
  Release(now);
}

TEST_F(RowsTest, OfACellThatBeganAnewDoNotGoBelowNothing) {
  Said first = Make(1000, 60, 1000);
  Said second = Make(5, 1, 1000);
  Reading before = At(first, std::chrono::milliseconds(1000));
  Reading now = At(second, std::chrono::milliseconds(3000));
  const auto rows = RowsOf(now, &before);
  EXPECT_DOUBLE_EQ(rows[0].recent.per_second, 5);
  EXPECT_DOUBLE_EQ(rows[0].sessions[0].recent.per_second, 2.5) << "the session is as old as before";
  Release(before);
  Release(now);
}

}  // namespace
}  // namespace edgekeep::cli::device
