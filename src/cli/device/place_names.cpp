#include "place_names.h"

#include <algorithm>
#include <functional>

namespace edgekeep::cli::device {
namespace {

constexpr std::string_view kModel = "{model}";
constexpr std::string_view kFile = "{file:";

// Calls `plain` with each piece of text between placeholders, and `named` with the path of each placeholder, in order.
void Split(std::string_view text, const std::function<void(std::string_view)>& plain,
           const std::function<void(std::string_view)>& named) {
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(kModel), text.find(kFile));
    plain(text.substr(0, at));
    if (at == std::string_view::npos) return;
    text.remove_prefix(at);
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos) return plain(text);
    named(text.starts_with(kModel) ? std::string_view() : text.substr(kFile.size(), end - kFile.size()));
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void NamedFiles::AddNamesIn(const std::string& text) {
  Split(
      text, [](std::string_view) {},
      [this](std::string_view path) {
        if (std::ranges::find(paths_, path) == paths_.end()) paths_.emplace_back(path);
      });
}

std::string NamedFiles::Replace(const std::string& text, const std::vector<std::string>& places) const {
  std::string replaced;
  Split(
      text, [&](std::string_view plain) { replaced += plain; },
      [&](std::string_view path) {
        replaced += places.at(static_cast<std::size_t>(std::ranges::find(paths_, path) - paths_.begin()));
      });
  return replaced;
}

}  // namespace edgekeep::cli::device
