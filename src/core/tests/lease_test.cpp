#include "edgekeep/core/lease.h"

#include <gtest/gtest.h>

namespace edgekeep::core {
namespace {

constexpr std::uint64_t kHour = 3600;
constexpr LeaseTime kFrom{.anchor_ms = 1000, .resets = 7, .restarts = 2, .floor = {1'000'000}};

struct Span {
  const char* name;
  std::uint64_t powered_seconds;
  std::uint32_t starts;
  std::int64_t floor_seconds;
  std::uint64_t expected_seconds;
};

class LeaseSpanTest : public ::testing::TestWithParam<Span> {};

TEST_P(LeaseSpanTest, CountsWhatPassed) {
  const Span& span = GetParam();
  const LeaseTime to{.anchor_ms = kFrom.anchor_ms + span.powered_seconds * 1000,
                     .resets = kFrom.resets + span.starts,
                     .restarts = span.starts == 0 ? kFrom.restarts : 0,
                     .floor = {static_cast<std::uint64_t>(1'000'000 + span.floor_seconds)}};
  EXPECT_EQ(LeaseMilliseconds(kFrom, to, kHour), span.expected_seconds * 1000);
}

INSTANTIATE_TEST_SUITE_P(All, LeaseSpanTest,
                         ::testing::Values(Span{"Nothing", 0, 0, 0, 0}, Span{"WithPower", 50, 0, 50, 50},
                                           Span{"ClockTurnedBack", 50, 0, -5000, 50},
                                           Span{"OffWithoutAClock", 50, 1, 50, kHour + 50},
                                           Span{"OffWithAClock", 50, 1, 86400, 86400},
                                           Span{"OffForAMomentWithAClock", 50, 1, 60, kHour + 50},
                                           Span{"CycledAllDay", 1440, 24, 1440, 24 * kHour + 1440},
                                           Span{"FloorAlone", 0, 0, 77, 77}),
                         [](const auto& tested) { return std::string(tested.param.name); });

// A TPM's clock may go back when power is cut unannounced; a cleared one has another count of resets.
TEST(LeaseSpan, WhatWentBackCountsAsNothing) {
  EXPECT_EQ(LeaseMilliseconds(kFrom, {.anchor_ms = 10, .resets = 7, .restarts = 1, .floor = kFrom.floor}, kHour), 0U);
  EXPECT_EQ(LeaseMilliseconds(kFrom, {.anchor_ms = 10, .resets = 8, .floor = kFrom.floor}, kHour), kHour * 1000);
  EXPECT_EQ(LeaseMilliseconds(kFrom, {}, UINT32_MAX), 0U);
}

// A chip that is told to keep its state counts its power-ups beside its resets, from the last of those on.
TEST(LeaseSpan, PowerUpsWithoutAResetAreCharged) {
  const auto charged = [](std::uint32_t resets, std::uint32_t restarts) {
    const LeaseTime to{.anchor_ms = kFrom.anchor_ms, .resets = resets, .restarts = restarts, .floor = kFrom.floor};
    EXPECT_EQ(OnlyRestarted(kFrom, to), resets == 7 && restarts > 2);
    return LeaseMilliseconds(kFrom, to, kHour) / (kHour * 1000);
  };
  EXPECT_EQ(charged(7, 2), 0U);
  EXPECT_EQ(charged(7, 3), 1U);
  EXPECT_EQ(charged(7, 12), 10U);
  EXPECT_EQ(charged(8, 0), 1U);
  EXPECT_EQ(charged(9, 5), 7U);
  EXPECT_EQ(charged(6, 9), 0U);
}

TEST(LeaseSpan, NeverWraps) {
  const LeaseTime last{.anchor_ms = UINT64_MAX, .resets = UINT32_MAX, .restarts = UINT32_MAX, .floor = {UINT64_MAX}};
  EXPECT_GT(LeaseMilliseconds({}, last, UINT32_MAX), UINT64_MAX / 8);
  EXPECT_GT(LeaseMilliseconds({}, {.anchor_ms = 0, .floor = {UINT64_MAX}}, 0), UINT64_MAX / 8);
}

struct Standing {
  std::uint64_t counted_seconds;
  LeasePhase phase;
  std::uint64_t left, grace_left;
};

TEST(LeaseStandingTest, RunsThenWarnsThenIsOver) {
  const formats::Lease lease{.seconds = 100, .grace_seconds = 30, .counted_seconds = 1000};
  using enum LeasePhase;
  for (const Standing& expected :
       {Standing{0, kRunning, 100, 130}, Standing{1000, kRunning, 100, 130}, Standing{1099, kRunning, 1, 31},
        Standing{1100, kGrace, 0, 30}, Standing{1129, kGrace, 0, 1}, Standing{1130, kOver, 0, 0},
        Standing{UINT64_MAX / 2000, kOver, 0, 0}}) {
    const LeaseStanding standing = StandingOf(lease, expected.counted_seconds * 1000 + 999);
    EXPECT_EQ(standing.phase, expected.phase) << expected.counted_seconds;
    EXPECT_EQ(standing.left_seconds, expected.left) << expected.counted_seconds;
    EXPECT_EQ(standing.grace_left_seconds, expected.grace_left) << expected.counted_seconds;
  }
}

TEST(LeaseStandingTest, WithoutGraceThereIsNone) {
  EXPECT_EQ(StandingOf({.seconds = 1}, 999).phase, LeasePhase::kRunning);
  EXPECT_EQ(StandingOf({.seconds = 1}, 1000).phase, LeasePhase::kOver);
  EXPECT_EQ(StandingOf({.seconds = UINT32_MAX, .grace_seconds = UINT32_MAX}, 0).grace_left_seconds,
            2 * std::uint64_t{UINT32_MAX});
}

}  // namespace
}  // namespace edgekeep::core
