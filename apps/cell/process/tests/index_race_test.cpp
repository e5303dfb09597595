// Another process changes indices in the ring while the cell computes. Inputs are copied first, so whatever an engine
// checks is what it uses; with the copying forced off, as a control, the race is there to see.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "cell_under_test.h"
#include "installed_model.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;

// An index, and the two values that it is changed between.
struct Flipped {
  std::int64_t* where;
  std::int64_t one;
  std::int64_t other;
};

// A process that shares the ring's memory and does nothing else, until it is ended.
class FlippingProcess {
 public:
  explicit FlippingProcess(const Flipped& flipped) : pid_(fork()) {
    EK_CHECK(pid_ >= 0);
    if (pid_ != 0) return;
    volatile std::int64_t* const index = flipped.where;
    for (;;) {
      *index = flipped.one;
      *index = flipped.other;
    }
  }

  FlippingProcess(const FlippingProcess&) = delete;
  FlippingProcess& operator=(const FlippingProcess&) = delete;

  ~FlippingProcess() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

// What calls came to while the other process was at it.
struct AnswerCounts {
  int as_one = 0;      // answers by the first value
  int as_other = 0;    // answers by the second, or its refusal
  int impossible = 0;  // answers that neither explains

  bool the_race_was_on() const { return as_one > 0 && as_other > 0; }
};

enum class Copying : std::uint8_t { kAsItIs, kForcedOff };

constexpr int kCalls = 400;
constexpr int kMostCalls = 200'000;

class IndexRace : public ::testing::Test {
 protected:
  void Serve(const char* model, Copying copying, std::uint32_t all_inputs) {
    installed_ = std::make_unique<InstalledModel>(TestModel(model));
    CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
    ASSERT_TRUE(installer.Hello());
    ASSERT_TRUE(installed_->Install(installer));
    // The policy asks for inputs in place either way: without the proof it changes nothing.
    installed_->AskForInPlace();
    if (copying == Copying::kForcedOff) installed_->ForgeInPlaceInputs(all_inputs);
    ASSERT_TRUE(cell_.Hello());
    ASSERT_TRUE(installed_->Serve(cell_, true));
  }

  // Where an input of `count` int64 lies in the ring, at `offset`.
  std::int64_t* Indices(std::uint32_t input, std::uint64_t offset, std::int64_t count) {
    gate::TensorPlace place{.index = input, .type = gate::ElementType::kInt64, .offset = offset};
    EXPECT_TRUE(place.shape.PushBack(count));
    place.size = static_cast<std::uint64_t>(count) * sizeof(std::int64_t);
    EXPECT_TRUE(inputs_.PushBack(place));
    return reinterpret_cast<std::int64_t*>(installed_->session().ring().data().data() + offset);
  }

  Result<gate::TensorPlaces> Call() { return installed_->session().CallWith(inputs_); }

  // The words of an output, copied out of the ring.
  template <typename T>
  std::vector<T> Taken(const gate::TensorPlace& place) {
    std::vector<T> values(place.size / sizeof(T));
    if (!values.empty())
      std::memcpy(values.data(), installed_->session().ring().data().data() + place.offset, place.size);
    return values;
  }

  // Calls until `enough` is met, with another process at the index all the while.
  template <typename Judge, typename Enough>
  AnswerCounts Race(const Flipped& flipped, Judge judge, Enough enough) {
    const FlippingProcess flipping(flipped);
    AnswerCounts counts;
    for (int i = 0; i < kMostCalls && !enough(i, counts); ++i) judge(counts);
    return counts;
  }

