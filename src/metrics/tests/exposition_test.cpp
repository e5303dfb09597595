#include "edgekeep/metrics/exposition.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "edgekeep/gate/statistics.h"
#include "open_model.h"

namespace edgekeep::metrics {
namespace {

// How many samples Prometheus' own library reads in `text`; -1 where it, or the stricter test, refuses it.
int SamplesIn(const std::string& text) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("edgekeep-exposition-" + std::to_string(::getpid()));
  std::ofstream(path) << text;
  const std::string command = "/usr/bin/python3 " EK_PARSE_METRICS " <" + path.string() + " 2>&1";
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  std::array<char, 4096> said{};
  const std::size_t size = std::fread(said.data(), 1, said.size() - 1, pipe);
  const int status = ::pclose(pipe);
  std::filesystem::remove(path);
  EXPECT_EQ(status, 0) << std::string(said.data(), size);
  return status == 0 ? std::stoi(said.data()) : -1;
}

class ExpositionTest : public testing::Test {
 protected:
  ExpositionTest() {
    keep_.ServeAdministrators([this](gate::Channel& connection, const gate::Message& request) {
      const gate::Command command = request.frame.header.command;
      std::vector<std::uint8_t> room(gate::kMaxBodySize);
      CborWriter body(room);
      EXPECT_TRUE(command == gate::Command::kStatus ? gate::EncodeStatusAnswer(status_, body)
                                                    : gate::EncodeStatisticsAnswer(statistics_, body));
      EXPECT_TRUE(connection.Send(command, request.frame.header.id, body.written()));
    });
  }

  gate::ProductStatus& Install(const std::string& name) {
    EXPECT_TRUE(status_.products.PushBack({.product = ProductName::Parse(name).value(),
                                           .version = {.sequence = {3}, .display = VersionText::Truncated("1.1")},
                                           .licensed = true}));
    return status_.products[status_.products.size() - 1];
  }

  void Open(const std::string& name) {
    const ProductName product = ProductName::Parse(name).value();
    gate::LatencyOctaves latencies{};
    latencies[3] = 2;
    latencies[10] = 5;
    latencies[26] = 1;
    EXPECT_TRUE(statistics_.cells.PushBack({.product = product,
                                            .version = {},
                                            .state = gate::CellState::kServing,
                                            .reading = gate::CellReading{.calls = {},
                                                                         .latencies = {},
                                                                         .model_bytes = 100,
                                                                         .tensor_bytes = 20,
                                                                         .ring_bytes = 3,
                                                                         .peak_bytes = 500}}));
    EXPECT_TRUE(statistics_.sessions.PushBack({.cell = 0, .reading = {.number = 1, .calls = {}, .waiting = 4}}));
    EXPECT_TRUE(statistics_.products.PushBack(
        {.product = product, .calls = {8, 3, 2, 1, 4'500'000}, .latencies = latencies, .crashes = {}}));
  }

  std::string Text(std::uint64_t now = 1000) {
    ek_client* const client = client::OpenClient(keep_);
    const ek_status* status = nullptr;
    const ek_statistics* statistics = nullptr;
    EXPECT_EQ(ek_admin_status(client, &status, nullptr), EK_OK);
    EXPECT_EQ(ek_admin_statistics(client, &statistics, nullptr), EK_OK);
    std::string text = Exposition(*status, *statistics, now);
    ek_status_free(status);
    ek_statistics_free(statistics);
    ek_client_close(client);
    return text;
  }

