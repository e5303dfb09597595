// Arguments with a meaning of their own.
#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "edgekeep/author/failure.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/cli/line/whole_number.h"
#include "edgekeep/log/log.h"

namespace edgekeep::cli::publisher {

author::Outcome<ProductName> ParseProduct(const std::string& text);
author::Outcome<Version> ParseVersion(std::uint64_t sequence, const std::string& display);

using line::WholeNumber;

// Where somebody has looked at this machine's clock, a log stamps what contradicts its last entry.
void AddClockOption(CLI::App& command, log::LogClock& clock);

}  // namespace edgekeep::cli::publisher
