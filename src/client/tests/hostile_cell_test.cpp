// Cells that lie, scribble, and die.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <latch>
#include <random>

#include "open_model.h"

namespace edgekeep::client {
namespace {

class HostileCell : public OpenModelTest {};

struct Lie {
  const char* name;
  void (*tell)(FakeCall call);
  ek_code code;
  bool breaks;  // nothing is believed from then on
};

class LyingCell : public OpenModelTest, public testing::WithParamInterface<Lie> {};

TEST_P(LyingCell, IsNotBelieved) {
  std::atomic<int> calls = 0;
  Open([&calls](FakeCall call) {
    ++calls;
    WriteAnswer(call);
    GetParam().tell(call);
    RaiseAnswer(call);
  });
  EXPECT_EQ(Run(Inputs()), GetParam().code) << error_.where;
  EXPECT_EQ(Run(Inputs()), GetParam().code);
  EXPECT_EQ(outputs_[0].data, nullptr);
  EXPECT_EQ(calls, GetParam().breaks ? 1 : 2);
}

gate::RingTensor& Output(FakeCall call) {
  return call.slot().answer.tensors[0];
}

INSTANTIATE_TEST_SUITE_P(
    Each, LyingCell,
    testing::Values(
        Lie{"OutputBehindTheRing", [](FakeCall call) { Output(call).offset = call.room().size(); }, EK_MALFORMED, true},
        Lie{"OutputOffsetOverflows", [](FakeCall call) { Output(call).offset = ~63ULL; }, EK_MALFORMED, true},
        Lie{"OutputMisaligned", [](FakeCall call) { Output(call).offset += 1; }, EK_MALFORMED, true},
        Lie{"SizeWithoutShape", [](FakeCall call) { Output(call).size = 1ULL << 40; }, EK_MALFORMED, true},
        Lie{"ShapeWithoutSize", [](FakeCall call) { Output(call).shape[0] = 1 << 30; }, EK_MALFORMED, true},
        Lie{"NegativeShape", [](FakeCall call) { Output(call).shape[0] = -1; }, EK_MALFORMED, true},
        Lie{"OverflowingShape", [](FakeCall call) { Output(call).shape[0] = INT64_MAX; }, EK_MALFORMED, true},
        Lie{"HugeRank", [](FakeCall call) { Output(call).rank = 0xFFFFFFFF; }, EK_MALFORMED, true},
        Lie{"UnknownType", [](FakeCall call) { Output(call).element_type = 99; }, EK_MALFORMED, true},
        Lie{"OtherType", [](FakeCall call) { Output(call).element_type = EK_FLOAT64; }, EK_MALFORMED, false},
        Lie{"IndexOutOfRange", [](FakeCall call) { Output(call).index = 0xFFFFFFFF; }, EK_MALFORMED, true},
        Lie{"IndexOfNoOutput", [](FakeCall call) { Output(call).index = 9; }, EK_MALFORMED, false},
        Lie{"SameIndexTwice", [](FakeCall call) { Output(call).index = call.slot().answer.tensors[1].index; },
            EK_MALFORMED, true},
        Lie{"OutputMissing", [](FakeCall call) { call.slot().answer.count = 1; }, EK_MALFORMED, false},
        Lie{"NoOutputs", [](FakeCall call) { call.slot().answer.count = 0; }, EK_MALFORMED, false},
        Lie{"TooManyOutputs", [](FakeCall call) { call.slot().answer.count = 0xFFFFFFFF; }, EK_MALFORMED, true},
        Lie{"UnknownStatus", [](FakeCall call) { call.slot().answer.status = 0xDEADBEEF; }, EK_INTERNAL, false},
        Lie{"AnswersTwiceAtOnce", [](FakeCall call) { call.slot().answered += 1; }, EK_MALFORMED, true},
        Lie{"SequenceRunsBackwards", [](FakeCall call) { call.slot().answered -= 2; }, EK_MALFORMED, true}),
    [](const auto& test) { return test.param.name; });

// The control: the same cell without a lie.
TEST_F(HostileCell, ControlTheSameCellIsBelievedWhenItTellsTheTruth) {
  Open([](FakeCall call) {
    WriteAnswer(call);
    RaiseAnswer(call);
  });
  const Inputs inputs;
  ASSERT_EQ(Run(inputs), EK_OK);
  ExpectComputed(inputs);
}

struct LastWord {
  const char* name;
  std::uint32_t number;
  ek_code code;
};

class EndingCell : public OpenModelTest, public testing::WithParamInterface<LastWord> {};

// What a cell says of its end is told in place of its hang-up, if it is something.
TEST_P(EndingCell, IsToldByItsReason) {
  Open([this](FakeCall call) {
    call.ring.header().ended = GetParam().number;
    cells_->Kill();
  });
  EXPECT_EQ(Run(Inputs()), GetParam().code);
  EXPECT_EQ(Run(Inputs()), GetParam().code) << "and from then on";
}

INSTANTIATE_TEST_SUITE_P(Each, EndingCell,
                         testing::Values(LastWord{"Expired", EK_EXPIRED, EK_EXPIRED},
                                         LastWord{"Nothing", 0, EK_PEER_GONE},
                                         LastWord{"NoKnownNumber", 12345, EK_PEER_GONE}),
                         [](const auto& test) { return test.param.name; });

// Every output handed out lies inside the ring, whatever the header says meanwhile.
TEST_F(HostileCell, ScribblingNeverLeadsOutOfTheRing) {
  std::mt19937_64 random(1);  // NOLINT: the same scribbles each time
  Open([&](FakeCall call) {
    WriteAnswer(call);
    auto* bytes = reinterpret_cast<std::uint8_t*>(&call.slot().answer);
    for (int i = 0; i < 4; ++i) bytes[random() % 220] = static_cast<std::uint8_t>(random());
    if (random() % 8 == 0) call.ring.header().data_size = random();
    if (random() % 8 == 0) std::memset(&call.slot().request, 0xFF, sizeof call.slot().request);
    RaiseAnswer(call);
  });
  int succeeded = 0;
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    if (Run(Inputs()) == EK_OK) {
      ++succeeded;
      for (const ek_output& output : outputs_) {
        std::vector<std::uint8_t> copy(output.size);
        std::memcpy(copy.data(), output.data, output.size);  // under asan: inside
        ASSERT_LE(output.size, 65536U);
      }
    } else {
      ++refused;
      model_ = OpenAnother();  // a broken session stays broken
    }
  }
  EXPECT_GT(succeeded, 0);
  EXPECT_GT(refused, 0);
}

// A second thread of the cell changes the answer while it is read.
TEST_F(HostileCell, ChangingTheAnswerWhileItIsReadNeverLeadsOutOfTheRing) {
  std::atomic<bool> done = false;
  std::atomic<gate::RingSlot*> target = nullptr;
  Open([&](FakeCall call) {
    WriteAnswer(call);
    target = &call.slot();
    RaiseAnswer(call);
  });
  std::thread flipper([&] {
    for (std::uint64_t i = 0; !done; ++i) {
      gate::RingSlot* slot = target;
      if (slot == nullptr) continue;
      gate::RingTensor& tensor = slot->answer.tensors[0];
      __atomic_store_n(&tensor.size, i % 2 == 0 ? 8 : 1ULL << 40, __ATOMIC_RELAXED);
      __atomic_store_n(&tensor.offset, i % 3 == 0 ? 1ULL << 40 : 128, __ATOMIC_RELAXED);
      __atomic_store_n(&tensor.index, static_cast<std::uint32_t>(i % 5 == 0 ? 1U << 31 : 1), __ATOMIC_RELAXED);
    }
  });
  std::vector<std::uint8_t> copy(65536);
  for (int round = 0; round < 3000; ++round) {
    if (Run(Inputs()) == EK_OK) {
      for (const ek_output& output : outputs_)
        std::memcpy(copy.data(), output.data, std::min<size_t>(output.size, 65536));
    } else {
      target = nullptr;
      model_ = OpenAnother();
    }
  }
  done = true;
  flipper.join();
}

TEST_F(HostileCell, ACellThatDiesWhileACallWaitsIsNoticedAtOnce) {
  Open([this](FakeCall) { cells_->Kill(); });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Run(Inputs(), EK_TIMEOUT_NEVER), ek_code{EK_PEER_GONE});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(Run(Inputs(), EK_TIMEOUT_NEVER), ek_code{EK_PEER_GONE});
}

