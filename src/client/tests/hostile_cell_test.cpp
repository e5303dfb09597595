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
  void (*tell)(gate::RingMemory& ring);
  ek_code code;
  bool breaks;  // nothing is believed from then on
};

class LyingCell : public OpenModelTest, public testing::WithParamInterface<Lie> {};

TEST_P(LyingCell, IsNotBelieved) {
  std::atomic<int> calls = 0;
  Open([&calls](gate::RingMemory& ring) {
    ++calls;
    WriteAnswer(ring);
    GetParam().tell(ring);
    RaiseAnswer(ring);
  });
  EXPECT_EQ(Run(Inputs()), GetParam().code) << error_.where;
  EXPECT_EQ(Run(Inputs()), GetParam().code);
  EXPECT_EQ(outputs_[0].data, nullptr);
  EXPECT_EQ(calls, GetParam().breaks ? 1 : 2);
}

gate::RingTensor& Output(gate::RingMemory& ring) {
  return ring.header().answer.tensors[0];
}

INSTANTIATE_TEST_SUITE_P(
    Each, LyingCell,
    testing::Values(
        Lie{"OutputBehindTheRing", [](auto& ring) { Output(ring).offset = ring.data_size(); }, EK_MALFORMED, true},
        Lie{"OutputOffsetOverflows", [](auto& ring) { Output(ring).offset = ~63ULL; }, EK_MALFORMED, true},
        Lie{"OutputMisaligned", [](auto& ring) { Output(ring).offset += 1; }, EK_MALFORMED, true},
        Lie{"SizeWithoutShape", [](auto& ring) { Output(ring).size = 1ULL << 40; }, EK_MALFORMED, true},
        Lie{"ShapeWithoutSize", [](auto& ring) { Output(ring).shape[0] = 1 << 30; }, EK_MALFORMED, true},
        Lie{"NegativeShape", [](auto& ring) { Output(ring).shape[0] = -1; }, EK_MALFORMED, true},
        Lie{"OverflowingShape", [](auto& ring) { Output(ring).shape[0] = INT64_MAX; }, EK_MALFORMED, true},
        Lie{"HugeRank", [](auto& ring) { Output(ring).rank = 0xFFFFFFFF; }, EK_MALFORMED, true},
        Lie{"UnknownType", [](auto& ring) { Output(ring).element_type = 99; }, EK_MALFORMED, true},
        Lie{"OtherType", [](auto& ring) { Output(ring).element_type = EK_FLOAT64; }, EK_MALFORMED, false},
        Lie{"IndexOutOfRange", [](auto& ring) { Output(ring).index = 0xFFFFFFFF; }, EK_MALFORMED, true},
        Lie{"IndexOfNoOutput", [](auto& ring) { Output(ring).index = 9; }, EK_MALFORMED, false},
        Lie{"SameIndexTwice", [](auto& ring) { Output(ring).index = ring.header().answer.tensors[1].index; },
            EK_MALFORMED, true},
        Lie{"OutputMissing", [](auto& ring) { ring.header().answer.count = 1; }, EK_MALFORMED, false},
        Lie{"NoOutputs", [](auto& ring) { ring.header().answer.count = 0; }, EK_MALFORMED, false},
        Lie{"TooManyOutputs", [](auto& ring) { ring.header().answer.count = 0xFFFFFFFF; }, EK_MALFORMED, true},
        Lie{"UnknownStatus", [](auto& ring) { ring.header().answer.status = 0xDEADBEEF; }, EK_INTERNAL, false},
        Lie{"AnswersTwiceAtOnce", [](auto& ring) { ring.header().answer_sequence += 1; }, EK_MALFORMED, true},
        Lie{"SequenceRunsBackwards", [](auto& ring) { ring.header().answer_sequence -= 2; }, EK_MALFORMED, true}),
    [](const auto& test) { return test.param.name; });

// The control: the same cell without a lie.
TEST_F(HostileCell, ControlTheSameCellIsBelievedWhenItTellsTheTruth) {
  Open([](gate::RingMemory& ring) {
    WriteAnswer(ring);
    RaiseAnswer(ring);
  });
  const Inputs inputs;
  ASSERT_EQ(Run(inputs), EK_OK);
  ExpectComputed(inputs);
}

// Every output handed out lies inside the ring, whatever the header says meanwhile.
TEST_F(HostileCell, ScribblingNeverLeadsOutOfTheRing) {
  std::mt19937_64 random(1);  // NOLINT: the same scribbles each time
  Open([&](gate::RingMemory& ring) {
    WriteAnswer(ring);
    auto* bytes = reinterpret_cast<std::uint8_t*>(&ring.header().answer);
    for (int i = 0; i < 4; ++i) bytes[random() % 220] = static_cast<std::uint8_t>(random());
    if (random() % 8 == 0) ring.header().data_size = random();
    if (random() % 8 == 0) std::memset(&ring.header().request, 0xFF, sizeof ring.header().request);
    RaiseAnswer(ring);
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
  std::atomic<gate::RingMemory*> target = nullptr;
  Open([&](gate::RingMemory& ring) {
    WriteAnswer(ring);
    target = &ring;
    RaiseAnswer(ring);
  });
  std::thread flipper([&] {
    for (std::uint64_t i = 0; !done; ++i) {
      gate::RingMemory* ring = target;
      if (ring == nullptr) continue;
      gate::RingTensor& tensor = ring->header().answer.tensors[0];
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
  Open([this](gate::RingMemory&) { cells_->Kill(); });
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
  Open([](gate::RingMemory& ring) {
    WriteAnswer(ring);
    ring.header().answer_sequence += 1;  // and no wake-up
  });
  const Inputs inputs;
  ASSERT_EQ(Run(inputs), EK_OK);
  ExpectComputed(inputs);
}

TEST_F(HostileCell, EndlessWakeUpsWithoutAnswerDoNotStretchTheTimeOut) {
  std::atomic<bool> done = false;
  std::latch ended(1);
  Open([&](gate::RingMemory& ring) {
    std::atomic<std::uint32_t> unrelated = 0;
    while (!done) {
      ring.header().application_waiting = 0;
      gate::Raise(unrelated, ring.header().application_waiting);
    }
    ended.count_down();
  });
  EXPECT_EQ(Run(Inputs(), 50), ek_code{EK_TIMED_OUT});
  done = true;
  ended.wait();
}

}  // namespace
}  // namespace edgekeep::client
