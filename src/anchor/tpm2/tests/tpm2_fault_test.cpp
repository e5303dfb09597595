// A TPM that goes away, at each command.
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

#include "anchored_device.h"
#include "tpm_wire.h"

namespace edgekeep::anchor {
namespace {

// Every step with EDGEKEEP_LONG, else some, an odd number apart so that both kinds are among them: each costs two
// starts of a chip.
int Stride(int otherwise) {
  const char* const is_long = std::getenv("EDGEKEEP_LONG");
  return is_long != nullptr && *is_long != '\0' ? 1 : otherwise;
}

// Cuts the power of the device's chip, and the wire with it: at step 2n before command n, at step 2n+1 after the chip
// did what it says and before its answer is there, so that nothing of it is on the disk.
class CutWire {
 public:
  CutWire(AnchoredDevice& device, int step)
      : wire_(
            device.Connect(), [&device, step](int command) { return Passes(device, 2 * command != step); },
            [&device, step](int command) { return Passes(device, 2 * command + 1 != step); }) {}

  int end() const { return wire_.anchor_end(); }

 private:
  static bool Passes(AnchoredDevice& device, bool passes) {
    if (!passes) device.tpm.PowerOff();
    return passes;
  }

  TpmWire wire_;
};

TEST(Tpm2Fault, MakingAnAnchorGoesOnAfterACutAnywhere) {
  int cuts = 0;
  for (int step = 0;; step += Stride(15)) {
    SCOPED_TRACE(step);
    AnchoredDevice device;
    {
      CutWire wire(device, step);
      const auto anchor = Tpm2Anchor::OpenOrMake(TestProvider(), device.store, wire.end(), device.settings);
      if (anchor) break;
      EXPECT_EQ(anchor.error().code(), ErrorCode::kIo);
    }
    ++cuts;
    device.tpm.PowerOn();
    const auto vault = KeyBytes(*device.Open());
    EXPECT_EQ(KeyBytes(*device.Open()), vault);
  }
  EXPECT_GT(cuts, 3);
}

TEST(Tpm2Fault, RaisingTheEpochGoesOnAfterACutAnywhere) {
  AnchoredDevice device;
  const auto vault = KeyBytes(*device.Open());
  std::uint64_t epoch = 0;
  int cuts = 0;
  for (int step = 36;; step += Stride(25)) {
    SCOPED_TRACE(step);
    {
      CutWire wire(device, step);
      const auto anchor = Tpm2Anchor::OpenOrMake(TestProvider(), device.store, wire.end(), device.settings);
      if (anchor && (*anchor)->RaiseEpoch()) break;
    }
    ++cuts;
    device.tpm.PowerOn();
    const auto anchor = device.Open();
    EXPECT_EQ(KeyBytes(*anchor), vault);
    const std::uint64_t next = anchor->RaiseEpoch().value();
    EXPECT_GT(next, epoch);
    epoch = next;
    EXPECT_EQ(KeyBytes(*anchor), vault);
  }
  EXPECT_GT(cuts, 1);
}

TEST(Tpm2Fault, ErasingGoesOnAfterACutAnywhere) {
  int cuts = 0;
  for (int step = 36;; step += Stride(45)) {
    SCOPED_TRACE(step);
    AnchoredDevice device;
    const auto before = KeyBytes(*device.Open());
    {
      CutWire wire(device, step);
      const auto anchor = Tpm2Anchor::OpenOrMake(TestProvider(), device.store, wire.end(), device.settings);
      if (anchor && (*anchor)->EraseVault()) break;
    }
    ++cuts;
    device.tpm.PowerOn();
    const auto anchor = device.Open();
    anchor->EraseVault().value();
    EXPECT_NE(KeyBytes(*anchor), before);
  }
  EXPECT_GT(cuts, 1);
}

TEST(Tpm2Fault, RetiringIsFinishedByTheNextStartAfterACutAnywhere) {
  std::atomic<int> last = 0;
  int opened = 0;
  {
    AnchoredDevice whole;
    whole.Open();
    TpmWire wire(whole.Connect(), [&last](int command) {
      last = command;
      return true;
    });
    const auto anchor = Tpm2Anchor::OpenOrMake(TestProvider(), whole.store, wire.anchor_end(), whole.settings).value();
    opened = last;
  }
  int finished = 0, not_begun = 0;
  for (int step = 2 * opened + 2;; ++step) {
    ASSERT_LT(step, 2 * opened + 120);
    SCOPED_TRACE(step);
    AnchoredDevice device;
    const auto before = KeyBytes(*device.Open());
    {
      CutWire wire(device, step);
      const auto anchor = Tpm2Anchor::OpenOrMake(TestProvider(), device.store, wire.end(), device.settings);
      ASSERT_TRUE(anchor);
      if ((*anchor)->Retire()) break;
    }
    device.tpm.PowerOn();
    const auto anchor = device.Open();
    if (anchor->is_retired()) {
      ++finished;
      EXPECT_EQ(CodeOf(anchor->VaultKey()), ErrorCode::kForbidden);
      EXPECT_TRUE(anchor->SignRetirement(AsBytes("message")));
    } else {
      ++not_begun;
      EXPECT_EQ(CodeOf(anchor->SignRetirement(AsBytes("message"))), ErrorCode::kBadState);
      EXPECT_EQ(KeyBytes(*anchor), before) << "it goes on";
    }
  }
  EXPECT_GT(not_begun, 0);
  EXPECT_GT(finished, 0);
}

TEST(Tpm2Fault, FrozenTpmIsGivenUpInBoundedTime) {
  AnchoredDevice device;
  device.settings.answer_limit = std::chrono::milliseconds(1000);
  device.settings.lost_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const auto anchor = device.Open();
  std::uint64_t lost = 0;
  EXPECT_LT(read(device.settings.lost_fd, &lost, sizeof lost), 0) << "control: not yet";
  device.tpm.Freeze();
  EXPECT_EQ(CodeOf(anchor->SignWithIdentity(AsBytes("message"))), ErrorCode::kTimedOut);
  EXPECT_EQ(CodeOf(anchor->counter().Increment()), ErrorCode::kTimedOut)
      << "at once: the next answer would be the last's";
  EXPECT_EQ(read(device.settings.lost_fd, &lost, sizeof lost), static_cast<ssize_t>(sizeof lost));
  close(device.settings.lost_fd);
}

TEST(Tpm2Fault, TpmThatGoesIsAnError) {
  AnchoredDevice device;
  const auto anchor = device.Open();
  device.tpm.PowerOff();
  EXPECT_EQ(CodeOf(anchor->SignWithIdentity(AsBytes("message"))), ErrorCode::kIo);
  EXPECT_EQ(CodeOf(anchor->VaultKey()), ErrorCode::kIo);
  EXPECT_EQ(CodeOf(anchor->ReadClock()), ErrorCode::kIo);
  device.tpm.PowerOn();
  EXPECT_EQ(CodeOf(anchor->VaultKey()), ErrorCode::kIo) << "not the same life of the chip";
}

TEST(Tpm2Fault, AnswersThatAreNoneAreErrors) {
  AnchoredDevice device;
  for (const char* answer : {"", "HTTP/1.1 400 Bad", "\x80\x01\xff\xff\xff\xff\x00\x00\x00\x00", "\x80\x01"}) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ASSERT_GE(write(ends[1], answer, std::strlen(answer)), 0);
    shutdown(ends[1], SHUT_WR);
    const auto refused = Tpm2Anchor::OpenOrMake(TestProvider(), device.store, ends[0], device.settings);
    EXPECT_EQ(CodeOf(refused), ErrorCode::kIo);
    close(ends[1]);
  }
}

}  // namespace
}  // namespace edgekeep::anchor
