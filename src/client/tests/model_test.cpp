// Runs on an honest cell: what comes back, and what is refused before it is sent.
#include <limits>
#include <string>

#include "open_model.h"

namespace edgekeep::client {
namespace {

class ModelTest : public OpenModelTest {};

TEST_F(ModelTest, DescribesTheModel) {
  Open();
  const ek_model_description* description = ek_model_info(model_.get());
  EXPECT_STREQ(description->product, "acme/fake");
  EXPECT_STREQ(description->version, "1.2.3");
  EXPECT_EQ(description->version_sequence, 7U);
  EXPECT_EQ(description->ring_bytes, 65536U);
  ASSERT_EQ(description->num_inputs, 2U);
  ASSERT_EQ(description->num_outputs, 2U);
  const ek_tensor_info* x = ek_model_input(model_.get(), 0);
  EXPECT_STREQ(x->name, "x");
  EXPECT_EQ(x->type, ek_element_type{EK_FLOAT32});
  ASSERT_EQ(x->rank, 2U);
  EXPECT_EQ(x->shape[0], -1);
  EXPECT_EQ(x->shape[1], 4);
  EXPECT_STREQ(ek_model_output(model_.get(), 1)->name, "n");
  EXPECT_EQ(ek_model_input(model_.get(), 2), nullptr);
  EXPECT_EQ(ek_model_output(model_.get(), 2), nullptr);
}

TEST_F(ModelTest, TellsWhichFeaturesItsLicenceNames) {
  Open();
  ASSERT_EQ(ek_model_info(model_.get())->num_features, 1U);
  EXPECT_STREQ(ek_model_feature(model_.get(), 0), "multi-page");
  EXPECT_EQ(ek_model_feature(model_.get(), 1), nullptr);
  EXPECT_EQ(ek_model_has_feature(model_.get(), "multi-page"), 1);
  EXPECT_EQ(ek_model_has_feature(model_.get(), "multi-pag"), 0);
  EXPECT_EQ(ek_model_has_feature(model_.get(), nullptr), 0);
}

TEST_F(ModelTest, GivesViewsOfOutputs) {
  Open();
  for (std::int64_t rows = 0; rows < 20; ++rows) {
    const Inputs inputs(rows);
    ASSERT_EQ(Run(inputs), EK_OK) << error_.where;
    ExpectComputed(inputs);
    EXPECT_EQ(outputs_[0].type, ek_element_type{EK_FLOAT32});
    ASSERT_EQ(outputs_[0].rank, 2U);
    EXPECT_EQ(outputs_[0].shape[0], rows);
    EXPECT_EQ(outputs_[1].rank, 1U);
  }
}

TEST_F(ModelTest, CopiesOutputsIntoBuffers) {
  Open();
  const Inputs inputs;
  float y[8] = {};
  std::int64_t n = 0;
  ek_output outputs[2] = {};
  outputs[0].name = "n";
  outputs[0].buffer = &n;
  outputs[0].capacity = sizeof n;
  outputs[1].name = "y";
  outputs[1].buffer = y;
  outputs[1].capacity = sizeof y;
  ASSERT_EQ(ek_model_run(model_.get(), inputs.list, 2, outputs, 2, 0, &error_), EK_OK) << error_.where;
  EXPECT_EQ(n, 2);
  EXPECT_EQ(y[7], 114.0F);
  EXPECT_EQ(outputs[1].data, y);
  EXPECT_EQ(outputs[1].size, sizeof y);
}

TEST_F(ModelTest, SaysHowMuchRoomABufferNeedsAndLeavesItAlone) {
  Open();
  const Inputs inputs;
  float y[8] = {-1};
  std::int64_t n = -1;
  ek_output outputs[2] = {};
  outputs[0].buffer = y;
  outputs[0].capacity = sizeof y - 1;
  outputs[1].buffer = &n;
  outputs[1].capacity = sizeof n;
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 2, outputs, 2, 0, &error_), ek_code{EK_TOO_LARGE});
  EXPECT_EQ(outputs[0].size, sizeof y);
  EXPECT_EQ(outputs[0].shape[0], 2);
  EXPECT_EQ(y[0], -1);
  EXPECT_EQ(n, -1);
  outputs[0].capacity = sizeof y;
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 2, outputs, 2, 0, &error_), EK_OK);
  EXPECT_EQ(y[0], 100.0F);
}

TEST_F(ModelTest, TakesInputsByPositionAndOutputsInPart) {
  Open();
  Inputs inputs;
  inputs.list[0].name = nullptr;
  inputs.list[1].name = nullptr;
  ek_output only_n{};
  only_n.name = "n";
  ASSERT_EQ(ek_model_run(model_.get(), inputs.list, 2, &only_n, 1, 0, &error_), EK_OK);
  EXPECT_EQ(*static_cast<const std::int64_t*>(only_n.data), 2);
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 2, nullptr, 0, 0, &error_), EK_OK);
}

TEST_F(ModelTest, TakesInputsInAnyOrder) {
  Open();
  Inputs inputs;
  std::swap(inputs.list[0], inputs.list[1]);
  ASSERT_EQ(Run(inputs), EK_OK) << error_.where;
  ExpectComputed(inputs);
}

