#include "edgekeep/gate/cell_sessions.h"

#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

CellStatistics SampleStatistics() {
  CellStatistics statistics{.sessions = 64,
                            .answered = 1ULL << 40,
                            .refused = 3,
                            .failed = 2,
                            .given_up = 1,
                            .model_bytes = 1ULL << 30,
                            .tensor_bytes = 12};
  for (std::size_t i = 0; i < kLatencyBuckets; ++i) statistics.latency[i] = 1000 * i;
  return statistics;
}

TEST(CellSessions, OrderIsStrict) {
  ExpectStrict<SessionOrder>({.session = 4711}, DecodeSessionOrder, EncodeSessionOrder);
}

TEST(CellSessions, NumberZeroIsRefused) {
  const Buffer body = Encoded<SessionOrder>({.session = 0}, EncodeSessionOrder);
  EXPECT_EQ(DecodeSessionOrder(body).error().code(), ErrorCode::kMalformed);
}

TEST(CellSessions, StatisticsAreStrict) {
  ExpectStrict<CellStatistics>(SampleStatistics(), DecodeCellStatistics, EncodeCellStatistics);
}

TEST(CellSessions, StatisticsArriveUnderTheirOwnNames) {
  const auto read = DecodeCellStatistics(Encoded<CellStatistics>(SampleStatistics(), EncodeCellStatistics));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sessions, 64U);
  EXPECT_EQ(read->refused, 3U);
  EXPECT_EQ(read->failed, 2U);
  EXPECT_EQ(read->given_up, 1U);
  EXPECT_EQ(read->tensor_bytes, 12U);
  EXPECT_EQ(read->latency, SampleStatistics().latency);
}

}  // namespace
}  // namespace edgekeep::gate
