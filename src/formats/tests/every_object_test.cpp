// What holds for every object alike: one encoding, and every other sequence of bytes refused or its own encoding.
#include <gtest/gtest.h>

#include "cbor_tree.h"
#include "samples.h"

namespace edgekeep::formats {
namespace {

// Heads of every type, short, long and indefinite.
constexpr std::array<std::uint8_t, 16> kHeads = {0x00, 0x17, 0x18, 0x1B, 0x20, 0x40, 0x5B, 0x5F,
                                                 0x60, 0x7F, 0x80, 0x9B, 0xA0, 0xBF, 0xF6, 0xFF};

class EveryObject : public testing::TestWithParam<ObjectKind> {
 protected:
  const ByteVector& sample() const { return GetParam().sample; }

  Result<ByteVector> Reencoded(const ByteVector& bytes) const { return GetParam().reencoded(bytes); }

  bool IsRefused(const ByteVector& bytes) const { return !Reencoded(bytes).has_value(); }

  // Refused, or an object of its own whose one encoding these bytes are.
  bool IsRefusedOrCanonical(const ByteVector& bytes) const {
    const auto again = Reencoded(bytes);
    return !again || *again == bytes;
  }
};

TEST_P(EveryObject, DecodesAndEncodesToTheSameBytes) {
  const auto again = Reencoded(sample());
  ASSERT_TRUE(again) << again.error().where();
  EXPECT_EQ(*again, sample());
}

TEST_P(EveryObject, RefusesTruncationAtEveryByte) {
  for (std::size_t size = 0; size < sample().size(); ++size) {
    EXPECT_TRUE(IsRefused({sample().begin(), sample().begin() + static_cast<std::ptrdiff_t>(size)})) << size;
  }
}

TEST_P(EveryObject, RefusesTrailingBytes) {
  for (const std::uint8_t extra : kHeads) {
    ByteVector longer = sample();
    longer.push_back(extra);
    EXPECT_TRUE(IsRefused(longer)) << int{extra};
  }
}

TEST_P(EveryObject, FlippedBitsAreRefusedOrAnotherObject) {
  for (std::size_t bit = 0; bit < 8 * sample().size(); ++bit) {
    ByteVector flipped = sample();
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_TRUE(IsRefusedOrCanonical(flipped)) << "bit " << bit;
  }
}

TEST_P(EveryObject, BytesWithOtherValuesAreRefusedOrAnotherObject) {
  for (std::size_t at = 0; at < sample().size(); ++at) {
    for (const std::uint8_t value : kHeads) {
      ByteVector changed = sample();
      changed[at] = value;
      EXPECT_TRUE(IsRefusedOrCanonical(changed)) << "byte " << at << " = " << int{value};
    }
  }
}

std::string NameOfKind(const testing::TestParamInfo<ObjectKind>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryObject, testing::ValuesIn(AllObjects()), NameOfKind);

class EveryCborObject : public EveryObject {
 protected:
  std::size_t num_items() { return AllItems(root_).size(); }

  // The maps of at least so many pairs, as indices and numbers of pairs.
  std::vector<std::pair<std::size_t, std::size_t>> Maps(std::size_t least_pairs) {
    std::vector<std::pair<std::size_t, std::size_t>> maps;
    const std::vector<Item*> all = AllItems(root_);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i]->is_map() && all[i]->num_pairs() >= least_pairs) maps.emplace_back(i, all[i]->num_pairs());
    }
    return maps;
  }

  // The sample with `change` applied to its item number `index`.
  template <typename Change>
  ByteVector Changed(std::size_t index, Change change) {
    Item& item = *AllItems(root_).at(index);
    const Item before = item;
    change(item);
    const ByteVector changed = WriteItem(root_);
    item = before;
    return changed;
  }

 private:
  Item root_ = ParseItem(sample());
};

TEST_P(EveryCborObject, RefusesLongerHeadsEverywhere) {
  for (std::size_t i = 0; i < num_items(); ++i) {
    const ByteVector changed = Changed(i, [](Item& item) { item.long_head = true; });
    EXPECT_EQ(Reencoded(changed).error().code(), ErrorCode::kMalformed) << "item " << i;
  }
}

TEST_P(EveryCborObject, RefusesItemsOfOtherTypes) {
  const std::vector<Item> others = {UnsignedItem(0),
                                    UnsignedItem(UINT64_MAX),
                                    IntItem(-1),
                                    BytesItem({}),
                                    TextItem(""),
                                    ArrayItem({}),
                                    MapItem({}),
                                    SimpleItem(20),
                                    SimpleItem(21),
                                    SimpleItem(22),
                                    TextItem("a"),
                                    BytesItem(Filler(1, 0)),
                                    BytesItem(Filler(33, 0))};
  for (std::size_t i = 0; i < num_items(); ++i) {
    for (const Item& other : others) {
      EXPECT_TRUE(IsRefusedOrCanonical(Changed(i, [&](Item& item) { item = other; }))) << "item " << i;
    }
  }
}

TEST_P(EveryCborObject, RefusesMapsWithDoubledKeys) {
  for (const auto& [map, num_pairs] : Maps(1)) {
    const auto double_first = [](Item& item) {
      const std::vector<Item> pair(item.children.begin(), item.children.begin() + 2);
      item.children.insert(item.children.begin(), pair.begin(), pair.end());
    };
    EXPECT_TRUE(IsRefused(Changed(map, double_first))) << "item " << map;
  }
}

TEST_P(EveryCborObject, RefusesMapsOutOfOrder) {
  for (const auto& [map, num_pairs] : Maps(2)) {
    const auto swap_first = [](Item& item) {
      std::swap(item.children[0], item.children[2]);
      std::swap(item.children[1], item.children[3]);
    };
    EXPECT_TRUE(IsRefused(Changed(map, swap_first))) << "item " << map;
  }
}

TEST_P(EveryCborObject, RefusesUnknownKeys) {
  for (const std::int64_t key : {0, 3, 8, 13, 99, -1, -65545}) {
    for (const auto& [map, num_pairs] : Maps(0)) {
      const auto add = [&](Item& item) {
        item.children.push_back(IntItem(key));
        item.children.push_back(UnsignedItem(0));
      };
      EXPECT_TRUE(IsRefused(Changed(map, add))) << "item " << map << " key " << key;
    }
  }
}

TEST_P(EveryCborObject, MissingKeysAreRefusedUnlessOptional) {
  for (const auto& [map, num_pairs] : Maps(1)) {
    for (std::size_t pair = 0; pair < num_pairs; ++pair) {
      const auto remove = [&](Item& item) {
        const auto first = item.children.begin() + static_cast<std::ptrdiff_t>(2 * pair);
        item.children.erase(first, first + 2);
      };
      EXPECT_TRUE(IsRefusedOrCanonical(Changed(map, remove))) << "item " << map << " pair " << pair;
    }
  }
}

std::vector<ObjectKind> CborObjects() {
  std::vector<ObjectKind> kinds = AllObjects();
  std::erase_if(kinds, [](const ObjectKind& kind) { return !kind.is_cbor; });
  return kinds;
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryCborObject, testing::ValuesIn(CborObjects()), NameOfKind);

}  // namespace
}  // namespace edgekeep::formats
