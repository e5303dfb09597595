#include <gtest/gtest.h>

namespace {

TEST(ConfinedCell, NeedsAProgramWithoutSanitizers) {
  GTEST_SKIP() << "SKIP confined cell: a sanitizer needs files and system calls that a cell has not";
}

}  // namespace
