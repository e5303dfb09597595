#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace edgekeep::cli::line {

// The name of an option that was given an empty text, in the command line that `root` has parsed: a script's unset
// variable, and what it was to demand would be left out unnoticed.
std::optional<std::string> EmptyOption(const CLI::App& root);

}  // namespace edgekeep::cli::line
