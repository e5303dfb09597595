#include "cbor_tree.h"

#include <array>
#include <stdexcept>

namespace edgekeep::formats {
namespace {

constexpr std::uint8_t kNegative = 1;
constexpr std::uint8_t kBytes = 2;
constexpr std::uint8_t kText = 3;
constexpr std::uint8_t kArray = 4;
constexpr std::uint8_t kMap = 5;
constexpr std::uint8_t kTag = 6;
constexpr std::uint8_t kSimple = 7;

std::uint8_t TakeByte(ByteView& rest) {
  if (rest.empty()) throw std::invalid_argument("cut CBOR");
  const std::uint8_t byte = rest[0];
  rest = rest.subspan(1);
  return byte;
}

Item TakeItem(ByteView& rest) {
  Item item;
  const std::uint8_t initial = TakeByte(rest);
  item.major = initial >> 5;
  const unsigned information = initial & 31U;
  item.argument = information;
  if (information > 27) throw std::invalid_argument("indefinite CBOR");
  if (information >= 24) {
    item.argument = 0;
    for (unsigned i = 0; i < 1U << (information - 24); ++i) item.argument = item.argument << 8 | TakeByte(rest);
  }
  if (item.major == kBytes || item.major == kText) {
    if (item.argument > rest.size()) throw std::invalid_argument("cut CBOR");
    const ByteView content = rest.first(item.argument);
    item.content.assign(content.begin(), content.end());
    rest = rest.subspan(content.size());
  }
  std::uint64_t count = item.major == kTag ? 1 : 0;
  if (item.major == kArray) count = item.argument;
  if (item.major == kMap) count = 2 * item.argument;
  for (std::uint64_t i = 0; i < count; ++i) item.children.push_back(TakeItem(rest));
  return item;
}

unsigned InformationFor(std::uint64_t argument) {
  if (argument < 24) return static_cast<unsigned>(argument);
  if (argument <= 0xFF) return 24;
  if (argument <= 0xFFFF) return 25;
  return argument <= 0xFFFFFFFF ? 26 : 27;
}

void WriteHead(const Item& item, std::uint64_t argument, std::vector<std::uint8_t>& out) {
  unsigned information = InformationFor(argument);
  if (item.long_head) information = information < 24 ? 24 : information + 1;
  out.push_back(static_cast<std::uint8_t>(item.major << 5 | information));
  if (information < 24) return;
  for (unsigned size = 1U << (information - 24); size-- > 0;)
    out.push_back(size < 8 ? static_cast<std::uint8_t>(argument >> (8 * size)) : std::uint8_t{0});
}

std::uint64_t ArgumentOf(const Item& item) {
  switch (item.major) {
    case kBytes:
    case kText:
      return item.content.size();
    case kArray:
      return item.children.size();
    case kMap:
      return item.num_pairs();
    default:
      return item.argument;
  }
}

void Append(const Item& item, std::vector<std::uint8_t>& out) {
  WriteHead(item, ArgumentOf(item), out);
  out.insert(out.end(), item.content.begin(), item.content.end());
  for (const Item& child : item.children) Append(child, out);
}

void Collect(Item& item, std::vector<Item*>& all) {
  all.push_back(&item);
  for (Item& child : item.children) Collect(child, all);
}

Item& Step(Item& item, std::int64_t step) {
  if (!item.is_map()) return item.children.at(static_cast<std::size_t>(step));
  const Item key = IntItem(step);
  for (std::size_t i = 0; i < item.num_pairs(); ++i) {
    const Item& found = item.children[2 * i];
    if (found.major == key.major && found.argument == key.argument) return item.children[2 * i + 1];
  }
  throw std::out_of_range("no such key");
}

}  // namespace

Item UnsignedItem(std::uint64_t value) {
  return {.argument = value};
}

Item IntItem(std::int64_t value) {
  if (value >= 0) return UnsignedItem(static_cast<std::uint64_t>(value));
  return {.major = kNegative, .argument = static_cast<std::uint64_t>(-1 - value)};
}

Item BytesItem(ByteView bytes) {
  return {.major = kBytes, .content = {bytes.begin(), bytes.end()}};
}

Item TextItem(std::string_view text) {
  return {.major = kText, .content = {text.begin(), text.end()}};
}

Item ArrayItem(std::vector<Item> children) {
  return {.major = kArray, .children = std::move(children)};
}

Item MapItem(std::vector<Item> keys_and_values) {
  return {.major = kMap, .children = std::move(keys_and_values)};
}

Item SimpleItem(std::uint8_t value) {
  return {.major = kSimple, .argument = value};
}

Item ParseItem(ByteView bytes) {
  Item item = TakeItem(bytes);
  if (!bytes.empty()) throw std::invalid_argument("bytes after CBOR");
  return item;
}

std::vector<std::uint8_t> WriteItem(const Item& item) {
  std::vector<std::uint8_t> out;
  Append(item, out);
  return out;
}

std::vector<Item*> AllItems(Item& root) {
  std::vector<Item*> all;
  Collect(root, all);
  return all;
}

Item& At(Item& root, std::initializer_list<std::int64_t> steps) {
  Item* item = &root;
  for (const std::int64_t step : steps) item = &Step(*item, step);
  return *item;
}

}  // namespace edgekeep::formats
