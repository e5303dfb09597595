#include <algorithm>

#include "edgekeep/formats/package_index.h"

namespace edgekeep::formats {
namespace {

constexpr std::size_t kMaxPathSize = 255;

bool IsPathCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool IsPart(std::string_view part) {
  return !part.empty() && part != "." && part != ".." && std::ranges::all_of(part, IsPathCharacter);
}

}  // namespace

bool IsPackagePath(std::string_view path) {
  if (path.size() > kMaxPathSize) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return IsPart(path);
    if (!IsPart({path.data(), slash})) return false;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace edgekeep::formats
