#include "arguments.h"

#include <gtest/gtest.h>

#include <vector>

namespace edgekeep::cell {
namespace {

Result<Arguments> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "edgekeep-cell");
  return ParseArguments(static_cast<int>(words.size()), words.data());
}

TEST(Arguments, AreTakenInAnyOrder) {
  const auto arguments = Parse({"--engine", "/e", "--purpose", "install", "--pool-bytes", "4096"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->purpose, isolation::Purpose::kInstall);
  EXPECT_EQ(arguments->pool_bytes, 4096U);
  EXPECT_STREQ(arguments->engine, "/e");
  EXPECT_EQ(Parse({"--purpose", "serve", "--pool-bytes", "0", "--engine", "/e"})->purpose, isolation::Purpose::kServe);
}

TEST(Arguments, AnythingElseIsRefused) {
  EXPECT_FALSE(Parse({}));
  EXPECT_FALSE(Parse({"--purpose", "serve", "--pool-bytes", "0"}));
  EXPECT_FALSE(Parse({"--purpose", "play", "--pool-bytes", "0", "--engine", "/e"}));
  EXPECT_FALSE(Parse({"--purpose", "serve", "--purpose", "serve", "--engine", "/e"}));
  EXPECT_FALSE(Parse({"--purpose", "serve", "--pool-bytes", "1", "--root", "/e"}));
  for (const char* const number : {"", "-1", "1k", "0x10", "99999999999999999999999"}) {
    EXPECT_FALSE(Parse({"--purpose", "serve", "--pool-bytes", number, "--engine", "/e"})) << number;
  }
}

}  // namespace
}  // namespace edgekeep::cell
