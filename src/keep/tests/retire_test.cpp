// Retirement: by a quorum, for good, and finished wherever it is cut.
#include <array>
#include <cstdlib>
#include <utility>

#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/sign1.h"
#include "edgekeep/release/retirement.h"
#include "fixture/retired_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::RetiredDevice;
using fixture::Survival;
using fixture::TestDevice;
using fixture::TestProvider;

TEST_F(RetiredDevice, NeedsItsQuorum) {
  TestDevice device;
  Begin(device);
  EXPECT_EQ(Give(device, OrderFor(device, {&world_.alice})), "bad-signature");
  EXPECT_EQ(Give(device, OrderFor(device, {&world_.nora, &world_.mallory})), "untrusted");
  EXPECT_EQ(Open(device), "opened");
  EXPECT_EQ(Give(device, OrderFor(device)), "retired") << "control";
}

TEST_F(RetiredDevice, IsOverForGoodAndSaysSo) {
  TestDevice device;
  Begin(device);
  ASSERT_EQ(Open(device), "opened");
  const DeviceId id = device.Status()->device;
  const Buffer order = OrderFor(device);
  EXPECT_EQ(Give(device, order), "retired");
  const auto retirement = release::VerifyRetirement(TestProvider(), certificate_).value();
  EXPECT_EQ(retirement.device(), id);
  EXPECT_TRUE(Equal(retirement.order_object(), order));
  EXPECT_FALSE(retirement.evidence().empty());
  EXPECT_GT(device.cells.num_killed, 0) << "what was open ended";
  EXPECT_EQ(Open(device), "forbidden");
  EXPECT_EQ(Give(device, order), "forbidden") << "until its keep is another one";
  device.PowerCycle(Survival::kNothing);
  ASSERT_TRUE(device.Start());
  ExpectErased(device);
  const Buffer first = certificate_;
  EXPECT_EQ(Give(device, order), "retired") << "whose answer was lost asks again";
  EXPECT_EQ(certificate_, first);
  EXPECT_EQ(Give(device, Buffer(100)), "forbidden");
  EK_EXPECT_ERROR(world_.Initialise(device, publisher_.Bundle()), ErrorCode::kForbidden);
}

// Whoever has the device took an image of its disk before.
TEST_F(RetiredDevice, ComesNotBackByItsDisk) {
  TestDevice device;
  Begin(device);
  const auto image = device.disk->Clone();
  const SecretArray<32> vault = device.anchor->VaultKey().value();
  const std::uint64_t count = device.counter.value;
  ASSERT_EQ(Give(device, OrderFor(device)), "retired");
  PutBack(device, *image);
  ExpectErased(device, {});
  // With another device's silicon neither.
  TestDevice other(image->Clone(), std::make_shared<fixture::MemoryAnchor>(), count);
  ASSERT_TRUE(other.Start());
  EXPECT_EQ(Open(other), "denied");
  // Control: with silicon that was put back as well it does (THREAT_MODEL T5).
  device.anchor->ComeBack(vault);
  device.counter.value = count;
  PutBack(device, *image);
  EXPECT_EQ(Open(device), "opened");
}

// What others put below the store, many, and in directories, goes as well.
TEST_F(RetiredDevice, LeavesNothingOfAnybodys) {
  TestDevice device;
  Begin(device);
  ASSERT_TRUE(device.disk->MakeDirectory("applications") && device.disk->MakeDirectory("applications/camera"));
  for (int i = 0; i < 200; ++i) {
    const std::string path = "applications/camera/secret-" + std::to_string(i);
    const auto file = device.disk->Create(path);
    ASSERT_TRUE(file);
    device.disk->Close(*file);
  }
  ASSERT_EQ(Give(device, OrderFor(device)), "retired");
  EXPECT_EQ(device.disk->AllPaths(), Paths{"certificate"});
}

TEST_F(RetiredDevice, IsFinishedWhereverItIsCut) {
  TestDevice whole;
  Begin(whole);
  const Buffer image_order = OrderFor(whole);
  const std::uint64_t first = whole.disk->num_steps();
  ASSERT_EQ(Give(whole, image_order), "retired");
  const std::uint64_t steps = whole.disk->num_steps() - first;
  // A third of them; HasNoCertificateWhileItServes cuts at each.
  const std::uint64_t stride = std::getenv("EDGEKEEP_LONG") == nullptr ? 3 : 1;
  int num_before = 0, num_finished = 0;
  TestDevice origin;
  Begin(origin);
  const SecretArray<32> vault = origin.anchor->VaultKey().value();
  for (std::uint64_t step = 0; step < steps; step += stride) {
    origin.anchor->ComeBack(vault);
    TestDevice device(origin.disk->Clone(), origin.anchor, origin.counter.value);
    ASSERT_TRUE(device.Start());
    const auto before = device.disk->Clone();
    const Buffer order = OrderFor(device);
    device.disk->CutAt(device.disk->num_steps() + step);
    EXPECT_NE(Give(device, order), "retired") << "step " << step;
    device.disk->Heal();
    device.PowerCycle(step / stride % 2 == 0 ? Survival::kNothing : Survival::kEverything, step);
    ASSERT_TRUE(device.Start()) << "step " << step;
    if (!device.anchor->is_retired()) {
      // Nothing was begun: it goes on, and the order is still good.
      ++num_before;
      EXPECT_EQ(Open(device), "opened") << "step " << step;
      EXPECT_EQ(Give(device, order), "retired") << "step " << step;
      continue;
    }
    ++num_finished;
    ExpectErased(device);
    EXPECT_EQ(Give(device, order), "retired") << "step " << step;
    EXPECT_TRUE(release::VerifyRetirement(TestProvider(), certificate_)) << "step " << step;
    PutBack(device, *before);
    ExpectErased(device, {});
  }
  EXPECT_GT(num_before, 0);
  EXPECT_GT(num_finished, num_before);
}

