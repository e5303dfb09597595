// Examples of RFC 8949 appendix A, transcribed: those within the strict subset read and write, all others are refused.
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"
#include "from_hex.h"

namespace edgekeep {
namespace {

template <typename Write>
std::string Written(Write write) {
  std::array<std::uint8_t, 128> buffer{};
  CborWriter out(buffer);
  EXPECT_TRUE(write(out));
  return std::string(ToHex(out.written()).view());
}

struct UnsignedExample {
  std::uint64_t value;
  const char* hex;
};

TEST(CborAppendixA, UnsignedIntegers) {
  constexpr std::array kExamples = {
      UnsignedExample{0, "00"},
      UnsignedExample{1, "01"},
      UnsignedExample{10, "0a"},
      UnsignedExample{23, "17"},
      UnsignedExample{24, "1818"},
      UnsignedExample{25, "1819"},
      UnsignedExample{100, "1864"},
      UnsignedExample{1000, "1903e8"},
      UnsignedExample{1000000, "1a000f4240"},
      UnsignedExample{1000000000000, "1b000000e8d4a51000"},
      UnsignedExample{18446744073709551615U, "1bffffffffffffffff"},
  };
  for (const auto& [value, hex] : kExamples) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    EXPECT_EQ(in.ReadUnsigned().value(), value);
    EXPECT_TRUE(in.ExpectEnd());
    EXPECT_EQ(Written([&](CborWriter& out) { return out.Unsigned(value); }), hex);
  }
}

struct IntExample {
  std::int64_t value;
  const char* hex;
};

TEST(CborAppendixA, NegativeIntegers) {
  constexpr std::array kExamples = {
      IntExample{-1, "20"},
      IntExample{-10, "29"},
      IntExample{-100, "3863"},
      IntExample{-1000, "3903e7"},
      IntExample{std::numeric_limits<std::int64_t>::min(), "3b7fffffffffffffff"},
      IntExample{std::numeric_limits<std::int64_t>::max(), "1b7fffffffffffffff"},
  };
  for (const auto& [value, hex] : kExamples) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    EXPECT_EQ(in.ReadInt().value(), value);
    EXPECT_TRUE(in.ExpectEnd());
    EXPECT_EQ(Written([&](CborWriter& out) { return out.Int(value); }), hex);
  }
}

TEST(CborAppendixA, IntegersBeyondSixtyThreeBitsAreRefusedAsSigned) {
  for (const char* hex : {"1bffffffffffffffff", "1b8000000000000000", "3bffffffffffffffff", "3b8000000000000000"}) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    EXPECT_EQ(in.ReadInt().error().code(), ErrorCode::kMalformed) << hex;
  }
}

TEST(CborAppendixA, Booleans) {
  for (const bool value : {false, true}) {
    const auto bytes = BytesOf(value ? "f5" : "f4");
    CborReader in(bytes);
    EXPECT_EQ(in.ReadBool().value(), value);
    EXPECT_EQ(Written([&](CborWriter& out) { return out.Bool(value); }), value ? "f5" : "f4");
  }
}

TEST(CborAppendixA, ByteStrings) {
  for (const char* hex : {"40", "4401020304"}) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    const auto content = in.ReadByteString();
    ASSERT_TRUE(content && in.ExpectEnd());
    EXPECT_EQ(content->size(), bytes.size() - 1);
    EXPECT_EQ(Written([&](CborWriter& out) { return out.ByteString(*content); }), hex);
  }
}

struct TextExample {
  std::string_view value;
  const char* hex;
};

TEST(CborAppendixA, Texts) {
  constexpr std::array kExamples = {
      TextExample{"", "60"},
      TextExample{"a", "6161"},
      TextExample{"IETF", "6449455446"},
      TextExample{"\"\\", "62225c"},
      TextExample{"\u00fc", "62c3bc"},
      TextExample{"\u6c34", "63e6b0b4"},
      TextExample{"\U00010151", "64f0908591"},
  };
  for (const auto& [value, hex] : kExamples) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    EXPECT_EQ(in.ReadText().value(), value);
    EXPECT_TRUE(in.ExpectEnd());
    EXPECT_EQ(Written([&](CborWriter& out) { return out.Text(value); }), hex);
  }
}

