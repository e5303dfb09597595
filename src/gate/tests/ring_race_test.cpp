// The other side rewrites the call while it is being taken.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "edgekeep/gate/ring.h"

namespace edgekeep::gate {
namespace {

constexpr std::uint64_t kRacedSize = 4096;
// At least so many, and on until both a good and a bad call were met: the other thread may be asleep for a while.
constexpr int kTakes = 200'000;
constexpr int kMostTakes = 2'000'000'000;

void Store(std::uint64_t value, std::uint64_t& field) {
  __atomic_store_n(&field, value, __ATOMIC_RELAXED);
}

void Store(std::uint32_t value, std::uint32_t& field) {
  __atomic_store_n(&field, value, __ATOMIC_RELAXED);
}

void Store(std::int64_t value, std::int64_t& field) {
  __atomic_store_n(&field, value, __ATOMIC_RELAXED);
}

// Flips every checked field between a good and a bad value until told to stop.
void Scribble(RingCall& call, const std::atomic<bool>& stop) {
  RingTensor& tensor = call.tensors[0];
  for (std::uint32_t turn = 0; !stop.load(std::memory_order_relaxed); ++turn) {
    const bool good = turn % 2 == 0;
    Store(good ? std::uint64_t{64} : std::uint64_t{1} << 40, tensor.offset);
    Store(good ? std::uint64_t{64} : std::uint64_t{64} << 20, tensor.size);
    Store(good ? std::int64_t{16} : std::int64_t{16} << 20, tensor.shape[0]);
    Store(good ? 1U : 200U, tensor.rank);
    Store(good ? 1U : 0xffffffffU, call.count);
  }
}

TEST(RingRace, WhatIsTakenIsInsideHoweverTheOtherSideWrites) {
  const auto call = std::make_unique<RingCall>();
  call->tensors[0] = {.index = 0, .element_type = 1, .rank = 1, .reserved = 0, .shape = {16}, .offset = 64, .size = 64};
  call->count = 1;
  std::atomic<bool> stop = false;
  std::thread hostile([&] { Scribble(*call, stop); });
  int taken = 0;
  int refused = 0;
  int outside = 0;
  for (int i = 0; i < kTakes || ((taken == 0 || refused == 0) && i < kMostTakes); ++i) {
    const auto places = TakeCall(*call, kRacedSize);
    if (!places || places->empty()) {
      ++refused;
      continue;
    }
    ++taken;
    const TensorPlace& place = (*places)[0];
    const std::uint64_t bytes = TensorBytes(place.type, place.shape.view()).value_or(~std::uint64_t{0});
    if (place.offset > kRacedSize || bytes != place.size || place.size > kRacedSize - place.offset) ++outside;
  }
  stop = true;
  hostile.join();
  EXPECT_EQ(outside, 0);
  EXPECT_GT(std::min(taken, refused), 0) << "the race was never on";
}

// The control: reading the shared fields a second time after checking them does let bad values through.
TEST(RingRace, ControlReadingTwiceIsFooled) {
  const auto call = std::make_unique<RingCall>();
  std::atomic<bool> stop = false;
  std::thread hostile([&] { Scribble(*call, stop); });
  const auto offset = [&] { return __atomic_load_n(&call->tensors[0].offset, __ATOMIC_RELAXED); };
  int fooled = 0;
  for (std::uint64_t i = 0; i < 200'000'000 && fooled == 0; ++i) {
    if (offset() <= kRacedSize && offset() > kRacedSize) ++fooled;
  }
  stop = true;
  hostile.join();
  EXPECT_GT(fooled, 0);
}

}  // namespace
}  // namespace edgekeep::gate