TEST_F(HostileCell, ACellThatDiedBetweenCallsIsNoticed) {
  Open();
  ASSERT_EQ(Run(Inputs()), EK_OK);
  cells_->Kill();
  EXPECT_EQ(Run(Inputs(), EK_TIMEOUT_NEVER), ek_code{EK_PEER_GONE});
}

TEST_F(HostileCell, AWithheldWakeUpDelaysOnly) {
  Open([](FakeCall call) {
    WriteAnswer(call);
    call.slot().answered += 1;  // and no wake-up
  });
  const Inputs inputs;
  ASSERT_EQ(Run(inputs), EK_OK);
  ExpectComputed(inputs);
}

TEST_F(HostileCell, EndlessWakeUpsWithoutAnswerDoNotStretchTheTimeOut) {
  std::atomic<bool> done = false;
  std::latch ended(1);
  Open([&](FakeCall call) {
    std::atomic<std::uint32_t> unrelated = 0;
    while (!done) {
      call.slot().application_waiting = 0;
      gate::Raise(unrelated, call.slot().application_waiting);
    }
    ended.count_down();
  });
  EXPECT_EQ(Run(Inputs(), 50), ek_code{EK_TIMED_OUT});
  done = true;
  ended.wait();
}

}  // namespace
}  // namespace edgekeep::client
