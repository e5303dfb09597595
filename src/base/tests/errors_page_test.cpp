// The table of spec/errors.md against the code it specifies.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "edgekeep/base/error.h"

namespace edgekeep {
namespace {

TEST(ErrorsPage, ListsEveryNumberWithItsName) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  std::ifstream page(std::string(source != nullptr ? source : ".") + "/spec/errors.md");
  ASSERT_TRUE(page) << "no spec/errors.md; run from the source tree or by ctest";
  std::uint16_t next = 1;
  for (std::string line; std::getline(page, line);) {
    std::istringstream cells(line);
    std::string bar;
    std::string name;
    int number = 0;
    if (!(cells >> bar >> number >> bar >> name) || line[0] != '|') continue;
    EXPECT_EQ(number, next);
    EXPECT_EQ(name, NameOf(ErrorCode{next}));
    ++next;
  }
  EXPECT_EQ(NameOf(ErrorCode{next}), std::string_view("unknown")) << "a code that the page lacks";
  EXPECT_GT(next, 1);
}

}  // namespace
}  // namespace edgekeep
