#include "edgekeep/base/ids.h"

namespace edgekeep {
namespace {

// string_view::substr would need the library's throwing helper, which no trusted archive may.
std::string_view Before(std::string_view text, std::size_t position) {
  return {text.data(), std::min(position, text.size())};
}

std::string_view After(std::string_view text, std::size_t position) {
  if (position >= text.size()) return {};
  return {text.data() + position + 1, text.size() - position - 1};
}

}  // namespace

bool IsName(std::string_view text) noexcept {
  constexpr std::size_t kMaxLength = 63;
  if (text.empty() || text.size() > kMaxLength) return false;
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Result<ProductName> ProductName::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (!IsName(Before(text, slash)) || !IsName(After(text, slash))) {
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
