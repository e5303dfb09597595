// Orders to make a device's KEM key anew: what becomes of its licences, of a cut, of a quarantine that demands it.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/licence_report.h"
#include "fixture/orders_on_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::SignedOrder;
using fixture::Survival;
using formats::Order;
using formats::OrderAction::kRekey;
using RekeyPeople = release::fixture::People;

class RekeyedDevice : public fixture::OrdersOnDevice {
 protected:
  // Borrows from the bytes.
  static formats::DeviceRequest RequestIn(ByteView bytes) {
    const auto object = formats::DecodeSignedObject(formats::typ::kDeviceRequest, bytes);
    return formats::DecodeDeviceRequest(object.value().payload).value();
  }

  // What the licensor makes of the device's request of now.
  std::string RenewLicence() {
    ++renewals_;
    const auto later = [this](formats::Licence& licence) { licence.issued_at.value += renewals_; };
    const auto taken = device_.InstallLicence(device_.Licence(publisher_, later));
    return taken ? "taken" : edgekeep::NameOf(taken.error().code());
  }

  // The key that the device has licensors wrap to, now.
  std::string KemOfNow() {
    const Buffer request = device_.ShowRequest().value();
    const ByteView kem = RequestIn(request).kem.bytes;
    return {kem.begin(), kem.end()};
  }

  const RekeyPeople two_ = {&world_.alice, &world_.bob};
  std::uint64_t renewals_ = 0;
};

// The key that licences are wrapped to: what was wrapped before opens no more, and what is renewed needs no package.
TEST_F(RekeyedDevice, HasAnotherKeyForItsLicences) {
  const Buffer request_before = device_.ShowRequest().value();
  const formats::DeviceRequest before = RequestIn(request_before);
  EXPECT_FALSE(before.rekeyed_at);
  EXPECT_EQ(RenewLicence(), "taken") << "control";
  EXPECT_EQ(Give(For(kRekey, 1), {&world_.alice}), "bad-signature");
  EXPECT_EQ(Give(For(kRekey, 1), {&olga_}), "untrusted");
  EXPECT_EQ(Open(), "opened") << "control";
  const Order order = For(kRekey, 1);
  const Buffer given = SignedOrder(order, two_);
  ASSERT_EQ(Give(given), "obeyed");
  for (const bool restarted : {false, true}) {
    const Buffer request_after = device_.ShowRequest().value();
    const formats::DeviceRequest after = RequestIn(request_after);
    EXPECT_TRUE(Equal(after.identity.bytes, before.identity.bytes));
    EXPECT_FALSE(Equal(after.kem.bytes.first(1184), before.kem.bytes.first(1184))) << "the half that is sealed";
    EXPECT_FALSE(Equal(after.kem.bytes.last(65), before.kem.bytes.last(65))) << "the half in the anchor";
    EXPECT_EQ(after.rekeyed_at, order.issued_at);
    EXPECT_EQ(Open(), "denied") << "by the licence of before";
    EXPECT_EQ(Give(given), "wrong-version");
    if (restarted) break;
    device_.PowerCycle(Survival::kNothing);
    ASSERT_TRUE(device_.Start());
  }
  const auto later = [](formats::Licence& licence) { licence.issued_at.value += 50; };
  EK_EXPECT_ERROR(device_.InstallLicence(fixture::LicenceFor(publisher_, request_before, later)), ErrorCode::kDenied);
  EXPECT_EQ(RenewLicence(), "taken");
  EXPECT_EQ(Open(), "opened") << "without its package";
  const auto renewal = device_.RequestRenewal();
  ASSERT_TRUE(renewal);
  const auto report = formats::DecodeLicenceReport(
      formats::DecodeSignedObject(formats::typ::kLicenceRenewal, *renewal).value().payload);
  const Buffer request_now = device_.ShowRequest().value();
  EXPECT_TRUE(Equal(RequestIn(report->device_request).kem.bytes, RequestIn(request_now).kem.bytes))
      << "licensors wrap to the new one";
}

