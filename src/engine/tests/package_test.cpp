#include "edgekeep/engine/package.h"

#include <gtest/gtest.h>

#include "edgekeep/engine/testing/package_builder.h"

namespace edgekeep::engine {
namespace {

TEST(Package, FindsModelAndSideFiles) {
  const std::string plaintext = testing::BuildPackage("the model", {{"a.txt", "first"}, {"d/b.bin", "second"}});
  const auto package = ViewPackage(AsBytes(plaintext));
  ASSERT_TRUE(package) << package.error().where();
  EXPECT_EQ(AsText(package->model), "the model");
  ASSERT_EQ(package->side_files.size(), 2U);
  EXPECT_EQ(package->side_files[0].path, "a.txt");
  EXPECT_EQ(AsText(package->side_files[1].bytes), "second");
}

TEST(Package, EveryTruncationIsMalformed) {
  const std::string plaintext = testing::BuildPackage("the model", {{"a.txt", "first"}});
  for (std::size_t length = 0; length < plaintext.size(); ++length) {
    const auto package = ViewPackage(AsBytes(plaintext).first(length));
    ASSERT_FALSE(package) << length;
    EXPECT_EQ(package.error().code(), ErrorCode::kMalformed) << length;
  }
}

TEST(Package, HugeIndexSizeIsMalformed) {
  std::string plaintext = testing::BuildPackage("the model");
  for (std::size_t i = 0; i < 4; ++i) plaintext[i] = '\xff';
  EXPECT_FALSE(ViewPackage(AsBytes(plaintext)));
}

}  // namespace
}  // namespace edgekeep::engine
