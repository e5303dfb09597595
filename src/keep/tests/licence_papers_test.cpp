// Licences without their package: renewed by a file, given back for a receipt; and what a restored disk makes of that.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/licence_report.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/gate/ledger.h"
#include "fixture/installed_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kNow;
using fixture::Survival;
using formats::Licence;

constexpr std::uint64_t kLeaseDays = 30;
constexpr std::uint64_t kSecondsOfDay = 86400;
constexpr formats::LicenceId kId(std::array<std::uint8_t, 16>{1});

class LicencePapers : public fixture::InstalledDevice {
 protected:
  LicencePapers() { EXPECT_TRUE(Install(Leased({}))); }

  static fixture::Edit<Licence> Leased(const fixture::Edit<Licence>& edit) {
    return [edit](Licence& licence) {
      licence.id = kId;
      licence.terms.transferable = true;
      licence.terms.lease = formats::Lease{.seconds = kLeaseDays * kSecondsOfDay};
      if (edit) edit(licence);
    };
  }

  void Pass(std::uint64_t days) {
    device_.clock.Pass(days * kSecondsOfDay);
    device_.anchor->time.milliseconds += days * kSecondsOfDay * 1000;
  }

  // What the licensor makes of a request: the same licence, from that count on.
  Buffer Renewed(const Buffer& request, std::uint64_t issued_later = 0) {
    const std::uint64_t counted = ReportIn(formats::typ::kLicenceRenewal, request).counted_seconds;
    return device_.Licence(publisher_, Leased([&](Licence& licence) {
                             licence.issued_at = {kNow.value + counted + 1 + issued_later};
                             licence.terms.lease->counted_seconds = counted;
                           }));
  }

  static formats::LicenceReport ReportIn(std::string_view type, const Buffer& paper) {
    return formats::DecodeLicenceReport(formats::DecodeSignedObject(type, paper).value().payload).value();
  }

  // "open", or why not.
  std::string Open() {
    const auto opened = device_.Open();
    device_.CloseAll();
    return opened ? "open" : NameOf(opened.error().code());
  }

  Buffer Request() { return device_.RequestRenewal().value(); }
};

TEST_F(LicencePapers, ARenewalByFileBeginsAnotherLease) {
  Pass(kLeaseDays);
  EXPECT_EQ(Open(), "expired");
  const Buffer request = Request();
  EXPECT_EQ(ReportIn(formats::typ::kLicenceRenewal, request).counted_seconds, kLeaseDays * kSecondsOfDay);
  EK_ASSERT_OK(device_.InstallLicence(Renewed(request)));
  EXPECT_EQ(Open(), "open");
  device_.PowerCycle(Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "open");
  Pass(kLeaseDays);
  EXPECT_EQ(Open(), "expired");
  // Another answer to the same request begins where that was asked.
  EK_ASSERT_OK(device_.InstallLicence(Renewed(request, 1)));
  EXPECT_EQ(Open(), "expired");
}

TEST_F(LicencePapers, WhatIsOpenGoesOnUnderTheRenewedLicence) {
  EK_ASSERT_OK(device_.Open());
  EK_ASSERT_OK(device_.InstallLicence(Renewed(Request())));
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_running, 1);
  EXPECT_EQ(device_.cells.num_serves, 1);
  // Another licence's has a cell of its own, which sessions move to.
  EK_ASSERT_OK(device_.InstallLicence(device_.Licence(publisher_, [](Licence& licence) {
    licence.issued_at.value += 10;
    licence.terms.calls_per_minute = 60;
  })));
  while (device_.Tend()) {
  }
  EXPECT_EQ(device_.cells.num_serves, 2);
  EXPECT_EQ(device_.cells.num_bounded, 1);
}

struct WrongLicence {
  const char* name;
  fixture::Edit<Licence> edit;
  ErrorCode code;
};

