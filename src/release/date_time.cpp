#include "date_time.h"

#include <array>

namespace edgekeep::release {
namespace {

constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
constexpr std::string_view kFormWithMilliseconds = "dddd-dd-ddTdd:dd:dd.dddZ";

bool HasForm(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !is_digit : text[i] != form[i]) return false;
  }
  return true;
}

// Requires digits there.
std::uint64_t NumberAt(std::string_view text, std::size_t at, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = at; i < at + count; ++i) number = number * 10 + static_cast<std::uint64_t>(text[i] - '0');
  return number;
}

bool IsLeap(std::uint64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

std::uint64_t DaysOfMonth(std::uint64_t year, std::uint64_t month) {
  constexpr std::array<std::uint8_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

// Days from 1970-01-01 to the first day of `year`, which is not before.
std::uint64_t DaysBefore(std::uint64_t year) {
  const auto leaps_until = [](std::uint64_t y) { return y / 4 - y / 100 + y / 400; };
  return (year - 1970) * 365 + leaps_until(year - 1) - leaps_until(1969);
}

}  // namespace

Result<UnixTime> ParseDateTime(std::string_view text) {
  const Error refused(ErrorCode::kMalformed, "date and time");
  if (!HasForm(text, kForm) && !HasForm(text, kFormWithMilliseconds)) return refused;
  const std::uint64_t year = NumberAt(text, 0, 4);
  const std::uint64_t month = NumberAt(text, 5, 2);
  const std::uint64_t day = NumberAt(text, 8, 2);
  const std::uint64_t hour = NumberAt(text, 11, 2);
  const std::uint64_t minute = NumberAt(text, 14, 2);
  const std::uint64_t second = NumberAt(text, 17, 2);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > DaysOfMonth(year, month)) return refused;
  if (hour > 23 || minute > 59 || second > 59) return refused;
  std::uint64_t days = DaysBefore(year) + day - 1;
  for (std::uint64_t earlier = 1; earlier < month; ++earlier) days += DaysOfMonth(year, earlier);
  return UnixTime{((days * 24 + hour) * 60 + minute) * 60 + second};
}

}  // namespace edgekeep::release
