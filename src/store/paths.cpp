#include "paths.h"

#include <algorithm>
#include <array>

namespace edgekeep::store {
namespace {

constexpr char kSeparator = '_';

// Every part has a bound of its own, and StorePath has room for all of them together.
StorePath Concatenate(std::initializer_list<std::string_view> parts) {
  std::array<char, 320> text;
  std::size_t used = 0;
  for (const std::string_view part : parts) {
    const std::size_t size = std::min(part.size(), text.size() - used);
    std::copy_n(part.begin(), size, text.begin() + static_cast<std::ptrdiff_t>(used));
    used += size;
  }
  return StorePath::Truncated({text.data(), used});
}

}  // namespace

StorePath Join(std::string_view directory, std::string_view name, std::string_view suffix) {
  return Concatenate({directory, directory.empty() ? "" : "/", name, suffix});
}

StorePath DirectoryOf(const ProductName& product) {
  return Concatenate({kProducts, "/", product.publisher(), {&kSeparator, 1}, product.name()});
}

Result<ProductName> ProductOf(std::string_view entry) {
  const std::size_t separator = entry.find(kSeparator);
  if (separator == std::string_view::npos) return Error(ErrorCode::kMalformed, "product directory");
  const std::string_view publisher(entry.data(), separator);
  entry.remove_prefix(separator + 1);
  return ProductName::Parse(Concatenate({publisher, "/", entry}).view());
}

Result<StorePath> SlotPath(const ProductName& product, std::uint8_t slot, ports::SlotFile file) {
  if (slot > 1) return Error(ErrorCode::kBadArgument, "slot");
  const std::string_view stem = file == ports::SlotFile::kCanonical ? "canonical" : "prepared";
  return Join(DirectoryOf(product).view(), stem, slot == 0 ? ".0" : ".1");
}

Status CheckName(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  const bool good = !name.empty() && name.size() <= 32 && name.front() != '.' &&
                    std::ranges::all_of(name, is_allowed) && !name.ends_with(kUnfinished);
  return good ? Status() : Error(ErrorCode::kBadArgument, "object name");
}

}  // namespace edgekeep::store
