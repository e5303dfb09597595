// Calls that do not wait: submitted, answered in any order, given up.
#include <chrono>
#include <cstring>
#include <latch>
#include <semaphore>

#include "edgekeep/edgekeep.hpp"
#include "open_model.h"

namespace edgekeep::client {
namespace {

using CallPointer = std::unique_ptr<ek_call, decltype(&ek_call_end)>;

class CallTest : public OpenModelTest {
 protected:
  void OpenFor(std::uint32_t max_calls, FakeCells::Handler handler = Compute) {
    max_calls_ = max_calls;
    Open(std::move(handler));
    ASSERT_EQ(ek_model_info(model_.get())->max_calls, max_calls);
  }

  CallPointer Submit(const Inputs& inputs) {
    ek_call* call = nullptr;
    EXPECT_EQ(ek_call_submit(model_.get(), inputs.list, 2, EK_TIMEOUT_NOW, &call, &error_), EK_OK) << error_.where;
    return {call, &ek_call_end};
  }

  ek_code TrySubmit(std::uint32_t timeout_ms = EK_TIMEOUT_NOW) {
    ek_call* call = nullptr;
    const ek_code code = ek_call_submit(model_.get(), Inputs().list, 2, timeout_ms, &call, nullptr);
    ek_call_end(call);
    return code;
  }

