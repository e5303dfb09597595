// Calls whose inputs the application writes where the cell reads them.
#include <cstring>
#include <latch>

#include "open_model.h"

namespace edgekeep::client {
namespace {

using BoundPointer = std::unique_ptr<ek_call, decltype(&ek_call_end)>;

class BoundCallTest : public OpenModelTest {
 protected:
  ek_code WaitFor(const BoundPointer& call, std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    outputs_[0] = {};
    outputs_[1] = {};
    return ek_call_wait(call.get(), outputs_, 2, timeout_ms, &error_);
  }

  BoundPointer Bind(std::int64_t rows = 2) {
    shape_[0] = rows;
    ek_call* call = nullptr;
    EXPECT_EQ(ek_call_bind(model_.get(), list_, 2, EK_TIMEOUT_NOW, &call, &error_), EK_OK) << error_.where;
    return {call, &ek_call_end};
  }

  ek_code BindingFails(std::size_t count = 2) {
    ek_call* call = nullptr;
    EXPECT_NE(ek_call_bind(model_.get(), list_, count, EK_TIMEOUT_NOW, &call, &error_), EK_OK);
    EXPECT_EQ(call, nullptr);
    return error_.code;
  }

  // What Inputs holds, to where it was bound.
  void Fill(const Inputs& inputs) {
    ASSERT_EQ(list_[0].size, inputs.x.size() * 4);
    ASSERT_EQ(list_[1].size, 8U);
    std::memcpy(list_[0].buffer, inputs.x.data(), list_[0].size);
    std::memcpy(list_[1].buffer, &inputs.k, 8);
  }

  std::int64_t shape_[2] = {2, 4};
  ek_bound_input list_[2] = {
      {.name = "x", .type = EK_FLOAT32, .rank = 2, .shape = shape_, .buffer = nullptr, .size = 0},
      {.name = "k", .type = EK_INT64, .rank = 0, .shape = nullptr, .buffer = nullptr, .size = 0}};
};

TEST_F(BoundCallTest, IsStartedAgainAndAgainWithWhatItsBuffersHold) {
  Open();
  const BoundPointer call = Bind();
  EXPECT_EQ(WaitFor(call), ek_code{EK_BAD_STATE}) << "nothing was started";
  EXPECT_EQ(Run(Inputs(), 20), ek_code{EK_TIMED_OUT}) << "it has the only place";
  Inputs inputs;
  for (int i = 0; i < 100; ++i) {
    inputs.x[3] = static_cast<float>(i);
    inputs.k = 7 * i;
    Fill(inputs);
    ASSERT_EQ(ek_call_start(call.get(), &error_), EK_OK) << error_.where;
    ASSERT_EQ(WaitFor(call), EK_OK) << error_.where;
    ExpectComputed(inputs);
  }
  // What is there already need not be written again.
  ASSERT_EQ(ek_call_start(call.get(), &error_), EK_OK);
  ASSERT_EQ(WaitFor(call), EK_OK);
  ExpectComputed(inputs);
}

TEST_F(BoundCallTest, IsNotStartedWhileItIsUnderWay) {
  std::latch may_answer(1);
  Open([&](FakeCall call) {
    may_answer.wait();
    Compute(call);
  });
  const BoundPointer call = Bind();
  const Inputs inputs;
  Fill(inputs);
  ASSERT_EQ(ek_call_start(call.get(), &error_), EK_OK);
  EXPECT_EQ(ek_call_start(call.get(), &error_), ek_code{EK_BAD_STATE});
  EXPECT_EQ(WaitFor(call, 20), ek_code{EK_TIMED_OUT});
  EXPECT_EQ(ek_call_start(call.get(), &error_), ek_code{EK_BAD_STATE});
  may_answer.count_down();
  ASSERT_EQ(WaitFor(call), EK_OK);
  ExpectComputed(inputs);
  EXPECT_EQ(ek_call_start(call.get(), &error_), EK_OK) << "control";
  EXPECT_EQ(WaitFor(call), EK_OK);
}

TEST_F(BoundCallTest, IsOfWhatTheModelTakesAndNoStrings) {
  Open();
  EXPECT_EQ(BindingFails(1), ek_code{EK_BAD_TENSOR});
  shape_[1] = 5;
  EXPECT_EQ(BindingFails(), ek_code{EK_BAD_TENSOR});
  shape_[1] = 4;
  shape_[0] = std::int64_t{1} << 40;
  EXPECT_EQ(BindingFails(), ek_code{EK_TOO_LARGE});
  shape_[0] = 2;
  list_[0].rank = 4000;
  EXPECT_EQ(BindingFails(), ek_code{EK_BAD_TENSOR});
  list_[0].rank = 2;
  for (const ek_element_type type : {ek_element_type{EK_STRING}, ek_element_type{EK_INT32}, ek_element_type{99}}) {
    list_[0].type = type;
    EXPECT_EQ(BindingFails(), ek_code{EK_BAD_TENSOR}) << type;
  }
  list_[0].type = EK_FLOAT32;
  const BoundPointer call = Bind();
  EXPECT_NE(call, nullptr) << "control: failures took no place";
}

TEST_F(BoundCallTest, EndsWithItsCell) {
  Open();
  const BoundPointer call = Bind();
  Fill(Inputs());
  cells_->Kill();
  EXPECT_EQ(ek_call_start(call.get(), &error_), EK_OK) << "nobody has looked yet";
  EXPECT_EQ(WaitFor(call), ek_code{EK_PEER_GONE});
  EXPECT_EQ(ek_call_start(call.get(), &error_), ek_code{EK_PEER_GONE});
}

}  // namespace
}  // namespace edgekeep::client
