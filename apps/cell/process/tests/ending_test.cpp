// When nobody needs a cell any more, it wipes and ends, whatever it is doing.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "cell_under_test.h"
#include "installed_model.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;

class Ending : public ::testing::Test {
 protected:
  void SetUp() override {
    CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
    ASSERT_TRUE(installer.Hello());
    ASSERT_TRUE(model_.Install(installer));
    ASSERT_TRUE(cell_.Hello());
  }

  InstalledModel model_{TestModel("affine")};
  CellUnderTest cell_;
};

TEST_F(Ending, ByTheKeep) {
  ASSERT_TRUE(model_.Serve(cell_, true));
  cell_.HangUpControl();
  EXPECT_TRUE(cell_.WaitUntilDone(2000));
}

TEST_F(Ending, BeforeAnyOrder) {
  cell_.HangUpControl();
  EXPECT_TRUE(cell_.WaitUntilDone(2000));
  EXPECT_EQ(cell_.End(), 0);
}

// A model that computes without end does not keep its cell alive.
TEST(EndingOfEndlessWork, IsTheWatchs) {
  InstalledModel model(TestModel("endless"));
  CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
  ASSERT_TRUE(installer.Hello());
  ASSERT_TRUE(model.Install(installer));
  CellUnderTest cell;
  ASSERT_TRUE(cell.Hello());
  ASSERT_TRUE(model.Serve(cell, true));
  ASSERT_TRUE(model.session().StartCall({1}, {1}));
  EXPECT_FALSE(cell.WaitUntilDone(300));
  cell.HangUpControl();
  const int status = cell.WaitForItsEnd();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace edgekeep::cell