  ek_code Wait(const CallPointer& call, std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    outputs_[0] = {};
    outputs_[1] = {};
    return ek_call_wait(call.get(), outputs_, 2, timeout_ms, &error_);
  }
};

TEST_F(CallTest, ManyAreUnderWayAndNoneGetsAnothersAnswer) {
  std::binary_semaphore may_begin(0);
  bool begun = false;
  OpenFor(16, [&](FakeCall call) {
    if (!begun) may_begin.acquire();
    begun = true;
    Compute(call);
  });
  std::vector<std::unique_ptr<Inputs>> inputs;
  std::vector<CallPointer> calls;
  for (std::int64_t i = 0; i < 16; ++i) {
    inputs.push_back(std::make_unique<Inputs>(i + 1));
    inputs.back()->k = 1000 * i;
    calls.push_back(Submit(*inputs.back()));
  }
  EXPECT_EQ(TrySubmit(), ek_code{EK_BUSY});
  EXPECT_EQ(ek_call_is_done(calls[0].get()), 0);
  may_begin.release();
  for (std::size_t i = 16; i-- > 0;) {
    ASSERT_EQ(Wait(calls[i]), EK_OK) << error_.where;
    EXPECT_EQ(ek_call_is_done(calls[i].get()), 1);
    ExpectComputed(*inputs[i]);
  }
  // Views last as long as their calls, whatever happens to others.
  ASSERT_EQ(Wait(calls[3]), EK_OK);
  ExpectComputed(*inputs[3]);
  calls[7].reset();
  calls[7] = Submit(*inputs[0]);
  ASSERT_EQ(Wait(calls[7]), EK_OK);
  ASSERT_EQ(Wait(calls[3]), EK_OK);
  ExpectComputed(*inputs[3]);
}

TEST_F(CallTest, InputsMayBeChangedOnceSubmitted) {
  std::latch changed(1);
  OpenFor(2, [&](FakeCall call) {
    changed.wait();
    Compute(call);
  });
  Inputs inputs;
  const CallPointer call = Submit(inputs);
  inputs.x[0] = -1;
  changed.count_down();
  ASSERT_EQ(Wait(call), EK_OK);
  ExpectComputed(Inputs());
}

TEST_F(CallTest, OneThatIsNotBoundIsNotStarted) {
  OpenFor(1);
  const CallPointer call = Submit(Inputs());
  ASSERT_EQ(Wait(call), EK_OK);
  EXPECT_EQ(ek_call_start(call.get(), &error_), ek_code{EK_BAD_STATE});
  EXPECT_EQ(ek_call_start(nullptr, &error_), ek_code{EK_BAD_ARGUMENT});
}

TEST_F(CallTest, ATimedOutCallGoesOn) {
  std::latch may_answer(1);
  OpenFor(1, [&](FakeCall call) {
    may_answer.wait();
    Compute(call);
  });
  const Inputs inputs;
  const CallPointer call = Submit(inputs);
  EXPECT_EQ(Wait(call, 20), ek_code{EK_TIMED_OUT});
  may_answer.count_down();
  ASSERT_EQ(Wait(call), EK_OK);
  ExpectComputed(inputs);
}

TEST_F(CallTest, SubmittingWaitsForAPlaceAsLongAsItMay) {
  OpenFor(1);
  CallPointer call = Submit(Inputs());
  EXPECT_EQ(TrySubmit(), ek_code{EK_BUSY});
  EXPECT_EQ(TrySubmit(20), ek_code{EK_TIMED_OUT});
  std::binary_semaphore waiting(0);
  std::thread other([&] {
    waiting.release();
    EXPECT_EQ(TrySubmit(EK_TIMEOUT_NEVER), EK_OK);
  });
  waiting.acquire();
  ASSERT_EQ(Wait(call), EK_OK) << error_.where;
  call.reset();
  other.join();
  EXPECT_EQ(Run(Inputs()), EK_OK);
}

TEST_F(CallTest, WaitingNotAtAllOnlyLooks) {
  std::latch may_answer(1);
  OpenFor(1, [&](FakeCall call) {
    may_answer.wait();
    Compute(call);
  });
  const CallPointer call = Submit(Inputs());
  EXPECT_EQ(Wait(call, EK_TIMEOUT_NOW), ek_code{EK_TIMED_OUT});
  may_answer.count_down();
  ASSERT_EQ(Wait(call), EK_OK);
  EXPECT_EQ(Wait(call, EK_TIMEOUT_NOW), EK_OK);
}

TEST_F(CallTest, WhatIsGivenUpWhileItIsComputedKeepsItsPlaceUntilItsAnswerComes) {
  std::latch computing(1);
  std::latch may_answer(1);
  int asked = 0;
  OpenFor(1, [&](FakeCall call) {
    if (++asked == 1) {
      computing.count_down();
      may_answer.wait();
    }
    Compute(call);
  });
  CallPointer call = Submit(Inputs());
  computing.wait();
  call.reset();
  EXPECT_EQ(TrySubmit(), ek_code{EK_BUSY});
  may_answer.count_down();
  Inputs second(5);
  second.k = 1;
  ASSERT_EQ(Run(second), EK_OK) << error_.where;
  ExpectComputed(second);
}

TEST_F(CallTest, WhatIsGivenUpBeforeItBeginsIsTold) {
  std::latch first(1);
  std::vector<bool> given_up;
  OpenFor(3, [&](FakeCall call) {
    if (given_up.empty()) first.wait();
    given_up.push_back(call.which.given_up);
    Compute(call);
  });
  const CallPointer before = Submit(Inputs());
  CallPointer cancelled = Submit(Inputs());
  const CallPointer after = Submit(Inputs());
  cancelled.reset();
  first.count_down();
  ASSERT_EQ(Wait(after), EK_OK);
  EXPECT_EQ(given_up, (std::vector<bool>{false, true, false}));
}

TEST_F(CallTest, AnOutputThatFoundNoRoomMayBeFetchedAgain) {
  OpenFor(1);
  const CallPointer call = Submit(Inputs());
  float y[8] = {};
  ek_output output{.buffer = y, .capacity = 4};
  EXPECT_EQ(ek_call_wait(call.get(), &output, 1, 0, &error_), ek_code{EK_TOO_LARGE});
  output.capacity = sizeof y;
  ASSERT_EQ(ek_call_wait(call.get(), &output, 1, 0, &error_), EK_OK);
  EXPECT_EQ(y[7], 114.0F);
}

TEST_F(CallTest, ADeadCellEndsEveryWait) {
  OpenFor(4, [this](FakeCall) { cells_->Kill(); });
  const CallPointer first = Submit(Inputs());
  const CallPointer second = Submit(Inputs());
  EXPECT_EQ(Wait(second, EK_TIMEOUT_NEVER), ek_code{EK_PEER_GONE});
  EXPECT_EQ(Wait(first, EK_TIMEOUT_NEVER), ek_code{EK_PEER_GONE});
  EXPECT_EQ(ek_call_is_done(first.get()), 1);
  EXPECT_EQ(TrySubmit(), ek_code{EK_PEER_GONE});
  EXPECT_EQ(Run(Inputs(), EK_TIMEOUT_NEVER), ek_code{EK_PEER_GONE});
}

TEST_F(CallTest, ACellThatAnswersAnothersTurnIsNotBelieved) {
  OpenFor(2, [](FakeCall call) {
    WriteAnswer(call);
    gate::RingSlot& other = call.ring.header().slots[1 - call.which.slot];
    gate::Set(other.answered, other.answered + 5, other.application_waiting);
    RaiseAnswer(call);
  });
  CallPointer first = Submit(Inputs());
  ASSERT_EQ(Wait(first), EK_OK);
  const CallPointer second = Submit(Inputs());
  EXPECT_EQ(Wait(second), ek_code{EK_MALFORMED});
  EXPECT_EQ(TrySubmit(), ek_code{EK_MALFORMED});
}

TEST_F(CallTest, ThreadsShareThePlaces) {
  OpenFor(3);
  std::vector<std::thread> threads;
  for (std::int64_t t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      Inputs inputs(t + 1);
      std::vector<float> y(inputs.x.size());
      for (int i = 0; i < 200; ++i) {
        inputs.k = i * t;
        ek_output output{.buffer = y.data(), .capacity = y.size() * sizeof(float)};
        ASSERT_EQ(ek_model_run(model_.get(), inputs.list, 2, &output, 1, 0, nullptr), EK_OK);
        ASSERT_EQ(y[1], 2.0F + static_cast<float>(i * t));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(CallTest, ArgumentsThatCannotBeAreRefused) {
  OpenFor(1);
  const Inputs inputs;
  ek_call* call = nullptr;
  EXPECT_EQ(ek_call_submit(nullptr, inputs.list, 2, 0, &call, nullptr), ek_code{EK_BAD_ARGUMENT});
  EXPECT_EQ(ek_call_submit(model_.get(), inputs.list, 2, 0, nullptr, nullptr), ek_code{EK_BAD_ARGUMENT});
  EXPECT_EQ(ek_call_submit(model_.get(), nullptr, 2, 0, &call, nullptr), ek_code{EK_BAD_ARGUMENT});
  EXPECT_EQ(ek_call_wait(nullptr, nullptr, 0, 0, nullptr), ek_code{EK_BAD_ARGUMENT});
  EXPECT_EQ(ek_call_submit(model_.get(), inputs.list, 1, 0, &call, nullptr), ek_code{EK_BAD_TENSOR});
  EXPECT_EQ(call, nullptr);
  ek_call_end(nullptr);
  EXPECT_EQ(Run(inputs), EK_OK);
}

TEST_F(CallTest, TheWrapperSubmitsAndWaits) {
  FakeCells cells;
  keep_.ServeApplications(cells.AsKeep());
  auto model = app::Client::Open({.root = keep_.root().c_str()}).value().OpenModel("acme/fake", {.max_calls = 2});
  ASSERT_TRUE(model);
  const std::array<float, 4> x = {1, 2, 3, 4};
  const std::array<std::int64_t, 1> k = {10};
  const std::array<std::int64_t, 2> shape = {1, 4};
  const std::array<app::Input, 2> inputs = {app::Input("x", x, shape), app::Input("k", k, {})};
  auto first = model->Submit(inputs);
  auto second = model->Submit(inputs);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(model->Submit(inputs).error().code(), ek_code{EK_BUSY});
  const auto outputs = second->Wait();
  ASSERT_TRUE(outputs) << outputs.error().where();
  EXPECT_EQ((*outputs)[0].As<float>()[3], 18.0F);
  EXPECT_TRUE(second->is_done());
}

// A cell that has receipts: call n has number n, and its receipt is 100 + n bytes of n.
class ReceiptTest : public CallTest {
 protected:
  void OpenWithReceipts() {
    OpenFor(2, [this](FakeCall call) {
      const std::uint64_t wanted = call.slot().wanted_receipt;
      if (wanted == 0) {
        WriteAnswer(call);
        call.slot().receipt = ++answered_;
      } else {
        WriteReceipt(call, wanted - 1);
      }
      RaiseAnswer(call);
    });
  }

  void WriteReceipt(FakeCall call, std::uint64_t number) const {
    gate::TensorPlace place{.index = 0, .type = type_, .offset = 0, .size = size_ != 0 ? size_ : 100 + number};
    EXPECT_TRUE(place.shape.PushBack(static_cast<std::int64_t>(place.size)));
    std::memset(call.room().data(), static_cast<int>(number), 100 + number);
    gate::TensorPlaces places;
    EXPECT_TRUE(places.PushBack(place));
    gate::PutCall(places, call.slot().answer);
  }

  ek_code Receipt(const CallPointer& call, std::size_t capacity = EK_MAX_RECEIPT) {
    return ek_call_receipt(call.get(), buffer_, capacity, &size_of_receipt_, EK_TIMEOUT_DEFAULT, &error_);
  }

  std::uint64_t answered_ = 0;
  gate::ElementType type_ = gate::ElementType::kUint8;
  std::uint64_t size_ = 0;
  std::uint8_t buffer_[EK_MAX_RECEIPT]{};
  std::size_t size_of_receipt_ = 0;
};

TEST_F(ReceiptTest, EachCallGetsItsOwn) {
  OpenWithReceipts();
  const Inputs inputs;
  const CallPointer first = Submit(inputs);
  EXPECT_EQ(Receipt(first), ek_code{EK_BAD_STATE});  // not waited for yet
  ASSERT_EQ(Wait(first), EK_OK);
  ExpectComputed(inputs);
  const CallPointer second = Submit(inputs);
  ASSERT_EQ(Wait(second), EK_OK);
  ASSERT_EQ(Receipt(second), EK_OK) << error_.where;
  EXPECT_EQ(size_of_receipt_, 101U);
  EXPECT_EQ(buffer_[100], 1);
  ASSERT_EQ(Receipt(first), EK_OK);
  EXPECT_EQ(size_of_receipt_, 100U);
  EXPECT_EQ(Wait(first), ek_code{EK_BAD_STATE});  // the receipt took the outputs' place
  EXPECT_EQ(Receipt(first, 10), ek_code{EK_TOO_LARGE});
  EXPECT_EQ(size_of_receipt_, 100U);
}

TEST_F(ReceiptTest, WhereTheProductHasNoneItIsNotFound) {
  OpenFor(1, Compute);
  const CallPointer call = Submit(Inputs());
  ASSERT_EQ(Wait(call), EK_OK);
  EXPECT_EQ(Receipt(call), ek_code{EK_NOT_FOUND});
}

TEST_F(ReceiptTest, WhatIsNoReceiptIsNotBelieved) {
  OpenWithReceipts();
  type_ = gate::ElementType::kInt8;
  const CallPointer other_type = Submit(Inputs());
  ASSERT_EQ(Wait(other_type), EK_OK);
  EXPECT_EQ(Receipt(other_type), ek_code{EK_MALFORMED});
  type_ = gate::ElementType::kUint8;
  size_ = EK_MAX_RECEIPT + 1;
  const CallPointer too_large = Submit(Inputs());
  ASSERT_EQ(Wait(too_large), EK_OK);
  EXPECT_EQ(Receipt(too_large), ek_code{EK_MALFORMED});
}

}  // namespace
}  // namespace edgekeep::client
