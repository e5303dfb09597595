// What the CBOR reader refuses, and that reading and writing are inverse on everything it accepts.
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"
#include "from_hex.h"

namespace edgekeep {
namespace {

struct RefusedCase {
  const char* what;
  const char* hex;
};

// No single read accepts these, and none consumes anything.
TEST(CborReader, RefusesByEveryRead) {
  constexpr std::array kCases = {
      RefusedCase{"nothing", ""},
      RefusedCase{"integer in one byte more", "1800"},
      RefusedCase{"integer in one byte more, the largest", "1817"},
      RefusedCase{"integer in two bytes for one", "190018"},
      RefusedCase{"integer in two bytes for one, the largest", "1900ff"},
      RefusedCase{"integer in four bytes for two", "1a0000ffff"},
      RefusedCase{"integer in eight bytes for four", "1b00000000ffffffff"},
      RefusedCase{"negative integer in one byte more", "3817"},
      RefusedCase{"byte string with a longer head", "580100"},
      RefusedCase{"text with a longer head", "780161"},
      RefusedCase{"array with a longer head", "980100"},
      RefusedCase{"map with a longer head", "b8010000"},
      RefusedCase{"tag with a longer head", "d80100"},
      RefusedCase{"boolean in two bytes", "f814"},
      RefusedCase{"cut head of one byte", "18"},
      RefusedCase{"cut head of two bytes", "1901"},
      RefusedCase{"cut head of four bytes", "1a010000"},
      RefusedCase{"cut head of eight bytes", "1b01000000000000"},
      RefusedCase{"reserved information 28", "1c"},
      RefusedCase{"reserved information 29", "5d00"},
      RefusedCase{"reserved information 30", "9e00"},
      RefusedCase{"indefinite byte string", "5f4100ff"},
      RefusedCase{"indefinite text", "7f6161ff"},
      RefusedCase{"indefinite array", "9f00ff"},
      RefusedCase{"indefinite map", "bf0000ff"},
      RefusedCase{"break alone", "ff"},
      RefusedCase{"byte string past the end", "4200"},
      RefusedCase{"text past the end", "6261"},
      RefusedCase{"array past the end", "8200"},
      RefusedCase{"map past the end", "a2000000"},
      RefusedCase{"byte string of nearly 2^64", "5bffffffffffffffff"},
      RefusedCase{"text of nearly 2^64", "7bffffffffffffffff"},
      RefusedCase{"array of nearly 2^64", "9bffffffffffffffff"},
      RefusedCase{"map of nearly 2^64", "bbffffffffffffffff"},
      RefusedCase{"map of 2^63", "bb8000000000000000"},
      RefusedCase{"null", "f6"},
      RefusedCase{"undefined", "f7"},
      RefusedCase{"half float", "f90000"},
  };
  for (const auto& [what, hex] : kCases) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    EXPECT_FALSE(in.ReadUnsigned() || in.ReadInt() || in.ReadBool() || in.ReadByteString() || in.ReadText()) << what;
    EXPECT_FALSE(in.ReadArray() || in.ReadMap() || in.ExpectTag(1) || in.ExpectText("a") || in.ExpectArray(1)) << what;
    EXPECT_FALSE(in.ReadByteString(1)) << what;
    EXPECT_EQ(in.remaining(), bytes.size()) << what;
  }
}

TEST(CborReader, RefusesTextThatIsNotUtf8) {
  constexpr std::array kCases = {
      RefusedCase{"continuation without a lead", "6180"},
      RefusedCase{"lead without continuation", "61c3"},
      RefusedCase{"lead with a wrong continuation", "62c328"},
      RefusedCase{"two bytes for one", "62c080"},
      RefusedCase{"two bytes for one, the largest", "62c1bf"},
      RefusedCase{"three bytes for two", "63e09fbf"},
      RefusedCase{"four bytes for three", "64f08fbfbf"},
      RefusedCase{"first surrogate", "63eda080"},
      RefusedCase{"last surrogate", "63edbfbf"},
      RefusedCase{"above U+10FFFF", "64f4908080"},
      RefusedCase{"lead of U+140000", "64f5808080"},
      RefusedCase{"lead of five bytes", "65f888808080"},
      RefusedCase{"never a byte of UTF-8", "61ff"},
      RefusedCase{"cut sequence of three", "62e6b0"},
      RefusedCase{"cut sequence of four", "63f09085"},
      RefusedCase{"wrong third byte", "63e6b041"},
      RefusedCase{"wrong fourth byte", "64f0908541"},
  };
  for (const auto& [what, hex] : kCases) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    EXPECT_EQ(in.ReadText().error().code(), ErrorCode::kMalformed) << what;
    EXPECT_EQ(in.remaining(), bytes.size()) << what;
  }
}

