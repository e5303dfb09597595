#include "host_files.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

namespace edgekeep::probe {

std::optional<std::string> HostFiles::Text(const std::string& path) const {
  std::ifstream file(root_ / path);
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t last = text.find_last_not_of(" \t\n");
  text.resize(last == std::string::npos ? 0 : last + 1);
  return text;
}

std::optional<long> HostFiles::Number(const std::string& path) const {
  const std::optional<std::string> text = Text(path);
  if (!text) return std::nullopt;
  long number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

bool HostFiles::Exists(const std::string& path) const {
  std::error_code failed;
  return std::filesystem::exists(root_ / path, failed);
}

std::vector<std::string> HostFiles::Lines(const std::string& path) const {
  std::istringstream text(Text(path).value_or(""));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace edgekeep::probe
