#include "times.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace edgekeep::cli::publisher {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::uint64_t kTolerance = 300;

// Reads exactly `count` digits at `at`, or returns -1.
int Digits(const std::string& text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

Error NoTime() {
  return Error(ErrorCode::kBadArgument, "date");
}

Result<std::uint64_t> ParseDay(const std::string& text) {
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  const int day = Digits(text, 8, 2);
  if (year < 1970 || month < 0 || day < 0 || text[4] != '-' || text[7] != '-') return NoTime();
  const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return NoTime();
  return static_cast<std::uint64_t>(sys_days(date).time_since_epoch().count()) * kSecondsPerDay;
}

}  // namespace

UnixTime Now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  return {static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0))};
}

UnixTime LatestBelieved(UnixTime now) {
  return {now.value + kTolerance};
}

std::string FormatTime(UnixTime time) {
  const auto days = static_cast<std::int64_t>(time.value / kSecondsPerDay);
  const auto seconds = static_cast<unsigned>(time.value % kSecondsPerDay);
  const year_month_day date{sys_days(std::chrono::days(days))};
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02u:%02u:%02uZ",
                                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()), seconds / 3600, seconds / 60 % 60, seconds % 60);
  return {text.data(), static_cast<std::size_t>(size)};
}

Result<UnixTime> ParseTime(const std::string& text, DayEdge edge) {
  constexpr std::size_t kDateSize = 10;
  constexpr std::size_t kTimeSize = 20;
  if (text.size() != kDateSize && text.size() != kTimeSize) return NoTime();
  EK_TRY_ASSIGN(const std::uint64_t day, ParseDay(text));
  if (text.size() == kDateSize) return UnixTime{day + (edge == DayEdge::kEnd ? kSecondsPerDay : 0)};
  const int hour = Digits(text, 11, 2);
  const int minute = Digits(text, 14, 2);
  const int second = Digits(text, 17, 2);
  const bool separated = text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == 'Z';
  if (!separated || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return NoTime();
  return UnixTime{day + static_cast<std::uint64_t>(hour * 3600 + minute * 60 + second)};
}

}  // namespace edgekeep::cli::publisher
