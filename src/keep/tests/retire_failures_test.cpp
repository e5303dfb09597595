// Retirement where silicon, disk or time do not go along.
#include <utility>

#include "edgekeep/formats/attestation.h"
#include "fixture/retired_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::RetiredDevice;
using fixture::TestDevice;

// Silicon that does not take the mark: no certificate, and nothing else is done, until it does.
TEST_F(RetiredDevice, WithoutItsMarkHasNoCertificate) {
  TestDevice device;
  Begin(device);
  const Buffer order = OrderFor(device);
  device.anchor->retire_fails = true;
  EXPECT_EQ(Give(device, order), "io");
  EXPECT_EQ(device.disk->ContentsOf("certificate"), nullptr);
  EXPECT_EQ(Open(device), "forbidden");
  EXPECT_FALSE(device.Start());
  EXPECT_EQ(device.disk->ContentsOf("certificate"), nullptr);
  device.anchor->retire_fails = false;
  ASSERT_TRUE(device.Start());
  ExpectErased(device);
  EXPECT_EQ(Give(device, order), "retired");
}

// A failure that left nothing begun leaves the device as it was.
TEST_F(RetiredDevice, GoesOnWhereItCouldNotBegin) {
  TestDevice device;
  Begin(device);
  const Buffer order = OrderFor(device);
  device.disk->FullFrom(0);
  EXPECT_EQ(Give(device, order), "no-space");
  device.disk->Heal();
  EXPECT_EQ(Open(device), "opened");
  EXPECT_EQ(Give(device, order), "retired");
}

// Begun, on a disk that is full from then on: the certificate finds room when the rest is gone.
TEST_F(RetiredDevice, HasItsCertificateFromAFullDisk) {
  TestDevice device;
  Begin(device);
  const Buffer order = OrderFor(device);
  device.anchor->retire_fails = true;
  EXPECT_EQ(Give(device, order), "io");
  device.Stop();
  ASSERT_TRUE(device.disk->Remove("uncertified"));
  device.anchor->retire_fails = false;
  device.disk->FullFrom(0);
  ASSERT_TRUE(device.Start());
  ExpectErased(device);
  EXPECT_EQ(Give(device, order), "retired");
}

// What a certificate is made of stays while the anchor signs nothing, and goes where it never will.
TEST_F(RetiredDevice, WaitsForAnAnchorThatSignsNothingNow) {
  TestDevice device;
  Begin(device);
  const Buffer order = OrderFor(device);
  device.anchor->retirement_error = ErrorCode::kBusy;
  EXPECT_EQ(Give(device, order), "busy");
  ASSERT_TRUE(device.Start());
  ExpectErased(device, {"uncertified"});
  EXPECT_EQ(Give(device, order), "forbidden");
  device.anchor->retirement_error.reset();
  ASSERT_TRUE(device.Start());
  ExpectErased(device);
  EXPECT_EQ(Give(device, order), "retired");
  // Control.
  TestDevice other;
  Begin(other);
  other.anchor->retirement_error = ErrorCode::kForbidden;
  EXPECT_EQ(Give(other, OrderFor(other)), "forbidden");
  ASSERT_TRUE(other.Start());
  ExpectErased(other, {});
}

// What somebody with more rights left there, or a disk that takes nothing any more.
TEST_F(RetiredDevice, HasItsCertificateWhateverCannotBeErased) {
  TestDevice device;
  Begin(device);
  const Buffer order = OrderFor(device);
  ASSERT_EQ(Give(device, order), "retired");
  const Buffer certificate = certificate_;
  device.Stop();
  const auto left = device.disk->Create("left");
  ASSERT_TRUE(left);
  device.disk->Close(*left);
  device.disk->ReadOnlyFrom(0);
  ASSERT_TRUE(device.Start());
  ExpectErased(device, {"certificate", "left"});
  EXPECT_EQ(Give(device, order), "retired");
  EXPECT_EQ(certificate_, certificate);
  // Nor where none could be stored.
  device.disk->Heal();
  ASSERT_TRUE(device.disk->Rename("certificate", "left"));
  device.disk->ReadOnlyFrom(0);
  ASSERT_TRUE(device.Start());
  EXPECT_EQ(Give(device, order), "forbidden") << "control: nothing is there to sign";
}

// What was let in before, and waited while a retirement began, does and says nothing: the anchor still would.
TEST_F(RetiredDevice, ListensToNobodyWhoWaitedMeanwhile) {
  formats::Challenge challenge{.nonce = {}, .issued_at = {}, .enrols = {}};
  Buffer asked(formats::kMaxChallengeSize), body(gate::kMaxBodySize);
  CborWriter content(asked), out(body);
  ASSERT_TRUE(formats::EncodeChallenge(challenge, content) && gate::EncodeBlob(content.written(), out));
  const auto ask = [&](gate::Command command, ByteView with, bool retires) -> std::string {
    TestDevice device;
    Begin(device);
    const Buffer order = OrderFor(device);
    device.anchor->retire_fails = true;
    EXPECT_TRUE(device.Start());
    bool begun = !retires;
    device.cells.faults.while_starting = [&] {  // to learn of the engine
      if (std::exchange(begun, true)) return;
      EXPECT_EQ(Give(device, order), "io");
    };
    const auto reply = device.Ask(Door::kAdministrator, command, with);
    EXPECT_TRUE(begun);
    return reply ? "answered" : edgekeep::NameOf(reply.error().code());
  };
  EXPECT_EQ(ask(gate::Command::kAttest, out.written(), true), "forbidden");
  EXPECT_EQ(ask(gate::Command::kAttest, out.written(), false), "answered") << "control";
  EXPECT_EQ(ask(gate::Command::kStatus, {}, true), "forbidden");
  EXPECT_EQ(ask(gate::Command::kStatus, {}, false), "answered") << "control";
}

// What the disk does not show now is not gone: a start that cannot read the order is tried again.
TEST_F(RetiredDevice, WaitsForAnOrderThatCannotBeReadNow) {
  const auto begun = [this](TestDevice& device) {
    Begin(device);
    device.anchor->retire_fails = true;
    EXPECT_EQ(Give(device, OrderFor(device)), "io");
    device.anchor->retire_fails = false;
    device.Stop();
    device.ForgetLastChange();
  };
  TestDevice device;
  begun(device);
  const Buffer order = *device.disk->ContentsOf("retirement");
  ASSERT_TRUE(device.disk->Remove("retirement") && device.disk->MakeDirectory("retirement"));
  EXPECT_FALSE(device.Start()) << "io";
  EXPECT_FALSE(device.anchor->is_retired());
  ASSERT_TRUE(device.disk->RemoveDirectory("retirement"));
  ASSERT_TRUE(device.disk->Rename("uncertified", "retirement"));
  *device.disk->ContentsOf("retirement") = order;
  ASSERT_TRUE(device.Start());
  ExpectErased(device);
  // Control: one that was taken away, or is another one, is not waited for.
  for (const bool damaged : {false, true}) {
    TestDevice other;
    begun(other);
    if (damaged) {
      other.disk->ContentsOf("retirement")->back() ^= 1;
    } else {
      ASSERT_TRUE(other.disk->Remove("retirement"));
    }
    ASSERT_TRUE(other.Start());
    ExpectErased(other, {});
  }
}

}  // namespace
}  // namespace edgekeep::keep
