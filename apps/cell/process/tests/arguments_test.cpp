#include "arguments.h"

#include <gtest/gtest.h>

#include <string>
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
  EXPECT_EQ(Parse({"--purpose", "export", "--pool-bytes", "0", "--engine", "/e"})->purpose,
            isolation::Purpose::kExport);
}

TEST(Arguments, MayNameTheEnginesDigest) {
  const std::string digest(64, 'a');
  const auto arguments =
      Parse({"--purpose", "measure", "--engine-sha256", digest.c_str(), "--pool-bytes", "0", "--engine", "/e"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->purpose, isolation::Purpose::kMeasure);
  ASSERT_TRUE(arguments->engine_digest);
  EXPECT_EQ(arguments->engine_digest->view()[31], 0xAA);
  const std::string wrong[] = {"", std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'),
                               std::string(64, 'g')};
  for (const std::string& text : wrong) {
    EXPECT_FALSE(Parse({"--purpose", "serve", "--pool-bytes", "0", "--engine", "/e", "--engine-sha256", text.c_str()}))
        << text;
  }
}

TEST(Arguments, AnythingElseIsRefused) {
  EXPECT_FALSE(Parse({}));
  EXPECT_FALSE(Parse({"--purpose", "serve", "--pool-bytes", "0"}));
  EXPECT_FALSE(Parse({"--purpose", "play", "--pool-bytes", "0", "--engine", "/e"}));
  EXPECT_FALSE(Parse({"--purpose", "serve", "--purpose", "serve", "--engine", "/e"}));
  EXPECT_FALSE(Parse({"--purpose", "serve", "--pool-bytes", "1", "--root", "/e"}));
  const std::string digest(64, '0');
  EXPECT_FALSE(Parse({"--purpose", "serve", "--pool-bytes", "1", "--engine-sha256", digest.c_str()}));
  for (const char* const number : {"", "-1", "1k", "0x10", "99999999999999999999999"}) {
    EXPECT_FALSE(Parse({"--purpose", "serve", "--pool-bytes", number, "--engine", "/e"})) << number;
  }
}

}  // namespace
}  // namespace edgekeep::cell
