// Hostile models through the whole install, with ONNX Runtime as the engine.
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"
#include "prepare_fixture.h"

namespace edgekeep::prepare {
namespace {

class WithOnnxRuntime : public PrepareTest {
 protected:
  WithOnnxRuntime() { engine_ = &runtime_.engine(); }

  engine::testing::OnnxRuntime runtime_;
};

class HostileModels : public WithOnnxRuntime, public ::testing::WithParamInterface<const char*> {};

TEST_P(HostileModels, AreRefusedAsModels) {
  const std::string model = engine::testing::TestModel(GetParam());
  Seal(engine::testing::BuildPackage(model.empty() ? " " : model, {{"weights.bin", std::string(64, 'w')}}));
  const auto made = InstallIt();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), ErrorCode::kModelRefused) << made.error().where();
  EXPECT_TRUE(prepared_.file.bytes.empty());
  EXPECT_TRUE(runtime_.ScratchIsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Each, HostileModels,
                         ::testing::Values("escape-parent", "escape-absolute", "escape-inside", "escape-address",
                                           "beyond", "in-attribute", "read-beside", "twice", "deep", "truncated",
                                           "group", "unknown-operator", "wrong-size", "cycle", "empty", "text",
                                           "complex-input", "unranked"));

// Control: the engine alone loads the model that reads a file beside the process, and gives the file out.
TEST_F(WithOnnxRuntime, AloneReadsAFileBesideTheProcess) {
  char directory[] = "/tmp/edgekeep-beside-XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  char before[4096];
  ASSERT_NE(getcwd(before, sizeof(before)), nullptr);
  ASSERT_EQ(chdir(directory), 0);
  std::ofstream("beside.bin") << "nobody's business";
  {
    auto session = engine_->LoadCanonical(AsBytes(engine::testing::TestModel("read-beside")), {}, {});
    ASSERT_TRUE(session);
    engine::testing::OutputRecorder recorder;
    ASSERT_TRUE((*session)->Run({}, recorder));
    EXPECT_EQ(AsText(recorder.outputs[0].bytes), "nobody's busines");
  }
  EXPECT_EQ(std::remove("beside.bin"), 0);
  ASSERT_EQ(chdir(before), 0);
  EXPECT_EQ(rmdir(directory), 0);
}

class GoodModels : public WithOnnxRuntime, public ::testing::WithParamInterface<const char*> {};

TEST_P(GoodModels, AreInstalledWithAPreparedForm) {
  Seal(engine::testing::BuildPackage(engine::testing::TestModel(GetParam())));
  const auto made = InstallIt();
  ASSERT_TRUE(made) << made.error().where();
  EXPECT_TRUE(made->prepared);
}

INSTANTIATE_TEST_SUITE_P(Each, GoodModels, ::testing::Values("affine", "shift", "gather", "branches", "tagged"));

TEST_F(WithOnnxRuntime, WeightsInSideFilesAreInstalled) {
  const std::string weights = engine::testing::ReadFile(std::string(EK_TEST_MODELS) + "/weights/matrix.bin");
  Seal(engine::testing::BuildPackage(engine::testing::TestModel("external"), {{"weights/matrix.bin", weights}}));
  const auto made = InstallIt();
  ASSERT_TRUE(made) << made.error().where();
  EXPECT_TRUE(made->prepared);
}

}  // namespace
}  // namespace edgekeep::prepare
