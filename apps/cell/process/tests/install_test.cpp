#include <gtest/gtest.h>

#include <fstream>

#include "cell_under_test.h"
#include "installed_model.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;

const Launch kInstall{.purpose = isolation::Purpose::kInstall};

std::string Contents(const std::filesystem::path& path) {
  return engine::testing::ReadFile(path);
}

TEST(InstallOrder, MakesBothFormsAndTellsTheModel) {
  InstalledModel model(TestModel("affine"));
  CellUnderTest cell(kInstall);
  const auto hello = cell.Hello();
  ASSERT_TRUE(hello);
  const auto answer = model.Install(cell);
  ASSERT_TRUE(answer) << NameOf(answer.error().code());
  EXPECT_TRUE(answer->prepared);
  EXPECT_EQ(answer->engine_key.view(), hello->engine_key.view());
  EXPECT_EQ(answer->model.inputs[0].name.view(), "x");
  EXPECT_EQ(answer->canonical.file_size, std::filesystem::file_size(model.canonical()));
  EXPECT_EQ(answer->prepared->file_size, std::filesystem::file_size(model.prepared()));
  EXPECT_TRUE(cell.WaitUntilDone());
  EXPECT_EQ(cell.End(), 0);
}

TEST(InstallOrder, PreparedFormCanBeMadeAgain) {
  InstalledModel model(TestModel("affine"));
  CellUnderTest first(kInstall);
  ASSERT_TRUE(first.Hello());
  ASSERT_TRUE(model.Install(first));
  std::ofstream(model.prepared()) << "worn out";
  CellUnderTest second(kInstall);
  ASSERT_TRUE(second.Hello());
  const auto answer = model.PrepareAgain(second);
  ASSERT_TRUE(answer) << NameOf(answer.error().code());
  EXPECT_TRUE(answer->prepared);
  CellUnderTest third;
  ASSERT_TRUE(third.Hello());
  ASSERT_TRUE(model.Serve(third, true));
  EXPECT_EQ(*model.Call({1, 2}, {2}), (std::vector<float>{3, 5}));
}

TEST(InstallOrder, RefusalsHaveTheirCodes) {
  {
    InstalledModel model(TestModel("affine"));
    CellUnderTest cell(kInstall);
    ASSERT_TRUE(cell.Hello());
    model.content_key().RevealForWriting()[0] ^= 1;
    EXPECT_EQ(model.Install(cell).error().code(), ErrorCode::kDenied);
    EXPECT_TRUE(Contents(model.canonical()).empty());
  }
  {
    InstalledModel model(TestModel("escape-absolute"));
    CellUnderTest cell(kInstall);
    ASSERT_TRUE(cell.Hello());
    EXPECT_EQ(model.Install(cell).error().code(), ErrorCode::kModelRefused);
    EXPECT_TRUE(Contents(model.canonical()).empty());
  }
  {
    InstalledModel model(TestModel("unknown-operator"));
    CellUnderTest cell(kInstall);
    ASSERT_TRUE(cell.Hello());
    EXPECT_EQ(model.Install(cell).error().code(), ErrorCode::kModelRefused);
    EXPECT_TRUE(Contents(model.prepared()).empty());
  }
}

// The limit on file sizes stands for a full disk; the signal it comes with must not end the cell.
TEST(InstallOrder, FullDiskIsAnAnswer) {
  InstalledModel model(TestModel("tagged"));
  CellUnderTest cell({.purpose = isolation::Purpose::kInstall, .largest_file = 3 << 20});
  ASSERT_TRUE(cell.Hello());
  EXPECT_EQ(model.Install(cell).error().code(), ErrorCode::kNoSpace);
  EXPECT_TRUE(cell.WaitUntilDone());
}

TEST(InstallOrder, PoolThatIsTooSmallIsAnAnswer) {
  InstalledModel model(TestModel("tagged"));
  CellUnderTest cell({.purpose = isolation::Purpose::kInstall, .pool_bytes = 2 << 20});
  ASSERT_TRUE(cell.Hello());
  EXPECT_EQ(model.Install(cell).error().code(), ErrorCode::kNoMemory);
}

}  // namespace
}  // namespace edgekeep::cell