TEST_F(ModelTest, RefusesAnOutputThatIsNotThere) {
  Open();
  const Inputs inputs;
  ek_output outputs[3] = {};
  outputs[0].name = "z";
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 2, outputs, 1, 0, &error_), ek_code{EK_NOT_FOUND});
  outputs[0].name = nullptr;
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 2, outputs, 3, 0, &error_), ek_code{EK_NOT_FOUND});
}

struct Spoil {
  const char* name;
  void (*apply)(Inputs&);
  ek_code code;
};

class SpoiltInput : public OpenModelTest, public testing::WithParamInterface<Spoil> {};

TEST_P(SpoiltInput, IsRefusedAndTheModelStaysUsable) {
  Open([](FakeCall call) {
    // Nothing spoilt gets this far.
    EXPECT_TRUE(gate::TakeCall(call.slot().request, call.room().size()));
    Compute(call);
  });
  Inputs inputs;
  GetParam().apply(inputs);
  EXPECT_EQ(Run(inputs), GetParam().code) << error_.where;
  EXPECT_EQ(error_.code, GetParam().code);
  EXPECT_STRNE(error_.where, "");
  const Inputs good;
  ASSERT_EQ(Run(good), EK_OK);
  ExpectComputed(good);
}

INSTANTIATE_TEST_SUITE_P(
    Each, SpoiltInput,
    testing::Values(Spoil{"UnknownName", [](Inputs& in) { in.list[0].name = "q"; }, EK_BAD_TENSOR},
                    Spoil{"Twice", [](Inputs& in) { in.list[1] = in.list[0]; }, EK_BAD_TENSOR},
                    Spoil{"OtherType", [](Inputs& in) { in.list[0].type = EK_INT32; }, EK_BAD_TENSOR},
                    Spoil{"UnknownType", [](Inputs& in) { in.list[0].type = 14; }, EK_BAD_TENSOR},
                    Spoil{"HugeType", [](Inputs& in) { in.list[0].type = 0xFFFFFF01; }, EK_BAD_TENSOR},
                    Spoil{"OtherRank", [](Inputs& in) { in.list[0].rank = 1; }, EK_BAD_TENSOR},
                    Spoil{"HugeRank", [](Inputs& in) { in.list[0].rank = 0xFFFFFFFF; }, EK_BAD_TENSOR},
                    Spoil{"NoShape", [](Inputs& in) { in.list[0].shape = nullptr; }, EK_BAD_ARGUMENT},
                    Spoil{"OtherFixedDimension", [](Inputs& in) { in.x_shape[1] = 8; }, EK_BAD_TENSOR},
                    Spoil{"NegativeDimension", [](Inputs& in) { in.x_shape[0] = -1; }, EK_BAD_TENSOR},
                    Spoil{"OverflowingShape",
                          [](Inputs& in) { in.x_shape[0] = std::numeric_limits<std::int64_t>::max(); }, EK_BAD_TENSOR},
                    Spoil{"TooFewBytes", [](Inputs& in) { in.list[0].size -= 1; }, EK_BAD_TENSOR},
                    Spoil{"NoData", [](Inputs& in) { in.list[0].data = nullptr; }, EK_BAD_ARGUMENT},
                    Spoil{"LargerThanTheRing",
                          [](Inputs& in) {
                            in.x_shape[0] = 1 << 20;
                            in.list[0].size = 16U << 20;
                          },
                          EK_TOO_LARGE}),
    [](const auto& test) { return test.param.name; });

TEST_F(ModelTest, RefusesAnotherNumberOfInputs) {
  Open();
  const Inputs inputs;
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 1, nullptr, 0, 0, &error_), ek_code{EK_BAD_TENSOR});
  EXPECT_EQ(ek_model_run(model_.get(), nullptr, 0, nullptr, 0, 0, &error_), ek_code{EK_BAD_TENSOR});
  EXPECT_EQ(ek_model_run(model_.get(), nullptr, 1, nullptr, 0, 0, &error_), ek_code{EK_BAD_ARGUMENT});
  EXPECT_EQ(ek_model_run(nullptr, nullptr, 0, nullptr, 0, 0, &error_), ek_code{EK_BAD_ARGUMENT});
}

TEST_F(ModelTest, PassesTheCellsRefusalOnAndStaysUsable) {
  int calls = 0;
  Open([&calls](FakeCall call) {
    if (++calls > 1) return Compute(call);
    gate::PutFailure(ErrorCode::kModelRefused, call.slot().answer);
    RaiseAnswer(call);
  });
  const Inputs inputs;
  EXPECT_EQ(Run(inputs), ek_code{EK_MODEL_REFUSED});
  EXPECT_EQ(Run(inputs), EK_OK);
}

TEST_F(ModelTest, SaysThatOutputsNeedALargerRing) {
  Open(Compute, 256);
  EXPECT_EQ(Run(Inputs(12)), ek_code{EK_TOO_LARGE});
  // x and y 192 bytes each, then k, n: y and n lie behind the inputs, each at the next multiple of 64.
  EXPECT_STREQ(error_.where, "inputs and outputs take 456 bytes; open the model with more ring_bytes");
  EXPECT_EQ(Run(Inputs(1)), EK_OK);
}

TEST_F(ModelTest, ErrorMayBeLeftOut) {
  Open();
  const Inputs inputs;
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 2, nullptr, 0, 0, nullptr), EK_OK);
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 1, nullptr, 0, 0, nullptr), ek_code{EK_BAD_TENSOR});
}

}  // namespace
}  // namespace edgekeep::client
