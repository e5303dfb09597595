// A keep of the test's own that answers administrators.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "command.h"
#include "edgekeep/gate/statistics.h"
#include "fixture/fake_keep.h"

namespace edgekeep::cli::device {

class FakeDevice : public testing::Test {
 protected:
  FakeDevice() {
    status.initialised = true;
    keep_.ServeAdministrators([this](gate::Channel& connection, const gate::Message& request) {
      const gate::Command command = request.frame.header.command;
      std::vector<std::uint8_t> room(gate::kMaxBodySize);
      CborWriter body(room);
      EXPECT_TRUE(command == gate::Command::kStatus ? gate::EncodeStatusAnswer(status, body)
                                                    : gate::EncodeStatisticsAnswer(statistics, body));
      EXPECT_TRUE(connection.Send(command, request.frame.header.id, body.written()));
    });
  }

  // One product, served by one cell to one session.
  void ServeSomething() {
    const ProductName product = ProductName::Parse("acme/fake").value();
    const Version version{.sequence = {3}, .display = VersionText::Truncated("1.1")};
    EXPECT_TRUE(status.products.PushBack({.product = product,
                                          .version = version,
                                          .licensed = true,
                                          .licence_expires = UnixTime{4'000'000'000},
                                          .open_sessions = 1,
                                          .calls_left = 77,
                                          .crashes = gate::CrashFacts{.count = 2, .last = UnixTime{5}}}));
    gate::CellReading reading{
        .calls = {.answered = 1000, .refused = 3, .failed = 2, .given_up = 1, .microseconds = 2'000'000},
        .latencies = {},
        .model_bytes = 5 << 20,
        .tensor_bytes = 2 << 20,
        .ring_bytes = 1 << 20,
        .peak_bytes = 64 << 20};
    reading.latencies[gate::LatencyBucket(2000)] = 1000;
    EXPECT_TRUE(statistics.cells.PushBack({.product = product,
                                           .version = version,
                                           .state = gate::CellState::kServing,
                                           .seconds = 100,
                                           .threads = 2,
                                           .reading = reading}));
    EXPECT_TRUE(statistics.sessions.PushBack(
        {.cell = 0,
         .reading = {.number = 12, .calls = {.answered = 1000, .microseconds = 2'000'000}, .waiting = 1, .capacity = 4},
         .user = 1000,
         .seconds = 50}));
    EXPECT_TRUE(statistics.products.PushBack({.product = product,
                                              .calls = reading.calls,
                                              .latencies = gate::OctavesOf(reading.latencies),
                                              .crashes = status.products[0].crashes}));
    statistics.seconds = 7300;
  }

  Output Edgekeep(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--root", keep_.root()});
    return device::Edgekeep(std::move(arguments));
  }

  // Not to be changed while something asks.
  gate::StatusAnswer status;
  gate::StatisticsAnswer statistics;
  client::FakeKeep keep_;
};

}  // namespace edgekeep::cli::device
