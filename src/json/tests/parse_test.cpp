#include <gtest/gtest.h>

#include "edgekeep/json/text.h"

namespace edgekeep::json {
namespace {

using std::string_view_literals::operator""sv;

ErrorCode RefusalOf(std::string_view text, const Limits& limits = {}) {
  const Result<Value> parsed = Parse(text, limits);
  EXPECT_FALSE(parsed) << "accepted: " << text;
  return parsed ? ErrorCode::kInternal : parsed.error().code();
}

TEST(JsonParse, ReadsEveryKindOfValue) {
  const Value value =
      Parse(R"({"n":null,"t":true,"i":-5,"u":18446744073709551615,"d":1.5,"s":"\u00e4\"","a":[1,[2]],"o":{}})").value();
  const Object& object = *value.AsObject().value();
  EXPECT_TRUE(object.Find("n")->is_null());
  EXPECT_TRUE(object.Find("t")->AsBool().value());
  EXPECT_EQ(object.Find("i")->AsInt().value(), -5);
  EXPECT_EQ(object.Find("u")->AsUnsigned().value(), UINT64_MAX);
  EXPECT_EQ(object.Find("d")->AsNumber().value(), 1.5);
  EXPECT_EQ(object.Find("s")->AsText().value(), "\xc3\xa4\"");
  EXPECT_EQ(object.Find("a")->AsArray().value()->size(), 2U);
  EXPECT_TRUE(object.Find("o")->AsObject().value()->members().empty());
  EXPECT_EQ(object.Find("missing"), nullptr);
}

TEST(JsonParse, RefusesValuesOfAnotherKind) {
  const Value text("x");
  EXPECT_FALSE(text.AsInt());
  EXPECT_FALSE(text.AsBool());
  EXPECT_FALSE(text.AsArray());
  EXPECT_FALSE(text.AsObject());
  EXPECT_FALSE(text.AsNumber());
  EXPECT_FALSE(Value(-1).AsUnsigned());
  EXPECT_FALSE(Value(UINT64_MAX).AsInt());
  EXPECT_FALSE(Value(1.0).AsInt());
  EXPECT_FALSE(Value(1).AsText());
}

TEST(JsonParse, RefusesAKeyTwiceAtAnyDepth) {
  EXPECT_EQ(RefusalOf(R"({"a":1,"a":1})"), ErrorCode::kMalformed);
  EXPECT_EQ(RefusalOf(R"([{"x":{"a":1,"b":2,"\u0061":3}}])"), ErrorCode::kMalformed);
  EXPECT_TRUE(Parse(R"({"a":{"a":1},"b":{"a":1}})"));
}

TEST(JsonParse, RefusesBrokenSyntax) {
  for (const std::string_view text : {""sv,      " "sv,           "{"sv,        "[1,]"sv,         "{\"a\":1,}"sv,
                                      "[1 2]"sv, "nul"sv,         "01"sv,       "+1"sv,           ".5"sv,
                                      "1."sv,    "'a'"sv,         "\"a"sv,      "\"\\x\""sv,      "\"\n\""sv,
                                      "{a:1}"sv, "[1]]"sv,        "1 2"sv,      "// c\n1"sv,      "NaN"sv,
                                      "1e999"sv, "\"\\ud800\""sv, "\"\xff\""sv, "\"\xc0\x80\""sv, "\xef\xbb\xbf[1]"sv,
                                      "[1]\0"sv, "[1]\0[2]"sv,    "\"a\0b\""sv}) {
    EXPECT_EQ(RefusalOf(text), ErrorCode::kMalformed);
  }
}

TEST(JsonParse, RefusesEveryTruncation) {
  const std::string_view text = R"({"a":[1,2,{"b":"c"}],"d":null})";
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_EQ(RefusalOf(text.substr(0, size)), ErrorCode::kMalformed);
}

TEST(JsonParse, KeepsItsLimits) {
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  EXPECT_EQ(RefusalOf(deep), ErrorCode::kTooLarge);
  EXPECT_TRUE(Parse(deep.substr(1, deep.size() - 2)));
  EXPECT_EQ(RefusalOf(std::string(1U << 19, '[')), ErrorCode::kTooLarge);
  EXPECT_EQ(RefusalOf("[1,2,3]", {.max_values = 3}), ErrorCode::kTooLarge);
  EXPECT_TRUE(Parse("[1,2,3]", {.max_values = 4}));
  EXPECT_EQ(RefusalOf("[1,2,3]", {.max_bytes = 6}), ErrorCode::kTooLarge);
}

TEST(JsonParse, SurvivesManyDistinctKeys) {
  std::string text = "{";
  for (int i = 0; i < 20000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  text.back() = '}';
  const Value value = Parse(text).value();
  EXPECT_EQ(value.AsObject().value()->members().size(), 20000U);
}

}  // namespace
}  // namespace edgekeep::json
