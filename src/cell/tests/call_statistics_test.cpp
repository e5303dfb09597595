#include "edgekeep/cell/call_statistics.h"

#include <gtest/gtest.h>

namespace edgekeep::cell {
namespace {

TEST(CallStatistics, CountsEachKindByItself) {
  CallStatistics statistics;
  for (int i = 0; i < 3; ++i) statistics.Note(std::nullopt, 100);
  statistics.Note(std::nullopt, 5000);
  statistics.Note(ErrorCode::kBadTensor, 1);
  statistics.Note(ErrorCode::kTooLarge, 1);
  statistics.Note(ErrorCode::kModelRefused, 1);
  statistics.NoteGivenUp();
  const gate::CallCounts read = statistics.Read();
  EXPECT_EQ(read.answered, 4U);
  EXPECT_EQ(read.refused, 2U);
  EXPECT_EQ(read.failed, 1U);
  EXPECT_EQ(read.given_up, 1U);
  EXPECT_EQ(read.microseconds, 5300U) << "what was not answered took no time";
}

TEST(LatencyHistogram, CountsEachCallInItsBucket) {
  LatencyHistogram histogram;
  for (int i = 0; i < 3; ++i) histogram.Note(100);
  histogram.Note(5000);
  const gate::Latencies read = histogram.Read();
  EXPECT_EQ(read[gate::LatencyBucket(100)], 3U);
  EXPECT_EQ(read[gate::LatencyBucket(5000)], 1U);
}

}  // namespace
}  // namespace edgekeep::cell