TEST(CborReader, AcceptsUtf8AtTheEdges) {
  for (const char* hex : {"6100", "617f", "62c280", "62dfbf", "63e0a080", "63ed9fbf", "63ee8080", "63efbfbf",
                          "64f0908080", "64f48fbfbf"}) {
    const auto bytes = BytesOf(hex);
    CborReader in(bytes);
    EXPECT_TRUE(in.ReadText() && in.ExpectEnd()) << hex;
  }
}

TEST(CborReader, RefusesWhatWasNotExpected) {
  const auto bytes = BytesOf("d86283616101f5");
  CborReader in(bytes);
  EXPECT_FALSE(in.ExpectTag(97));
  ASSERT_TRUE(in.ExpectTag(98));
  EXPECT_FALSE(in.ExpectArray(2));
  ASSERT_TRUE(in.ExpectArray(3));
  EXPECT_FALSE(in.ExpectText("b"));
  EXPECT_FALSE(in.ExpectText("aa"));
  EXPECT_FALSE(in.ReadByteString());
  ASSERT_TRUE(in.ExpectText("a"));
  EXPECT_FALSE(in.ReadBool());
  ASSERT_TRUE(in.ReadUnsigned());
  EXPECT_FALSE(in.ExpectEnd());
  ASSERT_TRUE(in.ReadBool());
  EXPECT_TRUE(in.ExpectEnd());
}