TEST(CborAppendixA, NestedArrays) {
  const auto bytes = BytesOf("8301820203820405");
  CborReader in(bytes);
  ASSERT_TRUE(in.ExpectArray(3));
  EXPECT_EQ(in.ReadUnsigned().value(), 1U);
  for (const std::uint64_t first : {2U, 4U}) {
    ASSERT_TRUE(in.ExpectArray(2));
    EXPECT_EQ(in.ReadUnsigned().value(), first);
    EXPECT_EQ(in.ReadUnsigned().value(), first + 1);
  }
  EXPECT_TRUE(in.ExpectEnd());
}

TEST(CborAppendixA, ArrayOfTwentyFive) {
  const auto bytes = BytesOf("98190102030405060708090a0b0c0d0e0f101112131415161718181819");
  CborReader in(bytes);
  ASSERT_EQ(in.ReadArray().value(), 25U);
  for (std::uint64_t value = 1; value <= 25; ++value) EXPECT_EQ(in.ReadUnsigned().value(), value);
  EXPECT_TRUE(in.ExpectEnd());
}

TEST(CborAppendixA, MapOfIntegers) {
  const auto bytes = BytesOf("a201020304");
  CborReader in(bytes);
  auto map = CborMapReader::Enter(in);
  ASSERT_TRUE(map && map->Key(1));
  EXPECT_EQ(in.ReadUnsigned().value(), 2U);
  ASSERT_TRUE(map->Key(3));
  EXPECT_EQ(in.ReadUnsigned().value(), 4U);
  EXPECT_TRUE(map->End() && in.ExpectEnd());
}

TEST(CborAppendixA, MapOfTexts) {
  const auto bytes = BytesOf("a26161016162820203");
  CborReader in(bytes);
  ASSERT_EQ(in.ReadMap().value(), 2U);
  EXPECT_TRUE(in.ExpectText("a"));
  EXPECT_EQ(in.ReadUnsigned().value(), 1U);
  EXPECT_EQ(in.ReadText().value(), "b");
  EXPECT_TRUE(in.ExpectArray(2));
}

TEST(CborAppendixA, Tag) {
  const auto bytes = BytesOf("c11a514b67b0");
  CborReader in(bytes);
  ASSERT_TRUE(in.ExpectTag(1));
  EXPECT_EQ(in.ReadUnsigned().value(), 1363896240U);
  EXPECT_EQ(Written([](CborWriter& out) { return out.Tag(98); }), "d862");
}

// Every way to read that is not for the item must refuse it; for these there is none.
TEST(CborAppendixA, WhatIsOutsideTheSubsetIsRefusedByEveryRead) {
  for (const char* hex : {
           "f90000",
           "f98000",
           "f93c00",
           "fb3ff199999999999a",
           "f93e00",
           "f97bff",
           "fa47c35000",
           "fa7f7fffff",
           "fb7e37e43c8800759c",
           "f90001",
           "f90400",
           "f9c400",
           "fbc010666666666666",
           "f97c00",
           "f97e00",
           "f9fc00",
           "fa7f800000",
           "fa7fc00000",
           "faff800000",
           "fb7ff0000000000000",
           "fb7ff8000000000000",  // floats
           "f6",
           "f7",
           "f0",
           "f818",
           "f8ff",  // simple values
           "5f42010243030405ff",
           "7f657374726561646d696e67ff",
           "9fff",
           "9f018202039f0405ffff",
           "bf61610161629f0203ffff",
           "bf6346756ef563416d7421ff"  // indefinite lengths
       }) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    EXPECT_FALSE(in.ReadUnsigned() || in.ReadInt() || in.ReadBool() || in.ReadByteString() || in.ReadText()) << hex;
    EXPECT_FALSE(in.ReadArray() || in.ReadMap() || in.ExpectTag(1) || in.ExpectText("") || in.ExpectArray(0)) << hex;
    EXPECT_EQ(in.remaining(), bytes.size()) << "a failed read consumed bytes of " << hex;
  }
}

}  // namespace
}  // namespace edgekeep