  std::unique_ptr<InstalledModel> installed_;
  gate::TensorPlaces inputs_;
  CellUnderTest cell_;
};

// As many calls as it takes to have met both values, and no fewer than kCalls.
bool SeenEnough(int calls, const AnswerCounts& counts) {
  return calls >= kCalls && counts.the_race_was_on();
}

bool SeenTheRace(int, const AnswerCounts& counts) {
  return counts.impossible > 0;
}

class GatherRace : public IndexRace {
 protected:
  // Rows 0 … 1023 of 16 numbers, each 1000000 + its place; the last of many indices is now 3, now a row behind the
  // last. They differ in one byte: half of a change is one of the two.
  static constexpr std::int64_t kCount = 50'000;
  static constexpr std::int64_t kGood = 3;
  static constexpr std::int64_t kOutside = 1027;

  AnswerCounts Gather(Copying copying, bool (*enough)(int, const AnswerCounts&)) {
    Serve("race_gather", copying, 1);
    std::int64_t* const indices = Indices(0, 0, kCount);
    std::fill(indices, indices + kCount, kGood);
    return Race({indices + kCount - 1, kGood, kOutside}, [this](AnswerCounts& counts) { JudgeOne(counts); }, enough);
  }

 private:
  void JudgeOne(AnswerCounts& counts) {
    const auto outputs = Call();
    if (!outputs) {
      ++counts.as_other;
      return;
    }
    const std::vector<float> rows = Taken<float>((*outputs)[0]);
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(kCount) * 16);
    const float expected = 1000000 + static_cast<float>(kGood * 16);
    ++(rows[rows.size() - 16] == expected ? counts.as_one : counts.impossible);
  }
};

TEST_F(GatherRace, NeverReadsOutsideTheTensor) {
  const AnswerCounts counts = Gather(Copying::kAsItIs, SeenEnough);
  EXPECT_EQ(counts.impossible, 0);
  EXPECT_TRUE(counts.the_race_was_on()) << counts.as_one << " " << counts.as_other;
}

TEST_F(GatherRace, ControlWithoutCopyingItDoes) {
  const AnswerCounts counts = Gather(Copying::kForcedOff, SeenTheRace);
  EXPECT_GT(counts.impossible, 0) << "not once in " << kMostCalls << " calls";
}

class SliceRace : public IndexRace {
 protected:
  // Of numbers that are their own places, those from `starts` on, and `starts` once more.
  static constexpr std::int64_t kOne = 0;
  static constexpr std::int64_t kOther = 0x7500;

  AnswerCounts Slice(Copying copying, bool (*enough)(int, const AnswerCounts&)) {
    Serve("race_slice", copying, 3);
    std::int64_t* const starts = Indices(0, 0, 1);
    *Indices(1, 64, 1) = 65536;
    *starts = kOne;
    return Race({starts, kOne, kOther}, [this](AnswerCounts& counts) { JudgeOne(counts); }, enough);
  }

 private:
  void JudgeOne(AnswerCounts& counts) {
    const auto outputs = Call();
    ASSERT_TRUE(outputs) << outputs.error().where();
    const std::vector<float> sliced = Taken<float>((*outputs)[0]);
    const std::vector<std::int64_t> starts = Taken<std::int64_t>((*outputs)[1]);
    ASSERT_FALSE(sliced.empty() || starts.empty());
    const bool agree = sliced[0] == static_cast<float>(starts[0]);
    ++(!agree ? counts.impossible : starts[0] == kOne ? counts.as_one : counts.as_other);
  }
};

TEST_F(SliceRace, BothReadersOfAnIndexSeeTheSame) {
  const AnswerCounts counts = Slice(Copying::kAsItIs, SeenEnough);
  EXPECT_EQ(counts.impossible, 0);
  EXPECT_TRUE(counts.the_race_was_on()) << counts.as_one << " " << counts.as_other;
}

TEST_F(SliceRace, ControlWithoutCopyingTheyDiffer) {
  const AnswerCounts counts = Slice(Copying::kForcedOff, SeenTheRace);
  EXPECT_GT(counts.impossible, 0) << "not once in " << kMostCalls << " calls";
}

}  // namespace
}  // namespace edgekeep::cell
