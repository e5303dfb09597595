// An application that writes whatever it likes into the ring gets refusals, and the model goes on serving.
#include <random>

#include "served_model_fixture.h"

namespace edgekeep::cell {
namespace {

class HostileCalls : public ServedModelTest {
 protected:
  void SetUp() override {
    SealCanonical();
    auto model = Open();
    ASSERT_TRUE(model);
    model_ = std::make_unique<ServedModel>(*std::move(model));
  }

  void ExpectRefusedThenServes(const char* what) {
    const auto outputs = Call(*model_);
    ASSERT_FALSE(outputs) << what;
    EXPECT_EQ(outputs.error().code(), ErrorCode::kBadTensor) << what;
    Request({PutInput({1})});
    EXPECT_TRUE(Call(*model_)) << what;
  }

  gate::RingTensor& tensor() { return slot_->request.tensors[0]; }

  std::unique_ptr<ServedModel> model_;
};

TEST_F(HostileCalls, WrongInputsAreRefused) {
  const gate::TensorPlace good = PutInput({1, 2});
  Request({});
  ExpectRefusedThenServes("no input");
  Request({good, good});
  ExpectRefusedThenServes("the same input twice");
  gate::TensorPlace other = good;
  other.index = 1;
  Request({other});
  ExpectRefusedThenServes("an index the model does not have");
  other = good;
  other.type = gate::ElementType::kInt32;
  Request({other});
  ExpectRefusedThenServes("another element type");
  other = good;
  ASSERT_TRUE(other.shape.PushBack(1));
  Request({other});
  ExpectRefusedThenServes("another rank");
}

TEST_F(HostileCalls, FieldsThatPointOutsideAreRefused) {
  const gate::TensorPlace good = PutInput({1, 2});
  const std::uint64_t offsets[] = {kRingData, kRingData - 4, 1ULL << 63, ~0ULL, ~0ULL - 63, 32};
  for (const std::uint64_t offset : offsets) {
    Request({good});
    tensor().offset = offset;
    ExpectRefusedThenServes("offset");
  }
  for (const std::uint64_t size : {0ULL, 9ULL, ~0ULL, 1ULL << 40}) {
    Request({good});
    tensor().size = size;
    ExpectRefusedThenServes("size");
  }
  for (const std::int64_t dim : {std::int64_t{-1}, std::int64_t{3}, std::int64_t{1} << 62}) {
    Request({good});
    tensor().shape[0] = dim;
    ExpectRefusedThenServes("dimension");
  }
  for (const std::uint32_t rank : {0U, 9U, ~0U}) {
    Request({good});
    tensor().rank = rank;
    ExpectRefusedThenServes("rank");
  }
  for (const std::uint32_t count : {33U, ~0U}) {
    Request({good});
    slot_->request.count = count;
    ExpectRefusedThenServes("count");
  }
}

// 32 inputs that are all the whole ring: copying each would take 32 times its size.
TEST_F(HostileCalls, OverlappingInputsCannotMultiplyMemory) {
  const gate::TensorPlace all = PutInput(std::vector<float>(kRingData / sizeof(float), 1));
  std::vector<gate::TensorPlace> places;
  for (std::uint32_t i = 0; i < gate::kMaxTensors; ++i) {
    places.push_back(all);
    places.back().index = i;
  }
  Request(places);
  ExpectRefusedThenServes("overlapping inputs");
}

// Large enough that what is kept of them would be felt.
class LargeCalls : public ServedModelTest {
 protected:
  static constexpr std::size_t kLarge = std::size_t{4} << 20;

  LargeCalls() {
    data_.resize(4 * kLarge);
    SealCanonical();
  }

  ErrorCode Refusal(ServedModel& model) {
    const auto outputs = Call(model);
    EXPECT_FALSE(outputs);
    return outputs ? ErrorCode::kInternal : outputs.error().code();
  }

  static std::vector<float> Floats(std::size_t bytes) { return std::vector<float>(bytes / sizeof(float), 1); }
};

// One client's call is over when the next one's begins, and so is what it took.
TEST_F(LargeCalls, LeaveNoLargeRoomToTheNext) {
  auto model = Open();
  ASSERT_TRUE(model);
  Request({PutInput(Floats(kLarge))});
  ASSERT_TRUE(Call(*model));
  EXPECT_GE(model->input_room(), kLarge);
  Request({PutInput(Floats(kLarge / 2))});
  ASSERT_TRUE(Call(*model));
  EXPECT_GE(model->input_room(), kLarge) << "calls of like size find it made";
  Request({PutInput({1})});
  ASSERT_TRUE(Call(*model));
  EXPECT_LT(model->input_room(), kLarge / 2);
}

TEST_F(LargeCalls, ThatNoModelTakesAreRefusedBeforeTheyAreCopied) {
  auto model = Open();
  ASSERT_TRUE(model);
  gate::TensorPlace wrong = PutInput(Floats(kLarge));
  wrong.type = gate::ElementType::kInt32;
  Request({wrong});
  EXPECT_EQ(Refusal(*model), ErrorCode::kBadTensor);
  wrong = PutInput(Floats(kLarge));
  ASSERT_TRUE(wrong.shape.PushBack(1));
  Request({wrong});
  EXPECT_EQ(Refusal(*model), ErrorCode::kBadTensor);
  EXPECT_EQ(model->input_room(), 0U);
}

TEST_F(LargeCalls, BeyondWhatTheCellSetsApartAreRefused) {
  max_input_bytes_ = kLarge;
  auto model = Open();
  ASSERT_TRUE(model);
  Request({PutInput(Floats(kLarge))});
  ASSERT_TRUE(Call(*model)) << "the control: within its bound";
  model->ForgetInputs();
  Request({PutInput(Floats(kLarge + 64))});
  EXPECT_EQ(Refusal(*model), ErrorCode::kNoMemory);
  EXPECT_EQ(model->input_room(), 0U);
}

TEST_F(LargeCalls, BeyondTheBudgetAreRefused) {
  UsePolicy({.memory_budget = kLarge});
  memory_.assign(kLarge, 0);
  auto bounded = Open();
  ASSERT_TRUE(bounded);
  Request({PutInput(Floats(kLarge))});
  EXPECT_EQ(Refusal(*bounded), ErrorCode::kNoMemory) << "the model takes some of it";
  EXPECT_EQ(bounded->input_room(), 0U);
  Request({PutInput({1})});
  EXPECT_TRUE(Call(*bounded));
}

TEST_F(HostileCalls, RandomRequestsNeverStopTheModel) {
  std::mt19937_64 random(20240229);
  std::size_t answered = 0;
  for (int round = 0; round < 20000; ++round) {
    Request({PutInput({1, 2})});
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&slot_->request);
    const std::size_t flips = 1 + random() % 4;
    for (std::size_t i = 0; i < flips; ++i) bytes[random() % 128] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    model_->Answer(*slot_, data_);
    if (gate::TakeCall(slot_->answer, data_.size())) ++answered;
  }
  EXPECT_LT(answered, 20000U);
  Request({PutInput({1})});
  EXPECT_TRUE(Call(*model_));
}

}  // namespace
}  // namespace edgekeep::cell