TEST_F(LicencePapers, OnlyARightLicenceTakesTheOthersPlace) {
  const WrongLicence wrong[] = {
      {"older", [](Licence& l) { l.issued_at.value -= 1; }, ErrorCode::kWrongVersion},
      {"expired", [](Licence& l) { l.terms.expires = kNow; }, ErrorCode::kExpired},
      {"other versions", [](Licence& l) { l.terms.first_sequence = {4}; }, ErrorCode::kWrongVersion},
      {"earlier epoch", [](Licence& l) { l.epoch = {3}; }, ErrorCode::kWrongVersion},
      {"not installed", [](Licence& l) { l.product = ProductName::Parse("acme/other").value(); }, ErrorCode::kNotFound},
      {"stronger isolation", [](Licence& l) { l.terms.isolation_floor = formats::Isolation::kVm; },
       ErrorCode::kForbidden},
  };
  for (const WrongLicence& licence : wrong) {
    SCOPED_TRACE(licence.name);
    EK_EXPECT_ERROR(device_.InstallLicence(device_.Licence(publisher_, licence.edit)), licence.code);
    EXPECT_EQ(Open(), "open") << licence.name;
  }
  EK_EXPECT_ERROR(device_.InstallLicence(fixture::TestPublisher().Licence(
                      DeviceId(), fixture::DeviceFixture().device.kem().public_key(), {})),
                  ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(device_.InstallLicence(Buffer(100)), ErrorCode::kMalformed);
  const fixture::DeviceFixture sibling;
  EK_EXPECT_ERROR(device_.InstallLicence(publisher_.Licence(sibling.device)), ErrorCode::kWrongDevice);
  EK_ASSERT_OK(device_.InstallLicence(device_.Licence(publisher_)));  // control
}

TEST_F(LicencePapers, AReturnedLicenceIsOverForGood) {
  const Buffer licence = device_.Licence(publisher_, Leased({}));
  const Buffer renewed = Renewed(Request());
  const Buffer receipt = device_.ReturnLicence().value();
  EXPECT_EQ(ReportIn(formats::typ::kLicenceReturn, receipt).made_at.value, kNow.value);
  EXPECT_EQ(Open(), "expired");
  EXPECT_TRUE(device_.Status()->products[0].returned);
  EK_EXPECT_ERROR(device_.InstallLicence(licence), ErrorCode::kExpired);
  EK_EXPECT_ERROR(device_.Install(package_, grant_, licence), ErrorCode::kExpired);
  EK_EXPECT_ERROR(device_.InstallLicence(renewed), ErrorCode::kExpired);  // that was kept back
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kExpired);
  EK_ASSERT_OK(device_.ReturnLicence());
  device_.PowerCycle(Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "expired");
  // Control: a licence that is issued anew opens.
  EK_ASSERT_OK(device_.InstallLicence(device_.Licence(publisher_, [](Licence& l) { l.issued_at.value += 1; })));
  EXPECT_EQ(Open(), "open");
  EXPECT_FALSE(device_.Status()->products[0].returned);
}

TEST_F(LicencePapers, WhatIsOpenEndsWithItsReturn) {
  EK_ASSERT_OK(device_.Open());
  EK_ASSERT_OK(device_.ReturnLicence());
  device_.TendLicences();
  EXPECT_EQ(device_.cells.stopped_with, ErrorCode::kExpired);
}

// A report that says 0 would give all back, signed; and so would a renewal that was kept back.
TEST_F(LicencePapers, ACountThatWasTakenAwayMakesNoReport) {
  const auto counted = [this](std::uint64_t issued_later) {
    return device_.Licence(publisher_, Leased([&](Licence& licence) {
                             licence.issued_at.value += issued_later;
                             licence.terms.call_budget = 128'000;
                           }));
  };
  EK_ASSERT_OK(device_.InstallLicence(counted(1)));
  EK_ASSERT_OK(device_.Open());
  Buffer draw(64);
  CborWriter out(draw);
  EK_ASSERT_OK(gate::EncodeCallDraw({}, out));
  ASSERT_TRUE(device_.lines.last_desk->Answer(static_cast<std::uint16_t>(gate::Command::kDrawCalls), out.written()));
  EXPECT_GT(ReportIn(formats::typ::kLicenceRenewal, Request()).calls_reserved, 0U) << "control";
  device_.Stop();
  device_.ForgetLastChange();
  ASSERT_TRUE(device_.disk->Remove("meters"));
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "denied");
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kDenied);
  EK_EXPECT_ERROR(device_.ReturnLicence(), ErrorCode::kDenied);
  EXPECT_FALSE(device_.Status()->products[0].returned) << "nothing ends without a receipt";
  EK_EXPECT_ERROR(device_.InstallLicence(counted(2)), ErrorCode::kDenied);
  // One that counts nothing has nothing to lose.
  EK_ASSERT_OK(device_.InstallLicence(device_.Licence(publisher_, [](Licence& l) { l.issued_at.value += 3; })));
  EK_ASSERT_OK(device_.ReturnLicence());
}

