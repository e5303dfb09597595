#include "family.h"

#include <array>
#include <charconv>

namespace edgekeep::metrics {
namespace {

std::string Escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

Family::Family(std::string& text, std::string_view name, std::string_view type, std::string_view help)
    : text_(text), name_(name) {
  text_ += "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " + std::string(type) + "\n";
}

Family& Family::Add(std::string_view suffix, Labels labels, const std::string& value) {
  text_ += name_ + std::string(suffix);
  char before = '{';
  for (const auto& [label, of] : labels) {
    text_ += before + std::string(label) + "=\"" + Escaped(of) + "\"";
    before = ',';
  }
  text_ += (labels.size() != 0 ? "} " : " ") + value + "\n";
  return *this;
}

// The shortest text that reads back as the same number.
std::string Family::NumberText(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

}  // namespace edgekeep::metrics
