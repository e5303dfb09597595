#include "edgekeep/base/ids.h"

namespace edgekeep {
namespace {

constexpr std::size_t kMaxPartLength = 63;

bool IsPart(std::string_view part) {
  if (part.empty() || part.size() > kMaxPartLength) return false;
  return std::ranges::all_of(part, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

Result<ProductName> ProductName::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || !IsPart(text.substr(0, slash)) || !IsPart(text.substr(slash + 1))) {
    return Error(ErrorCode::kMalformed, "product name: expected publisher/name of a-z, 0-9 and -, at most 63 each");
  }
  ProductName product;
  EK_TRY_ASSIGN(product.text_, InlineString<kMaxLength>::From(text));
  return product;
}

std::string_view ProductName::publisher() const noexcept {
  return view().substr(0, view().find('/'));
}

std::string_view ProductName::name() const noexcept {
  return view().empty() ? std::string_view() : view().substr(view().find('/') + 1);
}

}  // namespace edgekeep
