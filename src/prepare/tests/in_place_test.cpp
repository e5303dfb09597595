// What the header of both slot files says of inputs that need no copy.
#include "onnx_runtime_fixture.h"
#include "prepare_fixture.h"

namespace edgekeep::prepare {
namespace {

class InPlaceHeader : public PrepareTest {
 protected:
  // Of the canonical and of the prepared file, which must say the same.
  std::uint32_t Installed(const std::string& model) {
    Seal(engine::testing::BuildPackage(model));
    canonical_.file.bytes.clear();
    prepared_.file.bytes.clear();
    const auto made = InstallIt();
    EK_CHECK(made && made->prepared);
    std::string plaintext;
    const auto canonical = OpenAgain(canonical_, canonical_key_, made->canonical, plaintext);
    const auto prepared = OpenAgain(prepared_, prepared_key_, *made->prepared, plaintext);
    EK_CHECK(canonical && prepared);
    EXPECT_EQ(canonical->in_place_inputs, prepared->in_place_inputs);
    return prepared->in_place_inputs;
  }
};

TEST_F(InPlaceHeader, SaysWhatWasProven) {
  EXPECT_EQ(Installed(OnnxWith(engine::testing::AffineTrailer())), 1U);
}

// The model proves something for its input "q", and the engine's only input is "x".
TEST_F(InPlaceHeader, SaysNothingWhereTheEngineTellsOtherInputs) {
  std::string model = OnnxWith(engine::testing::AffineTrailer());
  const std::size_t name = model.find("\x0a\x01x");
  ASSERT_NE(name, std::string::npos);
  model[name + 2] = 'q';
  EXPECT_EQ(Installed(model), 0U);
}

TEST_F(InPlaceHeader, OfOnnxRuntimesFormsIsTheModels) {
  engine::testing::OnnxRuntime runtime;
  engine_ = &runtime.engine();
  EXPECT_EQ(Installed(engine::testing::TestModel("affine")), 1U);
  EXPECT_EQ(Installed(engine::testing::TestModel("gather")), 0U);
  EXPECT_EQ(Installed(engine::testing::TestModel("branches")), 0U);
  // x decides the shape of an output; the scalar beside it does not.
  EXPECT_EQ(Installed(engine::testing::TestModel("shapes")), 2U);
}

}  // namespace
}  // namespace edgekeep::prepare
