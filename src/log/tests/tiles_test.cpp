#include "edgekeep/log/tiles.h"

#include <gtest/gtest.h>

namespace edgekeep::log {
namespace {

// c2sp.org/tlog-tiles, "Merkle Tree".
TEST(Tiles, AreWhereTheSpecificationPutsThem) {
  EXPECT_EQ(TilePath(0, 0, 256), "tile/0/000");
  EXPECT_EQ(TilePath(1, 1234067, 256), "tile/1/x001/x234/067");
  EXPECT_EQ(TilePath(0, 273, 112), "tile/0/273.p/112");
  EXPECT_EQ(BundlePath(1000, 1), "tile/entries/x001/000.p/1");
}

// c2sp.org/tlog-tiles, "Partial Tiles": a tree of 70,000.
TEST(Tiles, HaveTheWidthsOfTheSpecification) {
  EXPECT_EQ(WidthOfTile(70000, 0, 272), 256U);
  EXPECT_EQ(WidthOfTile(70000, 0, 273), 112U);
  EXPECT_EQ(WidthOfTile(70000, 0, 274), 0U);
  EXPECT_EQ(WidthOfTile(70000, 1, 0), 256U);
  EXPECT_EQ(WidthOfTile(70000, 1, 1), 17U);
  EXPECT_EQ(WidthOfTile(70000, 2, 0), 1U);
  EXPECT_EQ(WidthOfTile(70000, 3, 0), 0U);
  EXPECT_EQ(WidthOfTile(256, 0, 0), 256U);
  EXPECT_EQ(WidthOfTile(256, 1, 0), 1U);
  EXPECT_EQ(WidthOfTile(256, 0, 1), 0U);
  EXPECT_EQ(WidthOfTile(1, 60, 0), 0U);
}

TEST(Bundle, IsReadAsItWasWritten) {
  std::string bundle;
  const std::vector<std::string> entries = {"", "one", std::string(UINT16_MAX, 'x')};
  for (const std::string& entry : entries) AppendToBundle(AsBytes(entry), bundle);
  EXPECT_EQ(ReadBundle(bundle, 3).value(), entries);
  EXPECT_FALSE(ReadBundle(bundle, 2));
  EXPECT_FALSE(ReadBundle(bundle, 4));
  const std::string front = bundle.substr(0, 7);
  for (std::size_t size = 0; size < front.size(); ++size) EXPECT_FALSE(ReadBundle(front.substr(0, size), 2)) << size;
  EXPECT_TRUE(ReadBundle(front, 2));
}

TEST(Hashes, AreExactlyAsManyAsAsked) {
  const Hashes hashes(3);
  EXPECT_EQ(ReadHashes(WriteHashes(hashes), 3).value(), hashes);
  EXPECT_FALSE(ReadHashes(WriteHashes(hashes), 2));
  EXPECT_FALSE(ReadHashes(WriteHashes(hashes).substr(1), 3));
}

}  // namespace
}  // namespace edgekeep::log
