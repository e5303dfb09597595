#include "edgekeep/base/printable.h"

#include <cstddef>

namespace edgekeep {
namespace {

constexpr char kShown = '?';

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

// U+0080 to U+009F, which terminals take for an escape character and the one behind it; U+061C, a direction.
bool IsLongControl(char first, char second) {
  if (first == '\xd8') return second == '\x9c';
  return first == '\xc2' && static_cast<unsigned char>(second) >= 0x80 && static_cast<unsigned char>(second) < 0xa0;
}

// U+200E, U+200F, U+2028 to U+202E and U+2066 to U+2069: ends of lines and directions, by which a line reads otherwise
// than it is.
bool IsDirection(char first, char second, char third) {
  if (first != '\xe2') return false;
  const auto last = static_cast<unsigned char>(third);
  if (second == '\x80') return (last >= 0x8e && last <= 0x8f) || (last >= 0xa8 && last <= 0xae);
  return second == '\x81' && last >= 0xa6 && last <= 0xa9;
}

void Show(std::span<char> text, bool keep_line_ends) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (keep_line_ends && text[i] == '\n') continue;
    if (IsControl(text[i])) text[i] = kShown;
    if (i + 1 < text.size() && IsLongControl(text[i], text[i + 1])) text[i] = text[i + 1] = kShown;
    if (i + 2 < text.size() && IsDirection(text[i], text[i + 1], text[i + 2])) {
      text[i] = text[i + 1] = text[i + 2] = kShown;
    }
  }
}

}  // namespace

void ShowInOneLine(std::span<char> text) noexcept {
  Show(text, false);
}

void ShowInLines(std::span<char> text) noexcept {
  Show(text, true);
}

}  // namespace edgekeep