TEST(CborReader, RefusesByteStringsOfAnotherSize) {
  const auto bytes = BytesOf("43010203");
  CborReader in(bytes);
  EXPECT_EQ(in.ReadByteString(2).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(in.ReadByteString(4).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(in.ReadByteString(3)->size(), 3U);
}

// Each is a map of two pairs read with the keys 1 and 2 (or -1 after them): only the first has the right shape.
TEST(CborMapReader, RefusesAllButOneOrderOfKeys) {
  constexpr std::array kCases = {
      RefusedCase{"doubled key", "a201000100"},
      RefusedCase{"keys out of order", "a202000100"},
      RefusedCase{"unknown key first", "a200000100"},
      RefusedCase{"unknown key last", "a201000300"},
      RefusedCase{"unknown key added", "a3010002000300"},
      RefusedCase{"key missing", "a10100"},
      RefusedCase{"no pair", "a0"},
      RefusedCase{"text key", "a20100613200"},
      RefusedCase{"boolean key", "a20100f500"},
      RefusedCase{"long key", "a20100180200"},
      RefusedCase{"negative key", "a201002000"},
      RefusedCase{"cut after a key", "a2010002"},
  };
  const auto read = [](const std::vector<std::uint8_t>& bytes) -> Status {
    CborReader in(bytes);
    EK_TRY_ASSIGN(CborMapReader map, CborMapReader::Enter(in));
    EK_TRY(map.Key(1));
    EK_TRY(in.ReadUnsigned());
    EK_TRY(map.Key(2));
    EK_TRY(in.ReadUnsigned());
    EK_TRY(map.End());
    return in.ExpectEnd();
  };
  EXPECT_TRUE(read(BytesOf("a201000200")));
  for (const auto& [what, hex] : kCases) EXPECT_EQ(read(BytesOf(hex)).error().code(), ErrorCode::kMalformed) << what;
}

TEST(CborMapReader, OptionalKeysMayBeAbsent) {
  const auto bytes = BytesOf("a220003a0001000000");
  CborReader in(bytes);
  auto map = CborMapReader::Enter(in);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->OptionalKey(4), false);
  EXPECT_EQ(map->OptionalKey(-1), true);
  EXPECT_TRUE(in.ReadUnsigned());
  EXPECT_FALSE(map->End());
  EXPECT_EQ(map->OptionalKey(-65537), true);
  EXPECT_TRUE(in.ReadUnsigned());
  EXPECT_EQ(map->OptionalKey(-65538), false);
  EXPECT_TRUE(map->End());
}

// Writes back the one item that `in` begins with, if it is one.
Status CopyItem(CborReader& in, CborWriter& out) {
  if (auto value = in.ReadUnsigned()) return out.Unsigned(*value);
  if (auto value = in.ReadInt()) return out.Int(*value);
  if (auto value = in.ReadBool()) return out.Bool(*value);
  if (auto value = in.ReadByteString()) return out.ByteString(*value);
  if (auto value = in.ReadText()) return out.Text(*value);
  if (auto size = in.ReadArray()) return out.Array(*size);
  EK_TRY_ASSIGN(const std::size_t pairs, in.ReadMap());
  return out.Map(pairs);
}

TEST(Cbor, EveryShortInputIsRefusedOrWrittenBackAsItWas) {
  std::array<std::uint8_t, 3> bytes{};
  std::array<std::uint8_t, 16> buffer{};
  std::size_t accepted = 0;
  for (std::uint32_t value = 0; value < 1U << 24; value += value < 1U << 16 ? 1 : 251) {
    bytes = {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
             static_cast<std::uint8_t>(value >> 16)};
    CborReader in(bytes);
    CborWriter out(buffer);
    if (!CopyItem(in, out)) continue;
    ++accepted;
    ASSERT_TRUE(Equal(out.written(), std::span(bytes).first(bytes.size() - in.remaining()))) << value;
  }
  EXPECT_GT(accepted, 10000U);
}

TEST(Cbor, HeadsGrowExactlyWhereTheyMust) {
  struct Example {
    std::uint64_t value;
    std::size_t size;
  };

  for (const auto& [value, size] :
       {Example{23, 1}, Example{24, 2}, Example{0xFF, 2}, Example{0x100, 3}, Example{0xFFFF, 3}, Example{0x10000, 5},
        Example{0xFFFFFFFF, 5}, Example{0x100000000, 9}, Example{std::numeric_limits<std::uint64_t>::max(), 9}}) {
    std::array<std::uint8_t, 9> buffer{};
    CborWriter out(buffer);
    ASSERT_TRUE(out.Unsigned(value));
    EXPECT_EQ(out.written().size(), size);
    CborReader in(out.written());
    EXPECT_EQ(in.ReadUnsigned().value(), value);
  }
}

TEST(CborWriter, RefusesToOverflowAtEverySize) {
  const std::array<std::uint8_t, 300> content{};
  const auto write = [&](std::span<std::uint8_t> buffer) -> Status {
    CborWriter out(buffer);
    EK_TRY(out.Tag(98));
    EK_TRY(out.Array(2));
    EK_TRY(out.Map(0));
    EK_TRY(out.ByteString(content));
    EK_TRY(out.Text("text"));
    EK_TRY(out.Int(-65537));
    EK_TRY(out.Bool(true));
    return out.Encoded(BytesOf("00"));
  };
  std::array<std::uint8_t, 320> buffer{};
  const std::size_t needed = 2 + 1 + 1 + 3 + 300 + 5 + 5 + 1 + 1;
  for (std::size_t size = 0; size < needed; ++size) {
    EXPECT_EQ(write(std::span(buffer).first(size)).error().code(), ErrorCode::kTooLarge) << size;
  }
  EXPECT_TRUE(write(std::span(buffer).first(needed)));
}

}  // namespace
}  // namespace edgekeep
