// What ends with a device's change of owner, and what stays: licences, and what applications stored.
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/owned_device.h"
#include "fixture/stored_values.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::HandedOver;
using fixture::Handover;
using fixture::HandOver;
using fixture::kLent;
using fixture::kOwned;
using fixture::Survival;
using fixture::TestDevice;
using fixture::TransferOf;
using formats::Transfer;

class TransferEndsTest : public fixture::OwnedDevice {};

TEST_F(TransferEndsTest, LicencesStayThatMayGo) {
  ASSERT_TRUE(Install(device_, kLent, false));
  ASSERT_TRUE(Install(device_, kOwned, true));
  EXPECT_EQ(Opens(device_, kLent), "open");
  EK_ASSERT_OK(device_.Open(kLent));
  ASSERT_TRUE(Install(device_, kLent, false, 1)) << "its cell goes on under the licence of before";
  device_.TendLicences();
  EXPECT_FALSE(device_.cells.stopped_with);
  const HandedOver done = HandOver(device_, TransferOf(device_, ToTaker())).value();
  EXPECT_EQ(done.ended, std::vector<std::string>{std::string(kLent)});
  device_.TendLicences();
  EXPECT_TRUE(device_.cells.stopped_with) << "what is open ends";
  device_.CloseAll();
  EXPECT_EQ(Opens(device_, kLent), "expired");
  EXPECT_EQ(Opens(device_, kOwned), "open");
  EXPECT_TRUE(device_.ReturnLicence(kLent)) << "a receipt of what ended";
  EK_EXPECT_ERROR(device_.RequestRenewal(kLent), ErrorCode::kExpired);
  EK_EXPECT_ERROR(Install(device_, kLent, false, 1), ErrorCode::kExpired);
  EXPECT_TRUE(Install(device_, kLent, false, 2)) << "the control: one that was issued since";
  EXPECT_EQ(Opens(device_, kLent), "open");
}

TEST_F(TransferEndsTest, NoLicenceStaysWhereNoneIsHandedOver) {
  ASSERT_TRUE(Install(device_, kOwned, true));
  Handover what = ToTaker();
  what.edit = [](Transfer& transfer) { transfer.licences = formats::LicencesHandedOver::kNone; };
  const HandedOver done = HandOver(device_, TransferOf(device_, what)).value();
  EXPECT_EQ(done.ended, std::vector<std::string>{std::string(kOwned)});
  EXPECT_EQ(Opens(device_, kOwned), "expired");
  EXPECT_TRUE(device_.ReturnLicence(kOwned));
}

// Who takes files away before the transfer and puts them back after it has an end all the same.
TEST_F(TransferEndsTest, ALicenceThatWasTakenAwayEndsLikewise) {
  ASSERT_TRUE(Install(device_, kLent, false));
  const std::string place = "products/acme_lent/";
  device_.ForgetLastChange();
  const Buffer record = *FileOf(device_, place + "record.0"), licence = *FileOf(device_, place + "licence.0");
  for (const char* name : {"record.0", "record.1", "licence.0"}) {
    ASSERT_TRUE(device_.disk->Remove(place + name)) << name;
  }
  ASSERT_TRUE(StartOwned(device_));
  TestDevice control(device_.disk->Clone(), device_.anchor, device_.counter.value);
  ASSERT_TRUE(StartOwned(control));
  EXPECT_TRUE(Install(control, kLent, false)) << "the control: mended where nothing changed hands";
  EXPECT_TRUE(HandOver(device_, TransferOf(device_, ToTaker()))->ended.empty()) << "no receipt of what is not there";
  EK_EXPECT_ERROR(Install(device_, kLent, false), ErrorCode::kExpired);
  EXPECT_TRUE(Install(device_, kLent, false, 1));
}

