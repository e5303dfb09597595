// Several threads, several models, and time-outs.
#include <atomic>
#include <chrono>
#include <latch>

#include "open_model.h"

namespace edgekeep::client {
namespace {

class ThreadsTest : public OpenModelTest {};

TEST_F(ThreadsTest, RunsOnOneModelWaitForOneAnother) {
  std::atomic<int> inside = 0;
  Open([&inside](FakeCall call) {
    EXPECT_EQ(++inside, 1);
    WriteAnswer(call);
    --inside;
    RaiseAnswer(call);
  });
  std::vector<std::thread> threads;
  for (std::int64_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      Inputs inputs(t + 1);
      std::vector<float> y(inputs.x.size());
      for (int i = 0; i < 200; ++i) {
        inputs.k = i;
        ek_output output{};
        output.buffer = y.data();
        output.capacity = y.size() * sizeof(float);
        ASSERT_EQ(ek_model_run(model_.get(), inputs.list, 2, &output, 1, 0, nullptr), EK_OK);
        ASSERT_EQ(y[1], 2.0F + static_cast<float>(i));
        ASSERT_EQ(output.shape[0], t + 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ThreadsTest, ModelsRunSideBySide) {
  std::latch both(2);
  Open([&both](FakeCall call) {
    both.arrive_and_wait();  // ends only when both models are being run
    Compute(call);
  });
  const ModelPointer second = OpenAnother();
  const Inputs inputs;
  std::thread other(
      [&] { EXPECT_EQ(ek_model_run(second.get(), inputs.list, 2, nullptr, 0, EK_TIMEOUT_NEVER, nullptr), EK_OK); });
  EXPECT_EQ(Run(inputs, EK_TIMEOUT_NEVER), EK_OK);
  other.join();
}

TEST_F(ThreadsTest, ARunWaitsForItsTurnNoLongerThanItsTimeOut) {
  std::latch started(1);
  std::latch may_answer(1);
  Open([&](FakeCall call) {
    started.count_down();
    may_answer.wait();
    Compute(call);
  });
  std::thread first([this] {
    const Inputs inputs;
    EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 2, nullptr, 0, EK_TIMEOUT_NEVER, nullptr), EK_OK);
  });
  started.wait();
  const Inputs inputs;
  ek_error error{};
  EXPECT_EQ(ek_model_run(model_.get(), inputs.list, 2, nullptr, 0, 30, &error), ek_code{EK_TIMED_OUT});
  may_answer.count_down();
  first.join();
}

TEST_F(ThreadsTest, ATimedOutRunHealsWhenTheLateAnswerComes) {
  std::latch timed_out(1);
  std::atomic<int> calls = 0;
  Open([&](FakeCall call) {
    if (++calls == 1) timed_out.wait();
    Compute(call);
  });
  Inputs first(3);
  EXPECT_EQ(Run(first, 30), ek_code{EK_TIMED_OUT});
  EXPECT_EQ(Run(first, 30), ek_code{EK_TIMED_OUT});  // still at it
  timed_out.count_down();
  Inputs second(5);
  second.k = 1;
  ASSERT_EQ(Run(second), EK_OK) << error_.where;
  ExpectComputed(second);  // and not the late answer
  EXPECT_EQ(calls, 2);
}

TEST_F(ThreadsTest, ATimeOutIsKept) {
  Open([](FakeCall) {});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Run(Inputs(), 50), ek_code{EK_TIMED_OUT});
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took, std::chrono::milliseconds(50));
  EXPECT_LT(took, std::chrono::seconds(5));
}

TEST_F(ThreadsTest, TheTimeOutOfOpeningHoldsForRunsThatNameNone) {
  FakeCells cells([](FakeCall) {});
  keep_.ServeApplications(cells.AsKeep());
  client_.reset(OpenClient(keep_));
  ek_model_options options = EK_MODEL_OPTIONS_INIT;
  options.timeout_ms = 50;
  ek_model* model = nullptr;
  // Opening itself may take longer than that on a busy machine.
  ek_code opened = EK_TIMED_OUT;
  for (int i = 0; i < 20 && opened == EK_TIMED_OUT; ++i) {
    opened = ek_model_open(client_.get(), "acme/fake", &options, &model, &error_);
  }
  ASSERT_EQ(opened, EK_OK);
  model_.reset(model);
  EXPECT_EQ(Run(Inputs()), ek_code{EK_TIMED_OUT});
  model_.reset();
}

}  // namespace
}  // namespace edgekeep::client
