#include "edgekeep/cli/line/empty_option.h"

#include <algorithm>

namespace edgekeep::cli::line {
namespace {

bool IsGivenEmpty(const CLI::Option& option) {
  const bool takes_text = option.nonpositional() && option.get_items_expected_max() > 0;
  return takes_text && std::ranges::find(option.results(), "") != option.results().end();
}

}  // namespace

std::optional<std::string> EmptyOption(const CLI::App& root) {
  for (const CLI::Option* const option : root.get_options()) {
    if (IsGivenEmpty(*option)) return option->get_name();
  }
  // Groups of options are subcommands without a name; of those that were not called nothing was given.
  for (const CLI::App* const each : root.get_subcommands([](const CLI::App*) { return true; })) {
    if (auto found = EmptyOption(*each)) return found;
  }
  return {};
}

}  // namespace edgekeep::cli::line