  gate::StatusAnswer status_{.initialised = true, .products = {}};
  gate::StatisticsAnswer statistics_;
  client::FakeKeep keep_;
};

TEST_F(ExpositionTest, SaysWhatTheKeepSaid) {
  gate::ProductStatus& product = Install("acme/fake");
  product.licence_expires = UnixTime{1500};
  product.calls_left = 77;
  product.crashes = gate::CrashFacts{.count = 2, .wait_seconds = 4};
  Open("acme/fake");
  statistics_.seconds = 60;
  const std::string text = Text();
  for (const char* const line : {
           "edgekeep_up 1",
           "edgekeep_keep_uptime_seconds 60",
           "edgekeep_product_info{product=\"acme/fake\",version=\"1.1\"} 1",
           "edgekeep_licensed{product=\"acme/fake\"} 1",
           "edgekeep_licence_seconds_left{product=\"acme/fake\"} 500",
           "edgekeep_licence_calls_left{product=\"acme/fake\"} 77",
           "edgekeep_sessions{product=\"acme/fake\"} 1",
           "edgekeep_calls_waiting{product=\"acme/fake\"} 4",
           "edgekeep_cells{product=\"acme/fake\",state=\"serving\"} 1",
           "edgekeep_cell_memory_bytes{product=\"acme/fake\",kind=\"model\"} 100",
           "edgekeep_cell_memory_bytes{product=\"acme/fake\",kind=\"tensors\"} 20",
           "edgekeep_cell_memory_bytes{product=\"acme/fake\",kind=\"rings\"} 3",
           "edgekeep_cell_peak_resident_bytes{product=\"acme/fake\"} 500",
           "edgekeep_cell_crashes_total{product=\"acme/fake\"} 2",
           "edgekeep_cell_start_wait_seconds{product=\"acme/fake\"} 4",
           "edgekeep_calls_total{product=\"acme/fake\",result=\"answered\"} 8",
           "edgekeep_calls_total{product=\"acme/fake\",result=\"refused\"} 3",
           "edgekeep_calls_total{product=\"acme/fake\",result=\"failed\"} 2",
           "edgekeep_calls_total{product=\"acme/fake\",result=\"given_up\"} 1",
           "edgekeep_call_duration_seconds_bucket{product=\"acme/fake\",le=\"6.4e-05\"} 2",
           "edgekeep_call_duration_seconds_bucket{product=\"acme/fake\",le=\"0.000512\"} 2",
           "edgekeep_call_duration_seconds_bucket{product=\"acme/fake\",le=\"0.001024\"} 7",
           "edgekeep_call_duration_seconds_bucket{product=\"acme/fake\",le=\"+Inf\"} 8",
           "edgekeep_call_duration_seconds_sum{product=\"acme/fake\"} 4.5",
           "edgekeep_call_duration_seconds_count{product=\"acme/fake\"} 8",
       }) {
    EXPECT_NE(text.find("\n" + std::string(line) + "\n"), std::string::npos) << line << "\n" << text;
  }
  EXPECT_EQ(SamplesIn(text), 19 + 22) << text;
  EXPECT_NE(Text(2000).find("edgekeep_licence_seconds_left{product=\"acme/fake\"} 0\n"), std::string::npos);
}

TEST_F(ExpositionTest, LeavesOutWhatThereIsNot) {
  Install("acme/fake");
  const std::string text = Text();
  for (const char* const name : {"seconds_left{", "calls_left{", "edgekeep_cells{", "duration_seconds_"}) {
    EXPECT_EQ(text.find(name), std::string::npos) << text;
  }
  EXPECT_NE(text.find("edgekeep_calls_total{product=\"acme/fake\",result=\"answered\"} 0\n"), std::string::npos);
  EXPECT_GT(SamplesIn(text), 0);
}

TEST_F(ExpositionTest, OfAFullDeviceIsReadByPrometheus) {
  for (std::size_t i = 0; i < gate::kMaxProducts; ++i) {
    const std::string name = "acme/p-" + std::to_string(i);
    Install(name);
    if (i < gate::kMaxCells) Open(name);
  }
  EXPECT_GT(SamplesIn(Text()), 64 * 10);
}

// A version's text is a publisher's to choose.
TEST_F(ExpositionTest, KeepsLabelsApartFromTheRest) {
  Install("acme/fake").version.display = VersionText::Truncated("1\"} 5 \\");
  const std::string text = Text();
  EXPECT_NE(text.find("edgekeep_product_info{product=\"acme/fake\",version=\"1\\\"} 5 \\\\\"} 1\n"), std::string::npos)
      << text;
  EXPECT_GT(SamplesIn(text), 0);
}

TEST(Exposition, OfNobodySaysSo) {
  const std::string text = ExpositionOfNobody();
  EXPECT_EQ(text, "# HELP edgekeep_up 1 where the keep answers.\n# TYPE edgekeep_up gauge\nedgekeep_up 0\n");
  EXPECT_EQ(SamplesIn(text), 1);
}

}  // namespace
}  // namespace edgekeep::metrics
