#include "edgekeep/base/printable.h"

#include <gtest/gtest.h>

namespace edgekeep {
namespace {

std::string InOneLine(std::string text) {
  ShowInOneLine(text);
  return text;
}

std::string InLines(std::string text) {
  ShowInLines(text);
  return text;
}

TEST(Printable, ControlCharactersAreShown) {
  for (int c = 0; c < 0x20; ++c) EXPECT_EQ(InOneLine({'a', static_cast<char>(c), 'b'}), "a?b") << c;
  EXPECT_EQ(InOneLine("\x7f"), "?");
  EXPECT_EQ(InOneLine("red\x1b[31m\r\n"), "red?[31m??");
}

TEST(Printable, SoAreThoseOfTwoBytes) {
  for (int c = 0x80; c < 0xa0; ++c) EXPECT_EQ(InOneLine({'\xc2', static_cast<char>(c), 'b'}), "??b") << c;
  EXPECT_EQ(InLines("\xc2\x9b"), "??");
  EXPECT_EQ(InOneLine("a\u061cb"), "a??b");
  EXPECT_EQ(InOneLine("\u061b\u061d"), "\u061b\u061d");
}

TEST(Printable, SoAreThoseThatTurnADirectionOrEndALine) {
  for (const char* turn : {"\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069"}) {
    EXPECT_EQ(InOneLine(std::string("a") + turn + "b"), "a???b");
    EXPECT_EQ(InLines(turn), "???");
  }
  for (const char* other : {"\u200d", "\u2010", "\u2027", "\u202f", "\u2065", "\u206a", "\xe2\x80"}) {
    EXPECT_EQ(InOneLine(other), other);
  }
}

TEST(Printable, LineEndsStayWhereThereAreLines) {
  EXPECT_EQ(InLines("a\nb\t\x1b\n"), "a\nb??\n");
}

TEST(Printable, OtherTextStays) {
  const std::string text = "~ \xc2\xa0 na\xc3\xafve \xe6\x96\x87\xe2\x82\xac \xc2";
  EXPECT_EQ(InOneLine(text), text);
  EXPECT_EQ(InLines(text), text);
  EXPECT_EQ(InOneLine(""), "");
}

}  // namespace
}  // namespace edgekeep
