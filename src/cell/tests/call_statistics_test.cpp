#include "edgekeep/cell/call_statistics.h"

#include <gtest/gtest.h>

namespace edgekeep::cell {
namespace {

TEST(LatencyBucket, IsTheFirstPowerOfTwoAboveTheTime) {
  EXPECT_EQ(LatencyBucket(0), 0U);
  EXPECT_EQ(LatencyBucket(1), 1U);
  EXPECT_EQ(LatencyBucket(2), 2U);
  EXPECT_EQ(LatencyBucket(3), 2U);
  EXPECT_EQ(LatencyBucket(1023), 10U);
  EXPECT_EQ(LatencyBucket(1024), 11U);
  EXPECT_EQ(LatencyBucket(UINT64_MAX), gate::kLatencyBuckets - 1);
}

TEST(CallStatistics, CountsEachKindByItself) {
  CallStatistics statistics;
  for (int i = 0; i < 3; ++i) statistics.Note(std::nullopt, 100);
  statistics.Note(std::nullopt, 5000);
  statistics.Note(ErrorCode::kBadTensor, 1);
  statistics.Note(ErrorCode::kTooLarge, 1);
  statistics.Note(ErrorCode::kModelRefused, 1);
  statistics.NoteGivenUp();
  gate::CellStatistics read;
  statistics.Read(read);
  EXPECT_EQ(read.answered, 4U);
  EXPECT_EQ(read.refused, 2U);
  EXPECT_EQ(read.failed, 1U);
  EXPECT_EQ(read.given_up, 1U);
  EXPECT_EQ(read.latency[7], 3U) << "100 µs: less than 128";
  EXPECT_EQ(read.latency[13], 1U) << "5 ms: less than 8192 µs";
  EXPECT_EQ(read.latency[1], 0U) << "what was not answered has no latency";
}

}  // namespace
}  // namespace edgekeep::cell
