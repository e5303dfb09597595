#include "edgekeep/base/ids.h"

namespace edgekeep {
namespace {

constexpr std::size_t kMaxPartLength = 63;

// string_view::substr would need the library's throwing helper, which no trusted archive may.
std::string_view Before(std::string_view text, std::size_t position) {
  return {text.data(), std::min(position, text.size())};
}

std::string_view After(std::string_view text, std::size_t position) {
  if (position >= text.size()) return {};
  return {text.data() + position + 1, text.size() - position - 1};
}

bool IsPart(std::string_view part) {
  if (part.empty() || part.size() > kMaxPartLength) return false;
  return std::ranges::all_of(part, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

Result<ProductName> ProductName::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (!IsPart(Before(text, slash)) || !IsPart(After(text, slash))) {
    return Error(ErrorCode::kMalformed, "product name: expected publisher/name of a-z, 0-9 and -, at most 63 each");
  }
  ProductName product;
  EK_TRY_ASSIGN(product.text_, InlineString<kMaxLength>::From(text));
  return product;
}

std::string_view ProductName::publisher() const noexcept {
  return Before(view(), view().find('/'));
}

std::string_view ProductName::name() const noexcept {
  return After(view(), view().find('/'));
}

}  // namespace edgekeep
