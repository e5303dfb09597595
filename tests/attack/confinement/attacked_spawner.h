// What suites of attacks share: one spawner and one outside world for all tests of a suite.
#pragma once
#include <gtest/gtest.h>

#include <utility>

#include "outside.h"
#include "unconfined_cell.h"

namespace edgekeep::attack {

// How an attack ends that does not get through.
enum class End { kRefused, kKilled };

inline constexpr End kRefused = End::kRefused;
inline constexpr End kKilled = End::kKilled;

template <typename Case>
class AttackedSpawner : public testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() {
    if (!CanRunSpawner()) return;
    spawner_ = new LentSpawner();
    outside_ = new Outside();
  }

  static void TearDownTestSuite() {
    delete std::exchange(outside_, nullptr);
    delete std::exchange(spawner_, nullptr);
  }

  void SetUp() override {
    if (spawner_ == nullptr) GTEST_SKIP() << "SKIP attacks: need root and the users edgekeep-*";
  }

  static Order OrderTo(const char* attack) { return {.attack = attack, .knowledge = outside_->knowledge()}; }

  static inline LentSpawner* spawner_ = nullptr;
  static inline Outside* outside_ = nullptr;
};

// The control: without confinement it gets through, where this kernel has such a call at all.
inline void ExpectGetsThrough(const Order& order) {
  const Outcome outcome = TryUnconfined(order);
  if (IsUnknownToThisKernel(order, outcome)) GTEST_SKIP() << "SKIP " << order.attack << ": not in this kernel";
  EXPECT_TRUE(GotThrough(outcome)) << "errno " << outcome.error << ", wait status " << outcome.wait_status;
}

}  // namespace edgekeep::attack
