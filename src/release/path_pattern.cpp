#include "path_pattern.h"

#include <algorithm>
#include <optional>

namespace edgekeep::release {
namespace {

// The bytes of the character that comes first; text is UTF-8, as a Document's is.
std::size_t CharacterSize(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  return size;
}

std::string_view TakeCharacter(std::string_view& text) {
  const std::string_view character(text.data(), CharacterSize(text));
  text.remove_prefix(character.size());
  return character;
}

// The part before the next "/", which is taken away too.
std::string_view TakePart(std::string_view& path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  const std::string_view part(path.data(), slash);
  path.remove_prefix(std::min(slash + 1, path.size()));
  return part;
}

// "[…]" at the front of a pattern: what is between the brackets, without "!".
struct Set {
  std::string_view members;
  bool negated = false;
  std::size_t size = 0;  // of the whole in the pattern
};

// Nothing when no bracket closes it: then "[" stands for itself.
std::optional<Set> SetAt(std::string_view pattern) {
  std::string_view rest = pattern;
  rest.remove_prefix(1);
  Set set;
  set.negated = rest.starts_with('!');
  if (set.negated) rest.remove_prefix(1);
  // A bracket that comes first is a member.
  const std::size_t end = rest.find(']', 1);
  if (rest.empty() || end == std::string_view::npos) return std::nullopt;
  set.members = {rest.data(), end};
  set.size = pattern.size() - rest.size() + end + 1;
  return set;
}

// UTF-8's bytes compare as the characters do.
bool Contains(const Set& set, std::string_view character) {
  std::string_view rest = set.members;
  while (!rest.empty()) {
    const std::string_view first = TakeCharacter(rest);
    std::string_view last = first;
    if (rest.size() > 1 && rest.starts_with('-')) {
      rest.remove_prefix(1);
      last = TakeCharacter(rest);
    }
    if (first <= character && character <= last) return !set.negated;
  }
  return set.negated;
}

// Takes one element that is no "*" off the pattern when `character` fits it.
bool TakeFitting(std::string_view& pattern, std::string_view character) {
  if (pattern.empty()) return false;
  if (pattern.front() == '?') {
    pattern.remove_prefix(1);
    return true;
  }
  if (pattern.front() == '[') {
    if (const auto set = SetAt(pattern)) {
      pattern.remove_prefix(set->size);
      return Contains(*set, character);
    }
  }
  return TakeCharacter(pattern) == character;
}

}  // namespace

// When something does not fit, the last "*" takes one character more: earlier ones need not be tried again.
Result<bool> PathMatcher::MatchesPart(std::string_view pattern, std::string_view part) {
  std::optional<std::string_view> pattern_after_star;
  std::string_view part_after_star;
  while (!part.empty() || pattern.starts_with('*')) {
    if (steps_left_ < pattern.size() + 1) return Error(ErrorCode::kTooLarge, "comparisons with path patterns");
    --steps_left_;
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      pattern_after_star = pattern;
      part_after_star = part;
      continue;
    }
    if (pattern.starts_with('[')) steps_left_ -= pattern.size();
    if (TakeFitting(pattern, TakeCharacter(part))) continue;
    if (!pattern_after_star) return false;
    TakeCharacter(part_after_star);
    pattern = *pattern_after_star;
    part = part_after_star;
  }
  return pattern.empty();
}

Result<bool> PathMatcher::Matches(std::string_view pattern, std::string_view path) {
  if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) return false;
  while (!pattern.empty() || !path.empty()) {
    const std::string_view pattern_part = TakePart(pattern);
    const std::string_view part = TakePart(path);
    EK_TRY_ASSIGN(const bool matches, MatchesPart(pattern_part, part));
    if (!matches) return false;
  }
  return true;
}

}  // namespace edgekeep::release
