#include "edgekeep/cli/line/whole_number.h"

#include <charconv>

namespace edgekeep::cli::line {

CLI::Validator WholeNumber(std::uint64_t min, std::uint64_t max) {
  const auto check = [min, max](const std::string& text) -> std::string {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool canonical = text.size() == 1 || !text.starts_with('0');
    if (error == std::errc() && end == text.data() + text.size() && canonical && value >= min && value <= max)
      return {};
    return "'" + text + "' is no whole number from " + std::to_string(min) + " to " + std::to_string(max);
  };
  return {check, ""};
}

}  // namespace edgekeep::cli::line
