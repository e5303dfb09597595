// The table of spec/errors.md against the code it specifies.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <string>

#include "edgekeep/base/error.h"

namespace edgekeep {
namespace {

TEST(ErrorsPage, ListsEveryNumberWithItsName) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  std::ifstream page(std::string(source != nullptr ? source : ".") + "/spec/errors.md");
  ASSERT_TRUE(page) << "no spec/errors.md; run from the source tree or by ctest";
  const std::regex row(R"(\| (\d+) \| ([a-z-]+) \|.*)");
  std::uint16_t next = 1;
  for (std::string line; std::getline(page, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, row)) continue;
    EXPECT_EQ(std::stoi(found[1]), next);
    EXPECT_EQ(found[2], NameOf(ErrorCode{next}));
    ++next;
  }
  EXPECT_EQ(NameOf(ErrorCode{next}), std::string_view("unknown")) << "a code that the page lacks";
  EXPECT_GT(next, 1);
}

}  // namespace
}  // namespace edgekeep