// Whoever cuts it and chooses what the device starts with: the same store, an empty one, an older one. A certificate,
// taken at the cut or made later, is never one of a device that serves.
TEST_F(RetiredDevice, HasNoCertificateWhileItServes) {
  TestDevice origin;
  Begin(origin);
  const SecretArray<32> vault = origin.anchor->VaultKey().value();
  int num_new = 0, num_certified = 0;
  bool done = false;
  for (std::uint64_t step = 0; !done; ++step) {
    ASSERT_LT(step, 200U);
    SCOPED_TRACE(step);
    origin.anchor->ComeBack(vault);
    TestDevice device(origin.disk->Clone(), origin.anchor, origin.counter.value);
    ASSERT_TRUE(device.Start());
    const auto before = device.disk->Clone();
    const Buffer order = OrderFor(device);
    device.disk->CutAt(device.disk->num_steps() + step);
    done = Give(device, order) == "retired";
    device.disk->Heal();
    device.Stop();
    const bool taken =
        device.disk->ContentsOf("certificate") != nullptr || device.disk->ContentsOf("certificate.new") != nullptr;
    num_certified += taken ? 1 : 0;
    const bool retired = device.anchor->is_retired();
    EXPECT_TRUE(retired || !taken);
    const std::uint64_t count = device.counter.value;
    const auto same = device.disk->Clone();
    const std::array<const fixture::FaultDisk*, 2> older_and_same = {before.get(), same.get()};
    for (const fixture::FaultDisk* disk : older_and_same) {
      if (!retired && disk == same.get()) continue;
      device.counter.value = count;
      PutBack(device, *disk);
      EXPECT_EQ(Open(device) == "opened", !retired && count == origin.counter.value);
    }
    if (!retired) origin.anchor->ComeBack(vault);
    device.counter.value = count;
    PutBack(device, fixture::FaultDisk());
    const bool serves = world_.Initialise(device, publisher_.Bundle()).has_value();
    EXPECT_EQ(serves, !retired);
    num_new += serves ? 1 : 0;
  }
  EXPECT_GT(num_new, 0) << "control: it escapes while it is not marked, and has no certificate";
  EXPECT_GT(num_certified, 0);
}

// An open that was decided before, whose cell is there only afterwards: the cell ends at once.
TEST_F(RetiredDevice, EndsACellThatWasBeingStarted) {
  TestDevice device;
  Begin(device);
  const Buffer order = OrderFor(device);
  bool asked = false;
  device.cells.faults.while_working = [&] {
    if (std::exchange(asked, true)) return;
    EXPECT_EQ(Give(device, order), "retired");
  };
  EXPECT_NE(Open(device), "opened");
  EXPECT_TRUE(asked);
  EXPECT_GT(device.cells.num_killed, 0);
}

// Nothing is written or erased by what comes later, whoever ends the keep.
TEST_F(RetiredDevice, WritesNothingAfterwards) {
  TestDevice device;
  Begin(device);
  ASSERT_EQ(Give(device, OrderFor(device)), "retired");
  const std::uint64_t steps = device.disk->num_steps();
  device.clock.Pass(7200);
  device.NoticeTime();
  device.Tend();
  device.EndWork();
  EXPECT_EQ(device.disk->num_steps(), steps);
}

TEST_F(RetiredDevice, CertificatesAreTheirDevicesAlone) {
  TestDevice device, other;
  Begin(device);
  Begin(other);
  const Buffer order_for_other = OrderFor(other);
  ASSERT_EQ(Give(device, OrderFor(device)), "retired");
  const auto verify = [](ByteView bytes) {
    const auto verified = release::VerifyRetirement(TestProvider(), bytes);
    return verified ? "believed" : edgekeep::NameOf(verified.error().code());
  };
  EXPECT_STREQ(verify(certificate_), "believed");
  const ByteView payload = formats::DecodeSignedObject(formats::typ::kRetirement, certificate_).value().payload;
  const std::size_t at = static_cast<std::size_t>(payload.data() - certificate_.data());
  for (std::size_t i = 0; i < payload.size(); i += 7) {
    Buffer edited = certificate_;
    edited[at + i] ^= 1;
    EXPECT_STRNE(verify(edited), "believed") << i;
  }
  // What a living device signs for others: evidence by whatever nonce is no certificate.
  const auto sign = [&](formats::RetirementCertificate content) {
    const Bytes written = core::WriteRetirement(*other.anchor, content).value();
    return core::SignRetirement(TestProvider(), *other.anchor, written.view());
  };
  const formats::RetirementCertificate content = formats::DecodeRetirementCertificate(payload).value();
  EK_EXPECT_ERROR(sign({.order = order_for_other, .identity = {}, .retired_at = {}, .evidence = {}}),
                  ErrorCode::kBadState);
  EK_EXPECT_ERROR(core::SignRetirement(TestProvider(), *other.anchor, payload), ErrorCode::kWrongDevice);
  ASSERT_TRUE(other.anchor->Retire());
  const auto made = sign({.order = content.order, .identity = {}, .retired_at = {}, .evidence = {}});
  EXPECT_STREQ(verify(made->view()), "wrong-device") << "another device's order";
  const auto own = sign({.order = order_for_other, .identity = {}, .retired_at = {}, .evidence = {}});
  EXPECT_STREQ(verify(own->view()), "believed") << "control: without evidence";
  const auto stolen = sign({.order = order_for_other, .identity = {}, .retired_at = {}, .evidence = content.evidence});
  EXPECT_STREQ(verify(stolen->view()), "untrusted") << "another device's evidence";
}

}  // namespace
}  // namespace edgekeep::keep
