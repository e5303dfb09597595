#include "edgekeep/json/document.h"

#include <gtest/gtest.h>

#include <string>

namespace edgekeep::json {
namespace {

Document Parsed(std::string_view text) {
  return Document::Parse(AsBytes(text), {}).value();
}

ErrorCode DocumentRefusalOf(std::string_view text, const Document::Bounds& bounds = {}) {
  const Result<Document> parsed = Document::Parse(AsBytes(text), bounds);
  EXPECT_FALSE(parsed) << "accepted: " << text;
  return parsed ? ErrorCode::kInternal : parsed.error().code();
}

TEST(JsonDocument, IsReadByKeyAndByPlace) {
  const Document document = Parsed(R"({"n":7,"t":"x","f":true,"a":[1,2],"o":{"z":1,"b":2}})");
  const Node root = document.root();
  EXPECT_EQ(root.Find("n").AsUnsigned().value(), 7U);
  EXPECT_EQ(root.Find("t").AsText().value(), "x");
  EXPECT_TRUE(root.Find("f").AsBool().value());
  EXPECT_TRUE(root.Find("a").is_array());
  EXPECT_EQ(root.Find("a").size(), 2U);
  EXPECT_EQ(root.Find("a")[1].AsUnsigned().value(), 2U);
  const Node object = root.Find("o");
  ASSERT_TRUE(object.is_object());
  EXPECT_EQ(object.KeyAt(0), "b");
  EXPECT_EQ(object[0].AsUnsigned().value(), 2U);
  EXPECT_EQ(object.KeyAt(1), "z");
}

TEST(JsonDocument, OfManyMembersFindsEach) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += "\"key" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  text.back() = '}';
  const Document document = Parsed(text);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(document.root().Find("key" + std::to_string(i)).AsUnsigned().value(), i);
  }
}

TEST(JsonDocument, WhatIsNotThereIsNoValue) {
  const Document document = Parsed(R"({"a":[]})");
  const Node missing = document.root().Find("b");
  EXPECT_FALSE(missing);
  EXPECT_FALSE(missing.Find("c"));
  EXPECT_FALSE(missing.is_object());
  EXPECT_EQ(missing.size(), 0U);
  EXPECT_EQ(missing.AsText().error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(missing.AsBool().error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(missing.AsUnsigned().error().code(), ErrorCode::kMalformed);
  EXPECT_FALSE(document.root().Find("a").Find("0"));
  EXPECT_EQ(document.root().Find("a").AsText().error().code(), ErrorCode::kMalformed);
  EXPECT_DEATH(static_cast<void>(document.root().Find("a")[0]), "");
}

TEST(JsonDocument, NodesOutliveAMove) {
  Document first = Parsed(R"({"a":"here"})");
  const Node node = first.root().Find("a");
  const Document second = std::move(first);
  EXPECT_EQ(node.AsText().value(), "here");
}

TEST(JsonDocument, RefusesWhatParseRefuses) {
  EXPECT_EQ(DocumentRefusalOf(R"({"a":1,"\u0061":2})"), ErrorCode::kMalformed);
  EXPECT_EQ(DocumentRefusalOf("{\"a\":\"\xff\"}"), ErrorCode::kMalformed);
  EXPECT_EQ(DocumentRefusalOf("{} {}"), ErrorCode::kMalformed);
  EXPECT_EQ(DocumentRefusalOf("[1.5]"), ErrorCode::kMalformed);
  EXPECT_EQ(DocumentRefusalOf("[-1]x"), ErrorCode::kMalformed);
  EXPECT_EQ(DocumentRefusalOf(std::string(40, '[') + std::string(40, ']')), ErrorCode::kTooLarge);
  EXPECT_EQ(DocumentRefusalOf("[1,2,3]", {.max_values = 3}), ErrorCode::kTooLarge);
  EXPECT_EQ(DocumentRefusalOf("[1,2,3]", {.max_bytes = 6}), ErrorCode::kTooLarge);
  EXPECT_EQ(DocumentRefusalOf("", {}), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::json
