// CBOR as a tree that tests bend: it writes what no encoder would.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "edgekeep/base/bytes.h"

namespace edgekeep::formats {

// One item. A map's children are keys and values in turn; a tag has one child.
struct Item {
  std::uint8_t major = 0;
  std::uint64_t argument = 0;
  std::vector<std::uint8_t> content;
  std::vector<Item> children;
  bool long_head = false;  // write the head in the next longer form

  bool is_map() const { return major == 5; }

  std::size_t num_pairs() const { return children.size() / 2; }
};

Item UnsignedItem(std::uint64_t value);
Item IntItem(std::int64_t value);
Item BytesItem(ByteView bytes);
Item TextItem(std::string_view text);
Item ArrayItem(std::vector<Item> children);
Item MapItem(std::vector<Item> keys_and_values);
Item SimpleItem(std::uint8_t value);  // 20 false, 21 true, 22 null

// Parses one whole item; throws on anything it does not know.
Item ParseItem(ByteView bytes);
std::vector<std::uint8_t> WriteItem(const Item& item);

// Every item in `root`, itself included, parents before children.
std::vector<Item*> AllItems(Item& root);

// The item reached by the steps: the value of that key in a map, the element of that index in an array or tag.
Item& At(Item& root, std::initializer_list<std::int64_t> steps);

}  // namespace edgekeep::formats
