#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <fstream>

#include "cell_under_test.h"
#include "installed_model.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;

class ServeOrder : public ::testing::Test {
 protected:
  void SetUp() override {
    CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
    ASSERT_TRUE(installer.Hello());
    ASSERT_TRUE(model_.Install(installer));
    ASSERT_TRUE(cell_.Hello());
  }

  ErrorCode Refusal(const gate::ServeModelOrder& order, std::initializer_list<int> descriptors) {
    const auto answer = cell_.Order(order, {descriptors.begin(), descriptors.size()});
    return answer ? ErrorCode{} : answer.error().code();
  }

  InstalledModel model_{TestModel("affine")};
  CellUnderTest cell_;
};

TEST_F(ServeOrder, AnswersCallsFromThePreparedForm) {
  ASSERT_TRUE(model_.Serve(cell_, true));
  for (int round = 0; round < 100; ++round) {
    const auto x = static_cast<float>(round);
    EXPECT_EQ(*model_.Call({x, -x}, {2}), (std::vector<float>{2 * x + 1, -2 * x + 1}));
  }
}

TEST_F(ServeOrder, AnswersCallsFromTheCanonicalForm) {
  ASSERT_TRUE(model_.Serve(cell_, false));
  EXPECT_EQ(*model_.Call({4}, {1}), (std::vector<float>{9}));
}

TEST_F(ServeOrder, RefusedCallsDoNotEndTheSession) {
  ASSERT_TRUE(model_.Serve(cell_, true));
  EXPECT_EQ(model_.Call({1, 2}, {1, 2}).error().code(), ErrorCode::kBadTensor);
  EXPECT_EQ(*model_.Call({4}, {1}), (std::vector<float>{9}));
}

TEST_F(ServeOrder, MemoryBudgetIsKeptAndOtherCellsLiveOn) {
  const std::vector<float> large(1 << 18, 3);
  const std::int64_t size = static_cast<std::int64_t>(large.size());
  InstalledModel neighbour(TestModel("affine"));
  CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
  CellUnderTest neighbours_cell;
  ASSERT_TRUE(installer.Hello() && neighbours_cell.Hello());
  ASSERT_TRUE(neighbour.Install(installer));
  ASSERT_TRUE(neighbour.Serve(neighbours_cell, true));
  ASSERT_TRUE(model_.ServeBy({.memory_budget = 3 << 19}, cell_, true))
      << "room for the input, and not for two outputs beside";
  EXPECT_EQ(model_.Call(large, {size}).error().code(), ErrorCode::kNoMemory);
  EXPECT_EQ(*model_.Call({4}, {1}), std::vector<float>{9});
  EXPECT_EQ(neighbour.Call(large, {size})->back(), 7) << "the control: without a budget";
}

TEST_F(ServeOrder, ModelThatExceedsItsBudgetDoesNotLoad) {
  EXPECT_EQ(model_.ServeBy({.memory_budget = 64}, cell_, true).error().code(), ErrorCode::kNoMemory);
}

TEST_F(ServeOrder, AlteredSlotFileIsDenied) {
  std::fstream file(model_.prepared(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-20, std::ios::end);
  const int byte = file.get();
  file.seekp(-20, std::ios::end);
  file.put(static_cast<char>(byte ^ 0x7f));  // another one, whatever it was
  file.close();
  const gate::Descriptor slot(open(model_.prepared().c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(Refusal(model_.serve_order(true), {slot.get()}), ErrorCode::kDenied);
  EXPECT_TRUE(cell_.WaitUntilDone());
  EXPECT_EQ(cell_.End(), 0);
}

TEST_F(ServeOrder, WrongDescriptorsAreRefused) {
  const gate::Descriptor slot(open(model_.prepared().c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(Refusal(model_.serve_order(true), {slot.get(), slot.get()}), ErrorCode::kMalformed) << "no socket";
}

TEST_F(ServeOrder, ASocketForAFileIsRefused) {
  auto ends = gate::Channel::Pair();
  ASSERT_TRUE(ends);
  EXPECT_EQ(Refusal(model_.serve_order(true), {ends->first.fd()}), ErrorCode::kBadArgument);
}

TEST(CellStart, SaysHelloWithItsEngineKey) {
  CellUnderTest cell;
  const auto hello = cell.Hello();
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->engine_key.view().substr(0, 12), "onnxruntime-");
  EXPECT_NE(hello->engine_key.view().find('/'), std::string_view::npos);
  EXPECT_TRUE(hello->memory_locking.view() == "all" || hello->memory_locking.view() == "pool");
}

TEST(CellStart, WithoutAnEngineEndsWithItsOwnStatus) {
  for (const char* const engine : {"/nowhere/libonnxruntime.so.1", "/etc/passwd"}) {
    CellUnderTest cell({.engine = engine});
    EXPECT_FALSE(cell.Hello());
    EXPECT_TRUE(cell.WaitUntilDone());
    EXPECT_EQ(WEXITSTATUS(cell.End()), isolation::kExitNoEngine);
  }
}

TEST(CellOrders, OfAnotherPurposeAreRefused) {
  CellUnderTest serving;
  ASSERT_TRUE(serving.Hello());
  EXPECT_EQ(serving.Order(gate::PreparePackageOrder(), {}).error().code(), ErrorCode::kUnsupported);
  CellUnderTest installing({.purpose = isolation::Purpose::kInstall});
  ASSERT_TRUE(installing.Hello());
  EXPECT_EQ(installing.Order(gate::ServeModelOrder(), {}).error().code(), ErrorCode::kUnsupported);
}

TEST(CellOrders, ThatCannotBeReadAreRefused) {
  CellUnderTest cell;
  ASSERT_TRUE(cell.Hello());
  EXPECT_EQ(cell.Order(gate::Command::kServeModel, AsBytes("no order"), {}).error().code(), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::cell
