#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <thread>
#include <vector>

#include "child.h"
#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/posix/ring_memory.h"

namespace edgekeep::gate {
namespace {

constexpr int kLongMs = 60'000;

class RingWait : public testing::Test {
 protected:
  RingHeader& header() { return ring_.header(); }

  Status WaitForRequest(std::uint32_t old, int timeout_ms, int ended_socket = -1, std::uint32_t spin_us = 0) {
    WaitMemory spin(spin_us);
    return WaitForChange(header().bell, old, header().cell_waiting, spin, timeout_ms, ended_socket);
  }

  RingSlot& slot() { return header().slots[0]; }

  void Request() { Raise(header().bell, header().cell_waiting); }

  RingMemory ring_ = RingMemory::Create(4096).value();
};

TEST_F(RingWait, ReturnsAtOnceWhenTheWordHasChanged) {
  Request();
  EXPECT_TRUE(WaitForRequest(0, 0));
  EXPECT_EQ(header().cell_waiting, 0U);
}

TEST_F(RingWait, TimesOut) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(WaitForRequest(0, 150).error().code(), ErrorCode::kTimedOut);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(150));
  EXPECT_EQ(WaitForRequest(0, 0).error().code(), ErrorCode::kTimedOut);
  EXPECT_EQ(WaitForRequest(0, 1, -1, 50).error().code(), ErrorCode::kTimedOut);
}

TEST_F(RingWait, WakesWhoSleeps) {
  Child raising([this] {
    while (header().cell_waiting == 0) std::this_thread::yield();
    Request();
    return 0;
  });
  EXPECT_TRUE(WaitForRequest(0, kLongMs));
  EXPECT_EQ(raising.Wait(), 0);
}

TEST_F(RingWait, NoticesThatThePeerIsGone) {
  auto pair = Channel::Pair();
  Channel ours = std::move(pair->first);
  Child peer([&] {
    while (header().cell_waiting == 0) std::this_thread::yield();
    return 0;
  });
  pair->second = Channel();
  EXPECT_EQ(WaitForRequest(0, kLongMs, ours.fd()).error().code(), ErrorCode::kPeerGone);
  EXPECT_EQ(peer.Wait(), 0);
}

TEST_F(RingWait, APeersWordsAreNotItsEnd) {
  auto pair = Channel::Pair();
  ASSERT_TRUE(pair->second.Send(Command::kStatus, 1, {}));
  EXPECT_EQ(WaitForRequest(0, 20, pair->first.fd()).error().code(), ErrorCode::kTimedOut);
}

TEST_F(RingWait, AnAnswerGivenBeforeTheEndCounts) {
  auto pair = Channel::Pair();
  Request();
  pair->second = Channel();
  EXPECT_TRUE(WaitForRequest(0, kLongMs, pair->first.fd()));
}

// The other side wipes the flag that asks for a wake-up: the sleeper looks up by itself.
TEST_F(RingWait, SurvivesAPeerThatNeverWakes) {
  Child hostile([this] {
    while (header().cell_waiting == 0) std::this_thread::yield();
    header().cell_waiting = 0;
    header().bell = 1;
    return 0;
  });
  EXPECT_TRUE(WaitForRequest(0, kLongMs));
  EXPECT_EQ(hostile.Wait(), 0);
}

TEST_F(RingWait, LosesNoCallOfMany) {
  constexpr std::uint32_t kCalls = 20'000;
  Child cell([this] {
    for (std::uint32_t call = 0; call < kCalls; ++call) {
      if (!WaitForRequest(call, kLongMs, -1, call % 3 == 0 ? 5 : 0)) return 1;
      Set(slot().answered, call + 1, slot().application_waiting);
    }
    return 0;
  });
  for (std::uint32_t call = 0; call < kCalls; ++call) {
    Request();
    WaitMemory spin(call % 2 == 0 ? 5 : 0);
    ASSERT_TRUE(WaitForChange(slot().answered, call, slot().application_waiting, spin, kLongMs, -1));
  }
  EXPECT_EQ(cell.Wait(), 0);
}

