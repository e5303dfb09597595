// Attacks from an application's place: it reads the ring whenever it likes.
#include <algorithm>
#include <functional>

#include "served_model_fixture.h"

namespace edgekeep::cell {
namespace {

// An engine with several outputs that looks at the ring between them, as an application could.
class WatchingEngine final : public engine::Engine {
 public:
  using Look = std::function<void()>;

  WatchingEngine(std::vector<std::vector<float>> outputs, Look look)
      : outputs_(std::move(outputs)), look_(std::move(look)) {}

  std::string_view version() const override { return "watching"; }

  Result<std::unique_ptr<engine::Session>> LoadCanonical(ByteView model, std::span<const engine::SideFile> files,
                                                         const engine::Options& options) override {
    EK_TRY_ASSIGN(auto inner, affine_.LoadCanonical(model, files, options));
    return std::unique_ptr<engine::Session>(new WatchingSession(std::move(inner), outputs_, look_));
  }

  Result<std::unique_ptr<engine::Session>> LoadPrepared(ByteView, const engine::Options&) override {
    return Error(ErrorCode::kUnsupported);
  }

  Result<SecretBytes> Prepare(ByteView, std::span<const engine::SideFile>) override {
    return Error(ErrorCode::kUnsupported);
  }

 private:
  class WatchingSession final : public engine::Session {
   public:
    WatchingSession(std::unique_ptr<engine::Session> inner, const std::vector<std::vector<float>>& outputs,
                    const Look& look)
        : inner_(std::move(inner)), outputs_(outputs), look_(look) {}

    const engine::TensorInfos& inputs() const override { return inner_->inputs(); }

    const engine::TensorInfos& outputs() const override { return inner_->outputs(); }

    formats::ExecutionProvider provider() const override { return inner_->provider(); }

    Status Run(std::span<const engine::InputTensor> /*inputs*/, engine::OutputSink& outputs) override {
      for (std::size_t i = 0; i < outputs_.size(); ++i) {
        const auto* const bytes = reinterpret_cast<const std::uint8_t*>(outputs_[i].data());
        const std::array<std::int64_t, 1> shape = {static_cast<std::int64_t>(outputs_[i].size())};
        look_();
        EK_TRY(outputs.Accept(i, 1, shape, {bytes, outputs_[i].size() * sizeof(float)}));
      }
      look_();
      return {};
    }

   private:
    std::unique_ptr<engine::Session> inner_;
    const std::vector<std::vector<float>>& outputs_;
    const Look& look_;
  };

  engine::testing::AffineEngine affine_;
  std::vector<std::vector<float>> outputs_;
  Look look_;
};

class GuardedAnswer : public ServedModelTest {
 protected:
  // One call of a model with these scores. Returns how often an unguarded score was in the ring when somebody looked.
  int UnguardedSeen(const std::vector<std::vector<float>>& scores) {
    int seen = 0;
    WatchingEngine watching(scores, [&] { seen += CountIn(scores); });
    auto model = ServedModel::Open({*provider_, watching, workers_, memory_, engine_key_}, file_, order_);
    EK_CHECK(model);
    Request({PutInput({1})});
    outputs_ = Call(*model).value();
    return seen + CountIn(scores);
  }

  int CountIn(const std::vector<std::vector<float>>& scores) const {
    int count = 0;
    for (const auto& output : scores) {
      for (const float score : output) {
        const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&score);
        if (!std::ranges::search(data_, std::span(bytes, sizeof score)).empty()) ++count;
      }
    }
    return count;
  }

  const std::vector<std::vector<float>> kScores = {{0.12345F, 0.54321F, 0.23456F}, {0.98765F, 0.45678F}};
  gate::TensorPlaces outputs_;
};

TEST_F(GuardedAnswer, UnguardedScoresAreNeverInTheRing) {
  SealCanonical();
  UsePolicy({.output_guard = {.top_k = 1, .decimals = 2}});
  EXPECT_EQ(UnguardedSeen(kScores), 0);
  ASSERT_EQ(outputs_.size(), 2U);
  EXPECT_EQ(FloatsAt(outputs_[0]), (std::vector<float>{0, 0.54F, 0}));
  EXPECT_EQ(FloatsAt(outputs_[1]), (std::vector<float>{0.99F, 0}));
}

TEST_F(GuardedAnswer, ControlWithoutAGuardTheyAre) {
  SealCanonical();
  EXPECT_GT(UnguardedSeen(kScores), 5);
  EXPECT_EQ(FloatsAt(outputs_[0]), kScores[0]);
}

// The ring takes what fits and the call is refused for the rest: it was answered in part, and must count.
TEST_F(GuardedAnswer, OutputsInFrontOfOneWithoutRoomAreSeenAndSaidToBe) {
  SealCanonical();
  const std::vector<std::vector<float>> scores = {{0.12345F, 0.54321F}, std::vector<float>(kRingData, 0.5F)};
  WatchingEngine watching(scores, [] {});
  auto model = ServedModel::Open({*provider_, watching, workers_, memory_, engine_key_}, file_, order_);
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->gave_outputs());
  Request({PutInput({1})});
  EXPECT_EQ(Call(*model).error().code(), ErrorCode::kTooLarge);
  EXPECT_GT(CountIn({scores[0]}), 0);
  EXPECT_TRUE(model->gave_outputs());
  gate::TensorPlace outside = PutInput({1});
  outside.offset = kRingData;
  Request({outside});
  EXPECT_EQ(Call(*model).error().code(), ErrorCode::kBadTensor);
  EXPECT_FALSE(model->gave_outputs());
}

TEST_F(GuardedAnswer, AModelWhoseOutputsNoGuardTreatsIsNotServed) {
  SealCanonical(AffineTrait::kTinyFloatOutput);
  EXPECT_TRUE(Open());
  for (const formats::OutputGuard& guard : {formats::OutputGuard{.top_k = 1}, formats::OutputGuard{.decimals = 7}}) {
    UsePolicy({.output_guard = guard});
    const auto refused = Open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kModelRefused);
  }
}

}  // namespace
}  // namespace edgekeep::cell
