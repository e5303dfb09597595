#include "../path_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace edgekeep::release {
namespace {

bool Matches(std::string_view pattern, std::string_view path) {
  return PathMatcher(1'000'000).Matches(pattern, path).value();
}

// The specification's own examples (TUF 1.0.34 §4.5).
TEST(PathPattern, AgreesWithTheSpecification) {
  EXPECT_TRUE(Matches("targets/*.tgz", "targets/foo.tgz"));
  EXPECT_TRUE(Matches("targets/*.tgz", "targets/bar.tgz"));
  EXPECT_FALSE(Matches("targets/*.tgz", "targets/foo.txt"));
  EXPECT_TRUE(Matches("foo-version-?.tgz", "foo-version-2.tgz"));
  EXPECT_TRUE(Matches("foo-version-?.tgz", "foo-version-a.tgz"));
  EXPECT_FALSE(Matches("foo-version-?.tgz", "foo-version-alpha.tgz"));
  EXPECT_TRUE(Matches("*.tgz", "foo.tgz"));
  EXPECT_FALSE(Matches("*.tgz", "targets/foo.tgz"));
  EXPECT_TRUE(Matches("foo.tgz", "foo.tgz"));
}

TEST(PathPattern, StarsTakeAnythingButSlashes) {
  EXPECT_TRUE(Matches("*", "a"));
  EXPECT_TRUE(Matches("**", "a"));
  EXPECT_TRUE(Matches("a*", "a"));
  EXPECT_TRUE(Matches("*a*b*", "xxaxxbxx"));
  EXPECT_TRUE(Matches("*ab", "aab"));
  EXPECT_TRUE(Matches("*/*", "a/b"));
  EXPECT_FALSE(Matches("*/*", "a"));
  EXPECT_FALSE(Matches("*", "a/b"));
  EXPECT_FALSE(Matches("**", "a/b"));
  EXPECT_FALSE(Matches("*a", "ab"));
  EXPECT_FALSE(Matches("a*b", "a"));
  EXPECT_FALSE(Matches("", "a"));
  EXPECT_FALSE(Matches("a/", "a/b"));
  EXPECT_FALSE(Matches("a", "b"));
}

TEST(PathPattern, QuestionMarksTakeOneCharacter) {
  EXPECT_TRUE(Matches("?", "\xc3\xa4"));
  EXPECT_TRUE(Matches("??", "\xc3\xa4z"));
  EXPECT_FALSE(Matches("?", ""));
  EXPECT_FALSE(Matches("?", "ab"));
  EXPECT_FALSE(Matches("a?b", "a/b"));
}

TEST(PathPattern, SetsTakeTheirMembers) {
  EXPECT_TRUE(Matches("[abc]x", "bx"));
  EXPECT_TRUE(Matches("v[0-9].*", "v7.bin"));
  EXPECT_FALSE(Matches("v[0-9]", "va"));
  EXPECT_TRUE(Matches("[!0-9]", "a"));
  EXPECT_FALSE(Matches("[!0-9]", "5"));
  EXPECT_TRUE(Matches("[]]", "]"));
  EXPECT_TRUE(Matches("[\xc3\xa0-\xc3\xbf]", "\xc3\xa4"));
  EXPECT_FALSE(Matches("[\xc3\xa0-\xc3\xbf]", "z"));
  EXPECT_TRUE(Matches("[a", "[a"));
  EXPECT_TRUE(Matches("[a-]", "-"));
  EXPECT_FALSE(Matches("[", "a"));
}

TEST(PathPattern, CaseCounts) {
  EXPECT_FALSE(Matches("*.md", "README.MD"));
}

TEST(PathPattern, StopsWhereItIsTooMuchWork) {
  std::string pattern;
  for (int i = 0; i < 30; ++i) pattern += "*a";
  const std::string path = std::string(500, 'a') + "b";
  EXPECT_EQ(PathMatcher(1000).Matches(pattern, path).error().code(), ErrorCode::kTooLarge);
  EXPECT_FALSE(PathMatcher(10'000'000).Matches(pattern, path).value());
}

}  // namespace
}  // namespace edgekeep::release
