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
