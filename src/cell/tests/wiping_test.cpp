#include <algorithm>

#include "served_model_fixture.h"

namespace edgekeep::cell {
namespace {

class Wiping : public ServedModelTest {
 protected:
  static bool Holds(const std::vector<std::uint8_t>& bytes, std::string_view canary) {
    return std::search(bytes.begin(), bytes.end(), canary.begin(), canary.end()) != bytes.end();
  }

  const std::string canary_ = "a weight nobody else may read";
};

TEST_F(Wiping, PlaintextIsThereWhileServedAndGoneAfter) {
  SealCanonical(AffineTrait::kPlain, canary_);
  {
    auto model = Open();
    ASSERT_TRUE(model);
    EXPECT_TRUE(Holds(memory_, canary_));
    const ServedModel moved(*std::move(model));
    EXPECT_TRUE(Holds(memory_, canary_));
  }
  EXPECT_EQ(memory_, std::vector<std::uint8_t>(memory_.size(), 0));
}

TEST_F(Wiping, ARefusedModelLeavesNothing) {
  Seal(engine::testing::BuildPackage(canary_), false);
  EXPECT_FALSE(Open());
  EXPECT_FALSE(Holds(memory_, canary_));
}

}  // namespace
}  // namespace edgekeep::cell
