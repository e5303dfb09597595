#include "served_model_fixture.h"

namespace edgekeep::cell {
namespace {

class Answer : public ServedModelTest {};

TEST_F(Answer, ComputesWithCanonicalAndPreparedForm) {
  for (const bool prepared : {false, true}) {
    prepared ? SealPrepared() : SealCanonical();
    auto model = Open();
    ASSERT_TRUE(model) << model.error().where();
    ASSERT_EQ(model->info().inputs.size(), 1U);
    EXPECT_EQ(model->info().inputs[0].name.view(), "x");
    EXPECT_EQ(model->info().inputs[0].type, gate::ElementType::kFloat32);
    Request({PutInput({1, 2, 3})});
    const auto outputs = Call(*model);
    ASSERT_TRUE(outputs);
    ASSERT_EQ(outputs->size(), 1U);
    EXPECT_EQ(FloatsAt((*outputs)[0]), (std::vector<float>{3, 5, 7}));
  }
}

TEST_F(Answer, PutsOutputsBehindInputs) {
  SealCanonical();
  auto model = Open();
  ASSERT_TRUE(model);
  const std::vector<float> x(20, 4);
  Request({PutInput(x, 128)});
  const auto outputs = Call(*model);
  ASSERT_TRUE(outputs);
  EXPECT_EQ((*outputs)[0].offset, 256U);  // 128 + 80, then the next multiple of 64
  EXPECT_EQ(FloatsAt((*outputs)[0]), std::vector<float>(20, 9));
  EXPECT_EQ(FloatsAt(PutInput(x, 128)), x);
}

TEST_F(Answer, SaysWhenOutputsFindNoRoomAndGoesOn) {
  SealCanonical();
  auto model = Open();
  ASSERT_TRUE(model);
  const std::vector<float> half(kRingData / 8, 1);
  const std::vector<float> more(kRingData / 8 + 1, 1);
  Request({PutInput(more)});
  EXPECT_EQ(Call(*model).error().code(), ErrorCode::kTooLarge);
  // Input and output, each of 2052 bytes, the second at the next multiple of 64: that much room is enough.
  EXPECT_EQ(gate::NeededRoom(slot_->answer), 2112U + 2052U);
  Request({PutInput(half)});
  EXPECT_TRUE(Call(*model));
}

TEST_F(Answer, CallsOfChangingSizeFollowEachOther) {
  SealCanonical();
  auto model = Open();
  ASSERT_TRUE(model);
  for (const std::size_t length : {1U, 200U, 7U, 0U, 400U}) {
    const std::vector<float> x(length, 0.5F);
    Request({PutInput(x)});
    const auto outputs = Call(*model);
    ASSERT_TRUE(outputs) << length;
    EXPECT_EQ(FloatsAt((*outputs)[0]), std::vector<float>(length, 2));
  }
}

TEST_F(Answer, AFailureInsideTheEngineIsAnAnswer) {
  SealCanonical(AffineTrait::kFailsAtRun);
  auto model = Open();
  ASSERT_TRUE(model);
  Request({PutInput({1})});
  EXPECT_EQ(Call(*model).error().code(), ErrorCode::kModelRefused);
}

// An engine in front of which the application overwrites all of the ring, as it could at any moment.
class ChangingEngine final : public engine::Engine {
 public:
  explicit ChangingEngine(std::vector<std::uint8_t>& ring) : ring_(ring) {}

  std::string_view version() const override { return "changing"; }

  Result<std::unique_ptr<engine::Session>> LoadCanonical(ByteView model, std::span<const engine::SideFile> files,
                                                         const engine::Options& options) override {
    EK_TRY_ASSIGN(auto inner, affine_.LoadCanonical(model, files, options));
    return std::unique_ptr<engine::Session>(new ChangingSession(std::move(inner), ring_));
  }

  Result<std::unique_ptr<engine::Session>> LoadPrepared(ByteView, const engine::Options&) override {
    return Error(ErrorCode::kUnsupported);
  }

  Result<SecretBytes> Prepare(ByteView, std::span<const engine::SideFile>) override {
    return Error(ErrorCode::kUnsupported);
  }

 private:
  class ChangingSession final : public engine::Session {
   public:
    ChangingSession(std::unique_ptr<engine::Session> inner, std::vector<std::uint8_t>& ring)
        : inner_(std::move(inner)), ring_(ring) {}

    const engine::TensorInfos& inputs() const override { return inner_->inputs(); }

    const engine::TensorInfos& outputs() const override { return inner_->outputs(); }

    formats::ExecutionProvider provider() const override { return inner_->provider(); }

    Status Run(std::span<const engine::InputTensor> inputs, engine::OutputSink& outputs) override {
      std::fill(ring_.begin(), ring_.end(), std::uint8_t{0});
      return inner_->Run(inputs, outputs);
    }

   private:
    std::unique_ptr<engine::Session> inner_;
    std::vector<std::uint8_t>& ring_;
  };

  engine::testing::AffineEngine affine_;
  std::vector<std::uint8_t>& ring_;
};

class AnswerWhileTheRingChanges : public ServedModelTest {
 protected:
  // 2 x + 1 of what the engine saw: x = {10, 20}, or the zeros that were written over it.
  std::vector<float> Computed(bool policy_asks, std::uint32_t proven) {
    in_place_inputs_ = proven;
    SealCanonical();
    order_.policy = {};
    if (policy_asks) UsePolicy({.zero_copy_inputs = true});
    ChangingEngine changing(data_);
    auto model = ServedModel::Open({*provider_, changing, workers_, memory_, engine_key_}, file_, order_);
    EK_CHECK(model);
    ServedModel moved(*std::move(model));
    Request({PutInput({10, 20})});
    const auto outputs = Call(moved);
    EK_CHECK(outputs);
    return FloatsAt((*outputs)[0]);
  }

  const std::vector<float> of_the_copy_ = {21, 41};
  const std::vector<float> of_the_ring_ = {1, 1};
};

// What the application changes while the engine computes changes nothing: the engine sees a private copy.
TEST_F(AnswerWhileTheRingChanges, IsThatOfACopy) {
  EXPECT_EQ(Computed(false, 0), of_the_copy_);
}

// Neither the policy alone nor the proof alone lets an engine see the ring; and of another input it proves nothing.
TEST_F(AnswerWhileTheRingChanges, IsThatOfTheRingOnlyWherePolicyAndProofAgree) {
  EXPECT_EQ(Computed(true, 0), of_the_copy_);
  EXPECT_EQ(Computed(false, 1), of_the_copy_);
  EXPECT_EQ(Computed(true, ~1U), of_the_copy_);
  EXPECT_EQ(Computed(true, 1), of_the_ring_);
}

}  // namespace
}  // namespace edgekeep::cell
