#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>

namespace edgekeep::cli::line {

// Accepts decimal digits from `min` to `max` and nothing else: CLI11 itself would take -1 for 2^64 - 1, 010 for 8, and
// what does not fit for the largest number that does.
CLI::Validator WholeNumber(std::uint64_t min = 0, std::uint64_t max = UINT64_MAX);

}  // namespace edgekeep::cli::line
