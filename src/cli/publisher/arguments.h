// Arguments with a meaning of their own.
#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "edgekeep/author/failure.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/log/log.h"

namespace edgekeep::cli::publisher {

author::Outcome<ProductName> ParseProduct(const std::string& text);
author::Outcome<Version> ParseVersion(std::uint64_t sequence, const std::string& display);

// Accepts decimal digits from `min` to `max` and nothing else: CLI11 itself would take -1 for 2^64 - 1, 010 for 8, and
// what does not fit for the largest number that does.
CLI::Validator WholeNumber(std::uint64_t min = 0, std::uint64_t max = UINT64_MAX);

// Where somebody has looked at this machine's clock, a log stamps what contradicts its last entry.
void AddClockOption(CLI::App& command, log::LogClock& clock);

}  // namespace edgekeep::cli::publisher
