#include <gtest/gtest.h>

#include <string>

#include "edgekeep/json/document.h"

namespace edgekeep::json {
namespace {

using std::string_view_literals::operator""sv;

std::string CanonicalOf(std::string_view text) {
  const Result<Document> document = Document::Parse(AsBytes(text), {});
  if (!document) return "refused";
  const Bytes canonical = Canonical(document->root()).value();
  return std::string(AsText(canonical.view()));
}

TEST(CanonicalJson, SortsKeysByTheirBytesAndDropsWhiteSpace) {
  EXPECT_EQ(CanonicalOf(" { \"b\" : 1 ,\n\"a\":[ true , null,{ } ,[] ],\"B\":{\"z\":\"\",\"y\":-5}, \"\":false} "),
            R"({"":false,"B":{"y":-5,"z":""},"a":[true,null,{},[]],"b":1})");
  EXPECT_EQ(CanonicalOf(R"({"é":1,"z":2,"😀":3,"￿":4})"), R"({"z":2,"é":1,"￿":4,"😀":3})");
}

TEST(CanonicalJson, EscapesQuoteAndBackslashAlone) {
  EXPECT_EQ(CanonicalOf(R"(["\"\\\/\n\u0001é\u00e9\u0000"])"), "[\"\\\"\\\\/\n\x01\xc3\xa9\xc3\xa9\0\"]"sv);
}

TEST(CanonicalJson, KeepsWholeNumbersAndRefusesOthers) {
  EXPECT_EQ(CanonicalOf("[0,-0,18446744073709551615,-9223372036854775808]"),
            "[0,0,18446744073709551615,-9223372036854775808]");
  for (const char* number : {"1.0", "1e2", "18446744073709551616", "-9223372036854775809"}) {
    EXPECT_EQ(CanonicalOf("[" + std::string(number) + "]"), "refused") << number;
  }
}

TEST(CanonicalJson, IsItsOwnCanonicalForm) {
  const std::string once = CanonicalOf(R"({"signed":{"x":[{"b":[],"a":"\u0007"}],"v":1},"a":{"b":{"c":{}}}})");
  EXPECT_EQ(once, "{\"a\":{\"b\":{\"c\":{}}},\"signed\":{\"v\":1,\"x\":[{\"a\":\"\x07\",\"b\":[]}]}}");
}

TEST(CanonicalJson, OfNothingIsRefused) {
  EXPECT_EQ(Canonical(Node()).error().code(), ErrorCode::kBadArgument);
}

}  // namespace
}  // namespace edgekeep::json