// Cut anywhere, a device has one key or another, takes the order again where its number was not stored, and goes on.
TEST_F(RekeyedDevice, GoesOnWhereverItIsCut) {
  std::uint64_t sequence = 0;
  int num_cut = 0, num_again = 0;
  for (std::uint64_t step = 0;; ++step) {
    const Buffer order = SignedOrder(For(kRekey, ++sequence), two_);
    const std::string before = KemOfNow();
    device_.disk->CutAt(device_.disk->num_steps() + step);
    const bool was_cut = Give(order) != "obeyed";
    device_.disk->Heal();
    device_.PowerCycle(step % 2 == 0 ? Survival::kNothing : Survival::kEverything, step);
    ASSERT_TRUE(device_.Start()) << "step " << step;
    const bool is_new = KemOfNow() != before;
    const std::string again = Give(order);
    EXPECT_TRUE(again == "obeyed" || (again == "wrong-version" && is_new)) << again << " at step " << step;
    num_again += again == "obeyed" ? 1 : 0;
    EXPECT_EQ(RenewLicence(), "taken") << "step " << step;
    EXPECT_EQ(Open(), "opened") << "step " << step;
    device_.CloseAll();
    if (!was_cut) break;
    ++num_cut;
  }
  EXPECT_GT(num_cut, num_again) << "cut after it was stored as well";
  EXPECT_GT(num_again, 0);
}

// Where a change failed and the keep went on: it asks for no licence to a key that its next start does not know.
TEST_F(RekeyedDevice, NamesTheKeyThatCountsAfterAFailure) {
  std::uint64_t sequence = 0;
  int num_new = 0;
  for (std::uint64_t step = 0;; ++step) {
    const std::string before = KemOfNow();
    device_.disk->CutAt(device_.disk->num_steps() + step);
    if (Give(For(kRekey, ++sequence), two_) == "obeyed") break;
    device_.disk->Heal();
    const std::string named = KemOfNow();
    num_new += named == before ? 0 : 1;
    device_.PowerCycle(Survival::kNothing);
    ASSERT_TRUE(device_.Start()) << "step " << step;
    EXPECT_EQ(KemOfNow(), named) << "step " << step;
  }
  EXPECT_GT(num_new, 0) << "control: some changes counted all the same";
}

TEST_F(RekeyedDevice, KeepsItsKeyWhereTheAnchorMakesNone) {
  const Buffer order = SignedOrder(For(kRekey, 1), two_);
  device_.anchor->kem_fails = true;
  EXPECT_EQ(Give(order), "io");
  device_.anchor->kem_fails = false;
  device_.PowerCycle(Survival::kEverything);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "opened") << "by the licence of before";
  EXPECT_EQ(Give(order), "obeyed") << "control";
  EXPECT_EQ(Open(), "denied");
}

TEST_F(RekeyedDevice, IsOutOfAQuarantineThatDemandsIt) {
  device_.attestor = &chip_;
  ASSERT_TRUE(device_.Start());
  ASSERT_EQ(Give(For(kRekey, 1), two_), "obeyed");
  Order early = For(kRekey, 2);
  early.not_after.value += 30ULL * 86400;
  const UnixTime flaw_known{device_.clock.Now()->value + 1};
  TakeQuarantine({}, chip_.facts.firmware, flaw_known);
  Wait();
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kForbidden);  // ordered before
  EXPECT_EQ(Give(early, two_), "forbidden") << "nothing would come in the place of what it ends";
  const Order order = For(kRekey, 2);
  ASSERT_EQ(Give(order, two_), "obeyed");
  EXPECT_TRUE(device_.RequestRenewal());
  early.sequence = 3;
  EXPECT_EQ(Give(early, two_), "obeyed") << "one that was issued earlier makes another key, and nothing older of it";
  const Buffer request = device_.ShowRequest().value();
  EXPECT_EQ(RequestIn(request).rekeyed_at, order.issued_at);
  EXPECT_EQ(RenewLicence(), "taken");
  TakeQuarantine({}, chip_.facts.firmware);
  Wait();
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kForbidden);  // control: one that no rekey ends
  EXPECT_EQ(Give(For(kRekey, 4), two_), "forbidden") << "flawed firmware makes no key that counts once it is mended";
  EXPECT_EQ(Open(), "opened") << "its licence stays";
  TakeQuarantine({}, chip_.facts.firmware - 1);
  Wait();
  EXPECT_EQ(Give(For(kRekey, 4), two_), "obeyed") << "control: out of the class";
}

}  // namespace
}  // namespace edgekeep::keep