// A transferable licence in front of one that is not: as an older file, or where an install of the other was cut.
TEST_F(TransferEndsTest, ALicenceThatMayGoHidesNoneThatMayNot) {
  ASSERT_TRUE(Install(device_, kLent, true));
  const Buffer may_go = *FileOf(device_, "products/acme_lent/licence.0");
  ASSERT_TRUE(Install(device_, kLent, false, 5));
  device_.ForgetLastChange();
  *FileOf(device_, "products/acme_lent/licence.1") = may_go;
  EXPECT_EQ(HandOver(device_, TransferOf(device_, ToTaker()))->ended.size(), 0U);
  EK_EXPECT_ERROR(Install(device_, kLent, false, 5), ErrorCode::kExpired);
  for (std::uint64_t step = 0;; ++step) {
    TestDevice device;
    ASSERT_TRUE(Begin(device));
    ASSERT_TRUE(Install(device, kLent, true));
    device.disk->CutAt(device.disk->num_steps() + step);
    ASSERT_FALSE(Install(device, kLent, false, 5)) << "no cut reached it whole and counted by half";
    device.disk->Heal();
    device.PowerCycle(Survival::kEverything);
    ASSERT_TRUE(StartOwned(device));
    TestDevice probe(device.disk->Clone(), device.anchor, device.counter.value);
    ASSERT_TRUE(StartOwned(probe));
    const bool has_reached_it = !Install(probe, kLent, true);
    if (!has_reached_it) continue;
    EXPECT_EQ(Opens(device, kLent), "open") << "the control: the older one counts";
    EK_ASSERT_OK(HandOver(device, TransferOf(device, ToTaker())));
    EXPECT_EQ(Opens(device, kLent), "expired");
    EK_EXPECT_ERROR(Install(device, kLent, false, 5), ErrorCode::kExpired);
    break;
  }
}

// The last one may go, and the one before it, whose slot could not be erased, may not.
TEST_F(TransferEndsTest, AnOlderLicenceThatMayNotGoEndsTheNewerOne) {
  const auto has_both = [&](TestDevice& device) {
    const auto is_there = [&](const char* name) {
      const auto* const file = FileOf(device, std::string("products/acme_lent/") + name);
      return file != nullptr && !file->empty();
    };
    return is_there("licence.0") && is_there("licence.1");
  };
  for (const bool may_older : {false, true}) {
    std::uint64_t num_steps = 1000;
    for (std::uint64_t step = num_steps;; step = std::min(step, num_steps) - 1) {
      ASSERT_GT(step, 0U) << "no cut left both";
      TestDevice device;
      ASSERT_TRUE(Begin(device));
      ASSERT_TRUE(Install(device, kLent, may_older));
      const std::uint64_t before = device.disk->num_steps();
      device.disk->CutAt(before + step);
      const bool is_installed = Install(device, kLent, true, 5).has_value();
      num_steps = std::min(num_steps, device.disk->num_steps() - before);
      device.disk->Heal();
      if (!is_installed || !has_both(device)) continue;
      const HandedOver done = HandOver(device, TransferOf(device, ToTaker())).value();
      EXPECT_EQ(done.ended.empty(), may_older);
      EXPECT_EQ(Opens(device, kLent), may_older ? "open" : "expired") << "the control is the one that may";
      break;
    }
  }
}

TEST_F(TransferEndsTest, StoredValuesGoOrStayAsItSays) {
  for (const bool stay : {false, true}) {
    TestDevice device;
    ASSERT_TRUE(Begin(device));
    const fixture::Application application{.device = &device, .user = 1000};
    EK_ASSERT_OK(application.Put("key", "secret"));
    Handover what = ToTaker();
    what.edit = [&](Transfer& transfer) {
      transfer.values = stay ? formats::ValuesHandedOver::kAll : formats::ValuesHandedOver::kNone;
    };
    device.user = 0;
    EK_ASSERT_OK(HandOver(device, TransferOf(device, what)));
    EXPECT_EQ(application.Shows("key"), stay ? "secret" : "not-found");
    EXPECT_EQ(FileOf(device, "values.0")->empty(), !stay) << "the disk does not keep it either";
    EXPECT_TRUE(application.Put("key", "mine"));
    EXPECT_EQ(application.Shows("key"), "mine");
  }
}

}  // namespace
}  // namespace edgekeep::keep