// Whoever gave a licence back and got another device's for it puts the disk back, or single files of it.
TEST_F(LicencePapers, AReturnedLicenceStaysReturnedWhenTheDiskIsPutBack) {
  device_.EndWork();
  auto before = device_.disk->Clone();
  const std::uint64_t counter = device_.counter.value;
  EK_ASSERT_OK(device_.ReturnLicence());
  const auto put_back = [this](const fixture::FaultDisk& disk) {
    device_.Stop();
    device_.disk = disk.Clone();
    device_.cells.UseDisk(*device_.disk);
    ASSERT_TRUE(device_.Start());
  };
  const auto after = device_.disk->Clone();
  put_back(*before);
  EXPECT_EQ(Open(), "denied");
  EK_EXPECT_ERROR(device_.ReturnLicence(), ErrorCode::kDenied);
  put_back(*after);
  for (const std::string& path : before->AllPaths()) {
    if (path.find("state.") != std::string::npos) continue;
    if (Buffer* const there = device_.disk->ContentsOf(path)) *there = *before->ContentsOf(path);
  }
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "expired");
  // Control: with the anchor put back as well it opens (THREAT_MODEL T5).
  device_.counter.value = counter;
  put_back(*before);
  EXPECT_EQ(Open(), "open");
}

// Each step of both, each survival: the licence of before or the new one, and a receipt only of what is over.
TEST_F(LicencePapers, CutsLeaveTheLicenceOfBeforeOrTheNewOne) {
  const Buffer renewed = Renewed(Request());
  const auto started = device_.disk->Clone();
  const std::uint64_t counter = device_.counter.value;
  for (const bool returns : {false, true}) {
    for (const Survival survival : {Survival::kNothing, Survival::kEverything}) {
      for (std::uint64_t step = 0; step < 200; ++step) {
        device_.Stop();
        device_.disk = started->Clone();
        device_.counter.value = counter;
        device_.cells.UseDisk(*device_.disk);
        ASSERT_TRUE(device_.Start());
        device_.disk->CutAt(device_.disk->num_steps() + step);
        const bool done = returns ? device_.ReturnLicence().has_value() : device_.InstallLicence(renewed).has_value();
        device_.disk->Heal();
        device_.PowerCycle(survival, step);
        ASSERT_TRUE(device_.Start()) << step;
        const std::string open = Open();
        EXPECT_TRUE(open == "open" || (returns && open == "expired")) << returns << step << open;
        SCOPED_TRACE(step);
        if (done && returns) {
          EXPECT_EQ(open, "expired");
        }
        if (returns) {
          EK_ASSERT_OK(device_.ReturnLicence());
          EXPECT_EQ(Open(), "expired");
        } else {
          EK_ASSERT_OK(device_.InstallLicence(renewed));
        }
        if (done) break;
      }
    }
  }
}

TEST_F(LicencePapers, AnAnchorWithoutAClockOpensNothingThatIsLeased) {
  ASSERT_TRUE(device_.Start());
  device_.anchor->clock_fails = true;
  EXPECT_EQ(Open(), "io");
  device_.anchor->clock_fails = false;
  EXPECT_EQ(Open(), "open");
}

TEST_F(LicencePapers, FeaturesAndProcessorFollowTheTerms) {
  using enum formats::ExecutionProvider;
  publisher_.policy.weights_may_leave = true;
  publisher_.policy.providers = formats::ExecutionProviders::From(std::array{kCuda, kCpu}).value();
  package_ = publisher_.Seal({3}, fixture::Pattern(5000, 7));
  grant_ = publisher_.Grant(package_, {4});
  const auto licence_of = [this](bool processor_only) {
    return device_.Licence(publisher_, [&](formats::Licence& licence) {
      licence.terms.processor_only = processor_only;
      EXPECT_TRUE(licence.terms.features.PushBack(InlineString<32>::Truncated("multi-page")));
    });
  };
  EK_ASSERT_OK(device_.Install(package_, grant_, licence_of(false)));
  const auto opened = device_.Open();
  EK_ASSERT_OK(opened);
  ASSERT_EQ(opened->features.size(), 1U);
  EXPECT_EQ(opened->features[0].view(), "multi-page");
  EXPECT_TRUE(device_.cells.last_policy == publisher_.policy);
  device_.CloseAll();
  EK_ASSERT_OK(device_.Install(package_, grant_, licence_of(true)));
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_policy == formats::ProductPolicy());
  device_.CloseAll();
  publisher_.policy.providers = formats::ExecutionProviders::From(std::array{kCuda}).value();
  package_ = publisher_.Seal({4}, fixture::Pattern(5000, 7));
  grant_ = publisher_.Grant(package_, {4});
  EK_ASSERT_OK(device_.Install(package_, grant_, licence_of(true)));
  const int keys = device_.anchor->num_kem_uses();
  EXPECT_EQ(Open(), "forbidden");
  EXPECT_EQ(device_.anchor->num_kem_uses(), keys);
}

}  // namespace
}  // namespace edgekeep::keep
