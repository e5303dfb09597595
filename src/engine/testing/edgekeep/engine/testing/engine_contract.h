// What every engine must do: one suite, run on each of them (INSTANTIATE_TYPED_TEST_SUITE_P with a subject type).
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "edgekeep/engine/engine.h"
#include "edgekeep/engine/testing/output_recorder.h"

namespace edgekeep::engine::testing {

inline formats::ExecutionProviders ProvidersOf(std::initializer_list<formats::ExecutionProvider> providers) {
  return formats::ExecutionProviders::From({providers.begin(), providers.size()}).value();
}

// A Subject has `Engine& engine()` and `std::string model()`: a model with one free input "x" and one output "y",
// floats of shape [n], y = 2x + 1. Its engine keeps memory budgets, and has no OpenVINO: that one stands for providers
// that are not there.
template <typename Subject>
class EngineContract : public ::testing::Test {
 protected:
  Engine& engine() { return subject_.engine(); }

  ByteView model() const { return AsBytes(model_); }

  // y of `session` for `x`, or the refusal.
  static Result<std::vector<float>> RunOn(Session& session, const std::vector<float>& x) {
    OutputRecorder recorder;
    const InputTensor input = Input(0, 1, {static_cast<std::int64_t>(x.size())}, x);
    EK_TRY(session.Run({&input, 1}, recorder));
    if (recorder.outputs.size() != 1) return Error(ErrorCode::kInternal, "test: outputs");
    return recorder.outputs[0].floats();
  }

  static void ExpectRefused(Session& session, std::span<const InputTensor> inputs, const char* what) {
    OutputRecorder recorder;
    const Status status = session.Run(inputs, recorder);
    ASSERT_FALSE(status) << what;
    EXPECT_EQ(status.error().code(), ErrorCode::kBadTensor) << what;
    EXPECT_TRUE(recorder.outputs.empty()) << what;
  }

 private:
  Subject subject_;
  std::string model_ = subject_.model();
};

TYPED_TEST_SUITE_P(EngineContract);

TYPED_TEST_P(EngineContract, NamesItself) {
  const std::string_view version = this->engine().version();
  EXPECT_FALSE(version.empty());
  for (const char c : version) EXPECT_TRUE(c > ' ' && c < 0x7F);
}

TYPED_TEST_P(EngineContract, TellsWhatTheModelTakesAndGives) {
  const auto session = this->engine().LoadCanonical(this->model(), {}, {});
  ASSERT_TRUE(session) << session.error().where();
  ASSERT_EQ((*session)->inputs().size(), 1U);
  const TensorInfo& input = (*session)->inputs()[0];
  EXPECT_EQ(input.name.view(), "x");
  EXPECT_EQ(input.type, 1);
  ASSERT_EQ(input.shape.size(), 1U);
  EXPECT_EQ(input.shape[0], -1);
  ASSERT_EQ((*session)->outputs().size(), 1U);
  EXPECT_EQ((*session)->outputs()[0].name.view(), "y");
}

TYPED_TEST_P(EngineContract, ComputesForAnyLength) {
  auto session = this->engine().LoadCanonical(this->model(), {}, {.threads = 2});
  ASSERT_TRUE(session);
  for (const std::size_t length : {1U, 3U, 1000U, 0U, 7U}) {
    std::vector<float> x(length);
    for (std::size_t i = 0; i < length; ++i) x[i] = static_cast<float>(i);
    const auto y = this->RunOn(**session, x);
    ASSERT_TRUE(y) << length;
    ASSERT_EQ(y->size(), length);
    for (std::size_t i = 0; i < length; ++i) EXPECT_EQ((*y)[i], 2 * x[i] + 1);
  }
}

TYPED_TEST_P(EngineContract, RefusesWrongInputsAndGoesOn) {
  auto made = this->engine().LoadCanonical(this->model(), {}, {});
  ASSERT_TRUE(made);
  Session& session = **made;
  const std::vector<float> x = {1, 2, 3};
  const InputTensor good = Input(0, 1, {3}, x);
  const InputTensor both[] = {good, good};
  this->ExpectRefused(session, {}, "no input");
  this->ExpectRefused(session, both, "two inputs");
  const InputTensor wrong[] = {Input(1, 1, {3}, x),  Input(0, 7, {3}, x),    Input(0, 8, {3}, x),
                               Input(0, 99, {3}, x), Input(0, 1, {2}, x),    Input(0, 1, {4}, x),
                               Input(0, 1, {-3}, x), Input(0, 1, {3, 1}, x), Input(0, 1, {1LL << 62, 4}, x),
                               Input(0, 1, {}, x)};
  for (const InputTensor& input : wrong) this->ExpectRefused(session, {&input, 1}, "wrong input");
  const auto y = this->RunOn(session, x);
  ASSERT_TRUE(y);
  EXPECT_EQ(*y, (std::vector<float>{3, 5, 7}));
}

TYPED_TEST_P(EngineContract, PassesTheSinksRefusalOn) {
  class FullSink final : public OutputSink {
   public:
    Status Accept(std::size_t, ElementType, std::span<const std::int64_t>, ByteView) override {
      return Error(ErrorCode::kTooLarge, "test");
    }
  } sink;

  auto session = this->engine().LoadCanonical(this->model(), {}, {});
  ASSERT_TRUE(session);
  const std::vector<float> x = {1};
  const InputTensor input = Input(0, 1, {1}, x);
  const Status status = (*session)->Run({&input, 1}, sink);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kTooLarge);
}

