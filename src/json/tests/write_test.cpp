#include <gtest/gtest.h>

#include <limits>

#include "edgekeep/json/text.h"

namespace edgekeep::json {
namespace {

std::string OneLine(const Value& value) {
  return Write(value, Layout::kOneLine);
}

TEST(JsonWrite, KeepsTheOrderOfMembersAndReplacesInPlace) {
  Object object;
  object.Set("z", 1).Set("a", "two").Set("z", true);
  EXPECT_EQ(OneLine(object), R"({"z":true,"a":"two"})");
}

TEST(JsonWrite, WritesScalars) {
  EXPECT_EQ(OneLine(Array{Value(), false, -1, UINT64_MAX, 0.5, ""}), R"([null,false,-1,18446744073709551615,0.5,""])");
  EXPECT_EQ(OneLine(std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWrite, EscapesWhatMustNotStandInAString) {
  EXPECT_EQ(OneLine("a\"\\\n\x01"), R"("a\"\\\n\u0001")");
  EXPECT_EQ(OneLine(std::string_view("a\0b", 3)), R"("a\u0000b")");
}

TEST(JsonWrite, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(OneLine("a\xff"), "\"a\xef\xbf\xbd\"");
}

TEST(JsonWrite, IndentsForPeople) {
  Object object;
  object.Set("a", Array{1});
  EXPECT_EQ(Write(object), "{\n  \"a\": [\n    1\n  ]\n}");
}

TEST(JsonWrite, RoundTrips) {
  const std::string_view text = R"({"b":[1,-2,3.25,"x",null,{"y":[]}],"a":{"c":true}})";
  EXPECT_EQ(OneLine(Parse(text).value()), text);
}

}  // namespace
}  // namespace edgekeep::json
