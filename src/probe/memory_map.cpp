#include "memory_map.h"

#include <charconv>

namespace edgekeep::probe {
namespace {

// Takes the text up to the next blank, and the blanks after it, off the front of `line`.
std::string_view TakeWord(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  while (line.starts_with(' ')) line.remove_prefix(1);
  return word;
}

bool ParseHex(std::string_view text, std::uint64_t& value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return code == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<Mapping> ParseMapping(std::string_view line) {
  const std::string_view range = TakeWord(line);
  const std::string_view modes = TakeWord(line);
  TakeWord(line);  // offset
  TakeWord(line);  // device
  TakeWord(line);  // inode
  const std::size_t dash = range.find('-');
  Mapping mapping;
  if (dash == std::string_view::npos || modes.size() != 4) return std::nullopt;
  if (!ParseHex(range.substr(0, dash), mapping.begin) || !ParseHex(range.substr(dash + 1), mapping.end)) {
    return std::nullopt;
  }
  mapping.shared = modes[3] == 's';
  mapping.name = line;
  return mapping;
}

}  // namespace edgekeep::probe
