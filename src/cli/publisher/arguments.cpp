#include "arguments.h"

#include <algorithm>

namespace edgekeep::cli::publisher {

author::Outcome<ProductName> ParseProduct(const std::string& text) {
  const Result<ProductName> product = ProductName::Parse(text);
  if (product) return *product;
  return author::Failure{ErrorCode::kBadArgument, "no name of a product", "'" + text + "'",
                         "write publisher/name, each of a-z, 0-9 and '-'"};
}

author::Outcome<Version> ParseVersion(std::uint64_t sequence, const std::string& display) {
  const Result<VersionText> text = VersionText::From(display);
  const bool printable = std::ranges::all_of(display, [](char c) { return c > ' ' && c <= '~'; });
  if (text && printable && !display.empty()) return Version{{sequence}, *text};
  return author::Failure{ErrorCode::kBadArgument, "no version", "'" + display + "'",
                         "take 1 to 32 printable ASCII characters without space"};
}

void AddClockOption(CLI::App& command, log::LogClock& clock) {
  command.add_flag_callback(
      "--clock-is-right", [&clock] { clock = log::LogClock::kVouched; },
      "this machine's clock is right, though behind the log's last entry, or more than a year after it");
}

}  // namespace edgekeep::cli::publisher
