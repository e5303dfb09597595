// The memory an engine computes in: blocks that never overlap, zero when they come and when they have gone.
#include "edgekeep/engine/onnxruntime/tensor_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::engine {
namespace {

using testing::Input;
using testing::OutputRecorder;

constexpr std::size_t kSize = 1 << 20;

struct alignas(64) Room {
  std::uint8_t bytes[kSize] = {};
};

class TensorMemoryTest : public ::testing::Test {
 protected:
  bool IsZero(ByteView bytes) const {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
  }

  std::unique_ptr<Room> room_ = std::make_unique<Room>();
  TensorMemory memory_{room_->bytes};
};

TEST_F(TensorMemoryTest, BlocksAreAlignedAndOfTheSizeAskedFor) {
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 4095U, 100000U}) {
    const auto block = memory_.Allocate(size);
    ASSERT_TRUE(block);
    EXPECT_GE(block->size(), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block->data()) % 64, 0U);
    EXPECT_TRUE(memory_.Holds(block->data()));
  }
  EXPECT_FALSE(memory_.Holds(&memory_));
}

TEST_F(TensorMemoryTest, ExhaustionIsAnErrorAndPasses) {
  EXPECT_EQ(memory_.Allocate(kSize).error().code(), ErrorCode::kNoMemory);
  EXPECT_EQ(memory_.Allocate(~std::size_t{0}).error().code(), ErrorCode::kNoMemory);
  std::vector<void*> blocks;
  for (auto block = memory_.Allocate(1000); block; block = memory_.Allocate(1000)) blocks.push_back(block->data());
  EXPECT_GT(blocks.size(), kSize / 1100);
  EXPECT_FALSE(memory_.Allocate(1000));
  memory_.Free(blocks.back());
  EXPECT_TRUE(memory_.Allocate(1000));
}

// Whatever was given back in whatever order, all of it can be had as one again.
TEST_F(TensorMemoryTest, NeighboursAreJoined) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::vector<void*> blocks;
    for (int i = 0; i < 100; ++i) blocks.push_back(memory_.Allocate(random() % 8000)->data());
    std::shuffle(blocks.begin(), blocks.end(), random);
    for (void* const block : blocks) memory_.Free(block);
    EXPECT_EQ(memory_.in_use(), 0U);
    const auto whole = memory_.Allocate(kSize - 64);
    ASSERT_TRUE(whole);
    memory_.Free(whole->data());
  }
}

TEST_F(TensorMemoryTest, BlocksAreNobodyElses) {
  std::mt19937 random(11);
  std::vector<std::pair<MutableByteView, std::uint8_t>> held;
  for (int step = 0; step < 20000; ++step) {
    if (random() % 2 == 0) {
      const auto block = memory_.Allocate(random() % 3000);
      if (!block) continue;
      ASSERT_TRUE(IsZero(*block));
      const auto mark = static_cast<std::uint8_t>(1 + random() % 255);
      std::ranges::fill(*block, mark);
      held.emplace_back(*block, mark);
    } else if (!held.empty()) {
      std::swap(held[random() % held.size()], held.back());
      const auto [block, mark] = held.back();
      held.pop_back();
      ASSERT_TRUE(std::ranges::all_of(block, [mark = mark](std::uint8_t byte) { return byte == mark; }));
      memory_.Free(block.data());
      ASSERT_TRUE(IsZero(block.subspan(64)));
    }
  }
}

TEST_F(TensorMemoryTest, IsZeroOnceAllIsGivenBack) {
  std::vector<MutableByteView> blocks;
  for (int i = 0; i < 50; ++i) {
    blocks.push_back(*memory_.Allocate(5000));
    std::ranges::fill(blocks.back(), 0xA5);
  }
  // Control: it was there.
  EXPECT_GT(std::count(std::begin(room_->bytes), std::end(room_->bytes), 0xA5), 250000);
  for (const MutableByteView block : blocks) memory_.Free(block.data());
  EXPECT_TRUE(IsZero(ByteView(room_->bytes).subspan(64)));
  EXPECT_LE(memory_.touched().size(), 50U * 5200);
  EXPECT_GE(memory_.touched().size(), 50U * 5000);
}

TEST_F(TensorMemoryTest, ServesSeveralThreads) {
  std::vector<std::thread> threads;
  for (std::uint8_t mark = 1; mark <= 4; ++mark) {
    threads.emplace_back([this, mark] {
      for (std::size_t i = 0; i < 3000; ++i) {
        const auto block = memory_.Allocate(100 + i % 1000);
        if (!block) continue;
        std::ranges::fill(*block, mark);
        EXPECT_EQ(std::ranges::count(*block, mark), static_cast<std::ptrdiff_t>(block->size()));
        memory_.Free(block->data());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(memory_.in_use(), 0U);
}

TEST_F(TensorMemoryTest, GivingBackTwiceOrSomethingElseAborts) {
  void* const block = memory_.Allocate(100)->data();
  void* const other = memory_.Allocate(100)->data();
  memory_.Free(block);
  EXPECT_DEATH(memory_.Free(block), "");
  EXPECT_DEATH(memory_.Free(static_cast<std::uint8_t*>(other) + 1), "");
  EXPECT_DEATH(memory_.Free(room_->bytes), "");
  int elsewhere = 0;
  EXPECT_DEATH(memory_.Free(&elsewhere), "");
}

// The engine computes in it, and leaves nothing: what it computed with is found before, and is zero after.
TEST_F(TensorMemoryTest, HoldsWhatAnEngineComputesWith) {
  const auto engine = LoadOnnxRuntime({.library_path = EK_ONNXRUNTIME_LIBRARY, .tensor_memory = &memory_});
  ASSERT_TRUE(engine);
  auto session = (*engine)->LoadCanonical(AsBytes(testing::OnnxRuntime::model()), {}, {});
  ASSERT_TRUE(session);
  const std::vector<float> x(20000, 3.0F);
  const InputTensor input = Input(0, 1, {20000}, x);

  class Looking final : public OutputSink {
   public:
    explicit Looking(const TensorMemory& memory) : memory_(memory) {}

    Status Accept(std::size_t, ElementType, std::span<const std::int64_t>, ByteView bytes) override {
      inside = memory_.Holds(bytes.data());
      return {};
    }

    bool inside = false;

   private:
    const TensorMemory& memory_;
  } looking(memory_);

  ASSERT_TRUE((*session)->Run({&input, 1}, looking));
  EXPECT_TRUE(looking.inside);
  session->reset();
  EXPECT_EQ(memory_.in_use(), 0U);
  EXPECT_TRUE(IsZero(ByteView(room_->bytes).subspan(64)));
}

TEST_F(TensorMemoryTest, WhatFindsNoRoomComesFromTheHeap) {
  const auto engine = LoadOnnxRuntime({.library_path = EK_ONNXRUNTIME_LIBRARY, .tensor_memory = &memory_});
  ASSERT_TRUE(engine);
  auto session = (*engine)->LoadCanonical(AsBytes(testing::OnnxRuntime::model()), {}, {});
  ASSERT_TRUE(session);
  const std::vector<float> x(kSize, 1.0F);
  const InputTensor input = Input(0, 1, {static_cast<std::int64_t>(kSize)}, x);
  OutputRecorder recorder;
  ASSERT_TRUE((*session)->Run({&input, 1}, recorder));
  EXPECT_EQ(recorder.outputs.at(0).floats().back(), 3.0F);
}

}  // namespace
}  // namespace edgekeep::engine