// Calls of a model take alike; then one does not.
TEST_F(RingWait, WhoSleepsForAKnownTimeLosesNoCall) {
  constexpr std::uint32_t kCalls = 60;
  const auto microseconds_of = [](std::uint32_t call) { return call == 40 ? 150'000 : call % 20 == 10 ? 10 : 1000; };
  Child cell([&] {
    for (std::uint32_t call = 0; call < kCalls; ++call) {
      if (!WaitForRequest(call, kLongMs)) return 1;
      std::this_thread::sleep_for(std::chrono::microseconds(microseconds_of(call)));
      Set(slot().answered, call + 1, slot().application_waiting);
    }
    return 0;
  });
  WaitMemory memory(50);
  for (std::uint32_t call = 0; call < kCalls; ++call) {
    Request();
    ASSERT_TRUE(WaitForChange(slot().answered, call, slot().application_waiting, memory, kLongMs, -1));
    EXPECT_EQ(slot().answered, call + 1);
  }
  EXPECT_EQ(cell.Wait(), 0);
}

TEST(WaitMemoryTest, KnowsWhenTheNextOneIsDueWhereTheyTakeAlike) {
  WaitMemory memory(50);
  EXPECT_EQ(memory.SleepMicroseconds(), 0U) << "nothing is known";
  memory.Note(1000);
  EXPECT_EQ(memory.SleepMicroseconds(), 0U) << "one is none";
  memory.Note(1040);
  const std::uint32_t sleep = memory.SleepMicroseconds();
  EXPECT_GT(sleep, 800U);
  EXPECT_LT(sleep, 1000U);
  memory.Note(1200);
  EXPECT_EQ(memory.SleepMicroseconds(), 0U) << "not alike";
  for (const std::uint64_t length : {0U, 100U, 30'000U}) {
    memory.Note(length);
    memory.Note(length);
    EXPECT_EQ(memory.SleepMicroseconds(), 0U) << length;
  }
}

TEST(SpinMemoryTest, SpinsAgainAndAgainWhileItPays) {
  SpinMemory spin(20);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(spin.NextMicroseconds(), 20U);
    spin.Note(false);
  }
}

TEST(SpinMemoryTest, WhatIsInVainIsTriedEverLessOften) {
  SpinMemory spin(20);
  int spins = 0;
  for (int wait = 0; wait < 1000; ++wait) {
    if (spin.NextMicroseconds() == 0) continue;
    ++spins;
    spin.Note(true);
  }
  EXPECT_LT(spins, 40);
  EXPECT_GT(spins, 20);
}

TEST(SpinMemoryTest, OneThatPaysIsFollowedByOthersAtOnce) {
  SpinMemory spin(20);
  for (int i = 0; i < 3; ++i) {
    while (spin.NextMicroseconds() == 0) {
    }
    spin.Note(true);
  }
  while (spin.NextMicroseconds() == 0) {
  }
  spin.Note(false);
  EXPECT_EQ(spin.NextMicroseconds(), 20U);
}

// Sleeping on the bells of several rings, and on one that is no ring's.
class WaitForAnyTest : public testing::Test {
 protected:
  static constexpr std::size_t kRings = 5;

  WaitForAnyTest() {
    for (std::size_t i = 0; i < kRings; ++i) rings_.push_back(RingMemory::Create(4096).value());
  }

  std::vector<Bell> Bells() {
    std::vector<Bell> bells{{&own_, own_.load(), &own_waiting_}};
    for (RingMemory& ring : rings_) {
      bells.push_back({&ring.header().bell, ring.header().bell.load(), &ring.header().cell_waiting});
    }
    return bells;
  }

  bool AnyWaiting() { return rings_.back().header().cell_waiting != 0; }

  // Waits as often as it takes; false after many times what a wake-up takes.
  static bool WaitsForIt(const std::vector<Bell>& bells) {
    SpinMemory spin(0);
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kLongMs);
    while (std::chrono::steady_clock::now() < end) {
      WaitForAny(bells, spin, kLongMs);
      for (const Bell& bell : bells) {
        if (*bell.word != bell.old) return true;
      }
    }
    return false;
  }

  int EachRingWakes() {
    for (RingMemory& ring : rings_) {
      const std::vector<Bell> bells = Bells();
      Child raising([&] {
        while (!AnyWaiting()) std::this_thread::yield();
        Raise(ring.header().bell, ring.header().cell_waiting);
        return 0;
      });
      if (!WaitsForIt(bells) || raising.Wait() != 0 || AnyWaiting()) return 1;
    }
    return 0;
  }

  std::vector<RingMemory> rings_;
  std::atomic<std::uint32_t> own_ = 0;
  std::atomic<std::uint32_t> own_waiting_ = 0;
};

TEST_F(WaitForAnyTest, EachOtherProcessWakes) {
  EXPECT_EQ(EachRingWakes(), 0);
}

TEST_F(WaitForAnyTest, AnotherThreadOfTheSameProcessWakes) {
  const std::vector<Bell> bells = Bells();
  std::thread raising([&] {
    while (own_waiting_ == 0) std::this_thread::yield();
    Raise(own_, own_waiting_);
  });
  EXPECT_TRUE(WaitsForIt(bells));
  raising.join();
}

TEST_F(WaitForAnyTest, ReturnsAtOnceWhenOneHasChanged) {
  const std::vector<Bell> bells = Bells();
  Raise(rings_[3].header().bell, rings_[3].header().cell_waiting);
  SpinMemory spin(0);
  WaitForAny(bells, spin, kLongMs);
  EXPECT_FALSE(AnyWaiting());
}

TEST_F(WaitForAnyTest, ReturnsInTimeThoughNoneChanges) {
  SpinMemory spin(20);
  WaitForAny(Bells(), spin, 20);
  EXPECT_FALSE(AnyWaiting());
}

// As on kernels before 5.16.
int RefuseFutexWaitv() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 449, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{.len = 4, .filter = program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) : -1;
}

TEST_F(WaitForAnyTest, OldKernelsSleepOnOneAndLookAtTheOthers) {
  Child old([this] { return RefuseFutexWaitv() == 0 ? EachRingWakes() : 9; });
  EXPECT_EQ(old.Wait(), 0);
}

}  // namespace
}  // namespace edgekeep::gate
