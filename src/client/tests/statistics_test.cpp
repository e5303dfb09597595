// A device's statistics through the C interface, against a keep of the test's own.
#include "edgekeep/gate/statistics.h"

#include <numeric>
#include <span>
#include <string>

#include "open_model.h"

namespace edgekeep::client {
namespace {

gate::StatisticsAnswer Sample() {
  gate::StatisticsAnswer answer{.seconds = 90, .cells = {}, .sessions = {}, .products = {}};
  const ProductName product = ProductName::Parse("acme/fake").value();
  gate::CellReading reading{
      .calls = {5, 4, 3, 2, 1}, .latencies = {}, .model_bytes = 6, .tensor_bytes = 7, .ring_bytes = 8, .peak_bytes = 9};
  reading.latencies[3] = 5;
  EXPECT_TRUE(answer.cells.PushBack({.product = product,
                                     .version = {.sequence = {3}, .display = VersionText::Truncated("1.1")},
                                     .state = gate::CellState::kServing,
                                     .seconds = 60,
                                     .threads = 2,
                                     .reading = reading}));
  EXPECT_TRUE(
      answer.cells.PushBack({.product = product, .version = {}, .state = gate::CellState::kStarting, .reading = {}}));
  EXPECT_TRUE(answer.sessions.PushBack(
      {.cell = 0, .reading = {.number = 12, .calls = {5}, .waiting = 1, .capacity = 4}, .user = 1000, .seconds = 30}));
  EXPECT_TRUE(answer.products.PushBack({.product = product,
                                        .calls = {50},
                                        .latencies = {0, 50},
                                        .crashes = gate::CrashFacts{.count = 2, .wait_seconds = 4}}));
  return answer;
}

class StatisticsTest : public testing::Test {
 protected:
  void Serve(std::function<void(std::vector<std::uint8_t>&)> spoil = {}) {
    keep_.ServeAdministrators([spoil](gate::Channel& connection, const gate::Message& request) {
      EXPECT_EQ(request.frame.header.command, gate::Command::kStatistics);
      std::vector<std::uint8_t> room(gate::kMaxBodySize);
      CborWriter body(room);
      EXPECT_TRUE(gate::EncodeStatisticsAnswer(Sample(), body));
      std::vector<std::uint8_t> said(body.written().begin(), body.written().end());
      if (spoil) spoil(said);
      EXPECT_TRUE(connection.Send(gate::Command::kStatistics, request.frame.header.id, said));
    });
    client_.reset(OpenClient(keep_));
  }

  FakeKeep keep_;
  ClientPointer client_{nullptr, &ek_client_close};
};

TEST_F(StatisticsTest, ComeAsTheKeepSaidThem) {
  Serve();
  const ek_statistics* statistics = nullptr;
  ek_error error;
  ASSERT_EQ(ek_admin_statistics(client_.get(), &statistics, &error), EK_OK) << error.where;
  EXPECT_EQ(statistics->seconds, 90U);
  ASSERT_EQ(statistics->num_cells, 2U);
  const ek_cell_figures& cell = statistics->cells[0];
  EXPECT_STREQ(cell.product, "acme/fake");
  EXPECT_STREQ(cell.version, "1.1");
  EXPECT_STREQ(ek_cell_state_name(cell.state), "serving");
  EXPECT_EQ(cell.calls.answered + cell.calls.refused + cell.calls.failed + cell.calls.given_up, 14U);
  EXPECT_EQ(cell.latencies[3], 5U);
  EXPECT_EQ(cell.model_bytes + cell.tensor_bytes + cell.ring_bytes + cell.peak_bytes, 30U);
  EXPECT_EQ(statistics->cells[1].is_read, 0U);
  const std::span none(statistics->cells[1].latencies, EK_LATENCY_BUCKETS);
  EXPECT_EQ(std::accumulate(none.begin(), none.end(), 0U), 0U);
  ASSERT_EQ(statistics->num_sessions, 1U);
  EXPECT_EQ(statistics->sessions[0].number, 12U);
  EXPECT_EQ(statistics->sessions[0].user, 1000U);
  EXPECT_EQ(statistics->sessions[0].waiting, 1U);
  EXPECT_EQ(statistics->sessions[0].capacity, 4U);
  ASSERT_EQ(statistics->num_products, 1U);
  EXPECT_EQ(statistics->products[0].calls.answered, 50U);
  EXPECT_EQ(statistics->products[0].octaves[1], 50U);
  EXPECT_EQ(statistics->products[0].crashes, 2U);
  EXPECT_EQ(statistics->products[0].wait_seconds, 4U);
  ek_statistics_free(statistics);
}

TEST_F(StatisticsTest, ThatAreNoneAreAnError) {
  Serve([](std::vector<std::uint8_t>& said) { said.pop_back(); });
  const ek_statistics* statistics = nullptr;
  EXPECT_EQ(ek_admin_statistics(client_.get(), &statistics, nullptr), ek_code{EK_MALFORMED});
  EXPECT_EQ(statistics, nullptr);
  EXPECT_EQ(ek_admin_statistics(client_.get(), nullptr, nullptr), ek_code{EK_BAD_ARGUMENT});
  ek_statistics_free(nullptr);
}

TEST(LatencyBuckets, GrowToTheEnd) {
  for (std::size_t i = 1; i < EK_LATENCY_BUCKETS; ++i)
    EXPECT_GT(ek_latency_bucket_end(i), ek_latency_bucket_end(i - 1));
  EXPECT_EQ(ek_latency_bucket_end(EK_LATENCY_BUCKETS - 1), UINT64_MAX);
  EXPECT_EQ(ek_latency_bucket_end(1'000'000), UINT64_MAX);
  EXPECT_STREQ(ek_cell_state_name(99), "unknown");
}

}  // namespace
}  // namespace edgekeep::client
