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

// Every step with EDGEKEEP_LONG, else some: each costs two starts of a chip.
int Stride(int otherwise) {
  const char* const is_long = std::getenv("EDGEKEEP_LONG");
  return is_long != nullptr && *is_long != '\0' ? 1 : otherwise;
}

// Cuts the power of the device's chip before command `number`, and the wire with it.
class CutWire {
 public:
  CutWire(AnchoredDevice& device, int number)
      : wire_(device.Connect(), [&device, number](int command) {
          if (command != number) return true;
          device.tpm.PowerOff();
          return false;
        }) {}

  int end() const { return wire_.anchor_end(); }

 private:
  TpmWire wire_;
};

TEST(Tpm2Fault, MakingAnAnchorGoesOnAfterACutAnywhere) {
  int cuts = 0;
  for (int number = 0;; number += Stride(8)) {
    SCOPED_TRACE(number);
    AnchoredDevice device;
    {
      CutWire wire(device, number);
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
  for (int number = 18;; number += Stride(13)) {
    SCOPED_TRACE(number);
    {
      CutWire wire(device, number);
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
  for (int number = 18;; number += Stride(23)) {
    SCOPED_TRACE(number);
    AnchoredDevice device;
    const auto before = KeyBytes(*device.Open());
    {
      CutWire wire(device, number);
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
  for (int number = opened + 1;; ++number) {
    ASSERT_LT(number, opened + 60);
    SCOPED_TRACE(number);
    AnchoredDevice device;
    const auto before = KeyBytes(*device.Open());
    {
      CutWire wire(device, number);
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
