#include "edgekeep/release/log/lines.h"

namespace edgekeep::release::log {
namespace {

constexpr std::string_view kBlanks = " \t";

}  // namespace

Result<std::string_view> TakeLine(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return Malformed("line without an end");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::string_view TakeWord(std::string_view& line) noexcept {
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    line = {};
    return {};
  }
  line.remove_prefix(begin);
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

Result<std::uint64_t> ParseDecimal(std::string_view text) {
  constexpr std::size_t kMaxDigits = 19;
  if (text.empty() || text.size() > kMaxDigits) return Malformed("number");
  if (text.front() == '0' && text.size() > 1) return Malformed("number with a leading zero");
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return Malformed("number");
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > INT64_MAX) return Malformed("number");
  return value;
}

std::string_view WriteDecimal(std::uint64_t value, char (&out)[20]) noexcept {
  std::size_t begin = sizeof out;
  do {
    out[--begin] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  return {out + begin, sizeof out - begin};
}

}  // namespace edgekeep::release::log
