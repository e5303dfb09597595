// Retirement: by a quorum, for good, and finished wherever it is cut.
#include <cstdlib>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/sign1.h"
#include "edgekeep/release/retirement.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Survival;
using fixture::TestDevice;
using fixture::TestProvider;
using People = release::fixture::People;

// Two of the root's holders retire devices.
class RetiredDevice : public testing::Test {
 protected:
  RetiredDevice() {
    formats::OrderRule rule{.kind = formats::OrderKind::kRetire, .quorum = 2};
    EXPECT_TRUE(rule.roles.PushBack(formats::OrderRole::kRoot) && world_.policy.orders.PushBack(rule));
    world_.Release(3, {package_.file, grant_, 1});
  }

  // Initialised, with a package.
  void Begin(TestDevice& device) {
    ASSERT_TRUE(device.Start());
    ASSERT_TRUE(world_.Initialise(device, publisher_.Bundle()));
    ASSERT_EQ(world_.Refresh(device), "done");
    ASSERT_TRUE(device.Install(package_, grant_, device.Licence(publisher_)));
  }

  Buffer OrderFor(TestDevice& device, const People& people, std::uint64_t sequence = 1) {
    const UnixTime now = device.clock.Now().value();
    formats::Order order{.authority = "acme",
                         .action = formats::OrderAction::kRetire,
                         .devices = {},
                         .sequence = sequence,
                         .issued_at = now,
                         .not_after = {now.value + 86400},
                         .product = {},
                         .sessions = {}};
    EXPECT_TRUE(order.devices.PushBack(device.Status()->device));
    Buffer payload(formats::kMaxOrderSize);
    CborWriter out(payload);
    EXPECT_TRUE(formats::EncodeOrder(order, out));
    return release::fixture::SignedBy(people, formats::typ::kOrder, out.written());
  }

  Buffer OrderFor(TestDevice& device) { return OrderFor(device, {&world_.alice, &world_.bob}); }

  // "retired", or the error's name.
  std::string Give(TestDevice& device, const Buffer& order) {
    Buffer body(gate::kMaxBodySize);
    CborWriter out(body);
    EXPECT_TRUE(gate::EncodeBlob(order, out));
    const auto reply = device.Ask(Door::kAdministrator, gate::Command::kOrder, out.written());
    if (!reply) return edgekeep::NameOf(reply.error().code());
    certificate_ = fixture::ToBuffer(gate::DecodeBlob(reply->body.view()).value());
    return "retired";
  }

  static std::string Open(TestDevice& device) {
    const auto opened = device.Open();
    return opened ? "opened" : edgekeep::NameOf(opened.error().code());
  }

  using Paths = std::vector<std::string>;

  // Nothing but what says that it is over; on a disk of before not even that.
  static void ExpectErased(TestDevice& device, const Paths& left = {"certificate"}) {
    EXPECT_EQ(device.disk->AllPaths(), left);
    EXPECT_TRUE(device.anchor->is_retired());
    EXPECT_EQ(Open(device), "forbidden");
    EK_EXPECT_ERROR(device.Status(), ErrorCode::kForbidden);
    EK_EXPECT_ERROR(device.ShowRequest(), ErrorCode::kForbidden);
  }

  void PutBack(TestDevice& device, const fixture::FaultDisk& image) {
    device.Stop();
    device.disk = image.Clone();
    device.cells.UseDisk(*device.disk);
    ASSERT_TRUE(device.Start());
  }

  fixture::ReleaseWorld world_;
  fixture::TestPublisher publisher_;
  fixture::Package package_ = publisher_.Seal({3}, fixture::Pattern(3000, 7));
  Buffer grant_ = publisher_.Grant(package_, {4});
  Buffer certificate_;
};

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

// The certificate exists only once there is no way back: before it, the disk of before is denied already.
TEST_F(RetiredDevice, HasNoCertificateBeforeThereIsNoWayBack) {
  TestDevice origin;
  Begin(origin);
  const SecretArray<32> vault = origin.anchor->VaultKey().value();
  int num_certified = 0;
  for (std::uint64_t step = 0; num_certified == 0; ++step) {
    ASSERT_LT(step, 60U);
    origin.anchor->ComeBack(vault);
    TestDevice device(origin.disk->Clone(), origin.anchor, origin.counter.value);
    ASSERT_TRUE(device.Start());
    const auto before = device.disk->Clone();
    const Buffer order = OrderFor(device);
    device.disk->CutAt(device.disk->num_steps() + step);
    EXPECT_NE(Give(device, order), "retired");
    device.disk->Heal();
    if (device.disk->ContentsOf("certificate") == nullptr && device.disk->ContentsOf("certificate.new") == nullptr)
      continue;
    ++num_certified;
    EXPECT_FALSE(device.anchor->is_retired()) << "control: it was cut before silicon forgot";
    PutBack(device, *before);
    EXPECT_EQ(Open(device), "denied");
  }
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
  const auto made = core::SignRetirement(TestProvider(), *other.anchor,
                                         {.order = formats::DecodeRetirementCertificate(payload)->order,
                                          .identity = {},
                                          .retired_at = {},
                                          .evidence = {}});
  EXPECT_STREQ(verify(made->view()), "wrong-device") << "another device's order";
  const auto own = core::SignRetirement(TestProvider(), *other.anchor,
                                        {.order = order_for_other, .identity = {}, .retired_at = {}, .evidence = {}});
  EXPECT_STREQ(verify(own->view()), "believed") << "control: without evidence";
  const auto stolen = core::SignRetirement(TestProvider(), *other.anchor,
                                           {.order = order_for_other,
                                            .identity = {},
                                            .retired_at = {},
                                            .evidence = formats::DecodeRetirementCertificate(payload)->evidence});
  EXPECT_STREQ(verify(stolen->view()), "untrusted") << "another device's evidence";
}

}  // namespace
}  // namespace edgekeep::keep
