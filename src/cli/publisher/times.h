// Times as people write and read them: UTC, RFC 3339.
#pragma once
#include <string>

#include "edgekeep/base/ids.h"

namespace edgekeep::cli::publisher {

inline constexpr std::uint64_t kSecondsPerDay = 86400;

// What this machine's clock says; 1970 where it is before that.
UnixTime Now();

// Up to when times that others state are believed: a clock that is a little slow makes nothing of a good witness's
// word.
UnixTime LatestBelieved(UnixTime now);

// "2030-01-31T12:00:00Z"
std::string FormatTime(UnixTime time);

enum class DayEdge { kStart, kEnd };

// Reads "2030-01-31T12:00:00Z", or "2030-01-31": the first second of that day, or (kEnd) of the day after. Fails with
// kBadArgument for anything else, for days that do not exist, and for years before 1970.
Result<UnixTime> ParseTime(const std::string& text, DayEdge edge);

}  // namespace edgekeep::cli::publisher