TYPED_TEST_P(EngineContract, PreparedFormAnswersAlike) {
  const auto prepared = this->engine().Prepare(this->model(), {});
  ASSERT_TRUE(prepared) << prepared.error().where();
  auto canonical = this->engine().LoadCanonical(this->model(), {}, {});
  auto session = this->engine().LoadPrepared(prepared->Reveal(), {});
  ASSERT_TRUE(canonical);
  ASSERT_TRUE(session) << session.error().where();
  EXPECT_EQ((*session)->inputs()[0].name.view(), "x");
  const std::vector<float> x = {0.1F, -7.25F, 1e20F, 3};
  EXPECT_EQ(*this->RunOn(**session, x), *this->RunOn(**canonical, x));
}

TYPED_TEST_P(EngineContract, RefusesBytesThatAreNoModel) {
  const std::string text = "this is no model of anybody, and never was one";
  for (const std::string_view bytes : {std::string_view(text), std::string_view()}) {
    const auto canonical = this->engine().LoadCanonical(AsBytes(bytes), {}, {});
    ASSERT_FALSE(canonical);
    EXPECT_EQ(canonical.error().code(), ErrorCode::kModelRefused);
    EXPECT_FALSE(this->engine().Prepare(AsBytes(bytes), {}));
    const auto prepared = this->engine().LoadPrepared(AsBytes(bytes), {});
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.error().code(), ErrorCode::kModelRefused);
  }
}

TYPED_TEST_P(EngineContract, SessionsAreIndependent) {
  auto first = this->engine().LoadCanonical(this->model(), {}, {});
  auto second = this->engine().LoadCanonical(this->model(), {}, {});
  ASSERT_TRUE(first && second);
  first->reset();
  const auto y = this->RunOn(**second, {4});
  ASSERT_TRUE(y);
  EXPECT_EQ(*y, std::vector<float>{9});
}

TYPED_TEST_P(EngineContract, TakesTheFirstProviderThatIsThere) {
  using enum formats::ExecutionProvider;
  const auto providers = ProvidersOf({kOpenVino, kCpu, kWebGpu});
  const auto prepared = this->engine().Prepare(this->model(), {});
  ASSERT_TRUE(prepared);
  for (const bool from_prepared : {false, true}) {
    auto session = from_prepared ? this->engine().LoadPrepared(prepared->Reveal(), {.providers = providers})
                                 : this->engine().LoadCanonical(this->model(), {}, {.providers = providers});
    ASSERT_TRUE(session) << session.error().where();
    EXPECT_EQ((*session)->provider(), kCpu);
    EXPECT_EQ(*this->RunOn(**session, {4}), std::vector<float>{9});
  }
}

TYPED_TEST_P(EngineContract, RefusesWhereNoneOfTheProvidersIsThere) {
  const Options options{.providers = ProvidersOf({formats::ExecutionProvider::kOpenVino})};
  const auto prepared = this->engine().Prepare(this->model(), {});
  ASSERT_TRUE(prepared);
  for (const auto& session : {this->engine().LoadCanonical(this->model(), {}, options).error(),
                              this->engine().LoadPrepared(prepared->Reveal(), options).error()}) {
    EXPECT_EQ(session.code(), ErrorCode::kModelRefused);
  }
}

TYPED_TEST_P(EngineContract, KeepsToTheMemoryBudgetAndGoesOn) {
  auto session = this->engine().LoadCanonical(this->model(), {}, {.memory_budget = 65536});
  ASSERT_TRUE(session) << session.error().where();
  const std::vector<float> large(1 << 20);
  for (int round = 0; round < 3; ++round) {
    const auto y = this->RunOn(**session, large);
    ASSERT_FALSE(y);
    EXPECT_EQ(y.error().code(), ErrorCode::kNoMemory) << y.error().where();
    EXPECT_EQ(*this->RunOn(**session, {4}), std::vector<float>{9});
  }
  auto unbounded = this->engine().LoadCanonical(this->model(), {}, {});
  ASSERT_TRUE(unbounded);
  EXPECT_TRUE(this->RunOn(**unbounded, large)) << "the control";
}

TYPED_TEST_P(EngineContract, SpinningChangesNoAnswer) {
  auto session = this->engine().LoadCanonical(this->model(), {}, {.threads = 2, .spinning = true});
  ASSERT_TRUE(session);
  EXPECT_EQ(*this->RunOn(**session, {4}), std::vector<float>{9});
}

REGISTER_TYPED_TEST_SUITE_P(EngineContract, NamesItself, TellsWhatTheModelTakesAndGives, ComputesForAnyLength,
                            RefusesWrongInputsAndGoesOn, PassesTheSinksRefusalOn, PreparedFormAnswersAlike,
                            RefusesBytesThatAreNoModel, SessionsAreIndependent, TakesTheFirstProviderThatIsThere,
                            RefusesWhereNoneOfTheProvidersIsThere, KeepsToTheMemoryBudgetAndGoesOn,
                            SpinningChangesNoAnswer);

}  // namespace edgekeep::engine::testing
