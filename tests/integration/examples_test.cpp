// The examples that ask for several answers at a time, with a real cell.
#include <cstdio>
#include <sstream>

#include "binaries.h"
#include "program.h"
#include "served_device.h"

namespace edgekeep::test {
namespace {

class Examples : public ServedDevice {};

TEST_F(Examples, StreamGetsEveryAnswerInOrder) {
  const Outcome ran = RunProgram({Binary("stream"), kProduct, "200", "20000", device_.root()});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  std::string expected;
  for (int i = 0; i < 200; ++i) expected += "frame " + std::to_string(i) + ": " + std::to_string(2 * i + 1) + "\n";
  EXPECT_EQ(ran.out, expected + "200 answered, 0 late, 0 cancelled\n");
}

TEST_F(Examples, NewestNeverGetsAnotherFramesAnswer) {
  const Outcome ran = RunProgram({Binary("newest"), kProduct, "200", "1", "20000", device_.root()});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  std::istringstream lines(ran.out);
  int answered = 0;
  int number = 0;
  int value = 0;
  for (std::string line; std::getline(lines, line);) {
    if (std::sscanf(line.c_str(), "frame %d: %d", &number, &value) != 2) continue;
    EXPECT_EQ(value, 2 * number + 1);
    ++answered;
  }
  EXPECT_GT(answered, 0);
}

}  // namespace
}  // namespace edgekeep::test
