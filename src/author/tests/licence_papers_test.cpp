// Licences on their way back: renewed, returned, transferred; once, to whom it belongs, wherever power is cut.
#include "edgekeep/author/licence_papers.h"

#include "../licensor_lock.h"
#include "cut_disk.h"
#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/author/renewal_stops.h"
#include "edgekeep/author/retirement.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/retirement.h"
#include "reported_licences.h"

namespace edgekeep::author {
namespace {

// Licences on their way back.
class LicencePapersOfDevices : public ReportedLicences {
 protected:
  Outcome<LicenceReport> Renew(const std::string& report, std::optional<UnixTime> expires = {},
                               bool into_epoch = false) {
    const std::string output = directory_ / ("renewed" + std::to_string(num_reports_++));
    return RenewLicence(TestContext(), TestPublisher(), TestPassphrase(),
                        {.report = report, .expires = expires, .output = output, .into_epoch = into_epoch});
  }

  Outcome<LicenceReport> Transfer(const std::string& receipt, const TestDevice& device) {
    const std::string request = directory_ / ("other" + std::to_string(num_reports_++));
    WriteAll(request, device.Request(device));
    return TransferLicence(
        TestContext(), TestPublisher(), TestPassphrase(),
        {.receipt = receipt, .device_request = request, .output = request + ".lic", .into_epoch = false});
  }
};

TEST_F(LicencePapersOfDevices, ARenewalIsTheSameLicenceFromTheCountItWasAskedAt) {
  const auto issued = Issue();
  EK_ASSERT_DONE(issued);
  const auto renewed = Renew(Renewal({.counted_seconds = 77}), UnixTime{kNow.value + 1000});
  EK_ASSERT_DONE(renewed);
  EXPECT_EQ(renewed->id, issued->id);
  EXPECT_EQ(renewed->device, device_.id());
  EXPECT_EQ(renewed->terms.lease->counted_seconds, 77U);
  EXPECT_EQ(renewed->terms.lease->seconds, 100U);
  EXPECT_EQ(renewed->terms.call_budget, 1000U);
  EXPECT_EQ(renewed->terms.expires->value, kNow.value + 1000);
}

TEST_F(LicencePapersOfDevices, NothingIsRenewedForWhoIsNotTheLicensedDevice) {
  EK_ASSERT_DONE(Issue());
  const TestDevice other;
  ExpectFailure(Renew(Report(formats::typ::kLicenceRenewal, {}, other)), ErrorCode::kUntrusted);
  ExpectFailure(Renew(Receipt()), ErrorCode::kUnsupported);
  ExpectFailure(AcceptReturn(TestContext(), TestPublisher(), Renewal()), ErrorCode::kUnsupported);
  Buffer flipped = ReadAll(Renewal());
  flipped[flipped.size() / 2] ^= 1;
  WriteAll(directory_ / "flipped", flipped);
  EXPECT_FALSE(Renew(directory_ / "flipped"));
  // Another device's licence in a report of its own.
  const Buffer own = ReadAll(request_.output);
  WriteAll(request_.device_request, other.Request(other));
  request_.output = directory_ / "others.lic";
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Renew(Renewal()), ErrorCode::kWrongDevice);
  WriteAll(request_.output, own);
  EK_ASSERT_DONE(Renew(Renewal()));
}

TEST_F(LicencePapersOfDevices, ATermThatIsOverNeedsAnotherEnd) {
  request_.terms.not_before = UnixTime{kNow.value - 10};
  request_.terms.expires = kNow;
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Renew(Renewal()), ErrorCode::kExpired);
  EK_ASSERT_DONE(Renew(Renewal(), UnixTime{kNow.value + 1}));
}

// Who begins an epoch revokes whom it leaves behind.
TEST_F(LicencePapersOfDevices, WhatANewEpochLeftBehindIsRenewedOnRequestAlone) {
  request_.product = Product("acme/epochs");
  EK_ASSERT_DONE(Issue());
  EK_ASSERT_DONE(Renew(Renewal()));  // control
  auto epochs = EpochKeys::Open(TestContext(), TestPublisher(), request_.product, TestPassphrase());
  EK_ASSERT_DONE(epochs);
  EK_ASSERT_DONE(epochs->BeginNext(TestContext(), TestPassphrase()));
  ExpectFailure(Renew(Renewal()), ErrorCode::kForbidden, "epoch 1, which is over");
  const TestDevice heir;
  ExpectFailure(Transfer(Receipt(), heir), ErrorCode::kForbidden, "epoch 1, which is over");
  request_.output = directory_ / "anew.lic";
  EK_ASSERT_DONE(Issue());
  EK_ASSERT_DONE(Renew(Renewal()));
}

TEST_F(LicencePapersOfDevices, WhatANewEpochLeftBehindMayBeTakenAlong) {
  request_.product = Product("acme/along");
  EK_ASSERT_DONE(Issue());
  auto epochs = EpochKeys::Open(TestContext(), TestPublisher(), request_.product, TestPassphrase());
  EK_ASSERT_DONE(epochs);
  EK_ASSERT_DONE(epochs->BeginNext(TestContext(), TestPassphrase()));
  const auto renewed = Renew(Renewal(), {}, true);
  EK_ASSERT_DONE(renewed);
  EXPECT_EQ(renewed->epoch, Epoch{2});
}

// A device's holder asks for the wider licence of before.
TEST_F(LicencePapersOfDevices, WhatAnotherLicenceReplacedIsNeitherRenewedNorTransferred) {
  request_.terms.allows_export = true;
  EK_ASSERT_DONE(Issue());
  const std::string wider = Renewal(), receipt = Receipt();
  EK_ASSERT_DONE(Renew(wider));  // control
  request_.terms.allows_export = false;
  request_.output = directory_ / "narrower.lic";
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Renew(wider), ErrorCode::kForbidden, "another licence");
  const TestDevice heir;
  ExpectFailure(Transfer(receipt, heir), ErrorCode::kForbidden, "another licence");
  EK_ASSERT_DONE(Renew(Renewal()));
}

TEST_F(LicencePapersOfDevices, WhatWasReturnedIsRenewedNoMore) {
  EK_ASSERT_DONE(Issue());
  EK_ASSERT_DONE(Renew(Renewal()));
  const auto returned = AcceptReturn(TestContext(), TestPublisher(), Receipt());
  EK_ASSERT_DONE(returned);
  EXPECT_TRUE(returned->transferable);
  EK_ASSERT_DONE(AcceptReturn(TestContext(), TestPublisher(), Receipt()));
  ExpectFailure(Renew(Renewal()), ErrorCode::kForbidden);
}

TEST_F(LicencePapersOfDevices, AReceiptIsWorthOneLicenceForOneOtherDevice) {
  const auto issued = Issue();
  EK_ASSERT_DONE(issued);
  const std::string receipt = Receipt({.counted_seconds = 50, .calls_reserved = 300});
  const TestDevice heir;
  const auto transferred = Transfer(receipt, heir);
  EK_ASSERT_DONE(transferred);
  EXPECT_EQ(transferred->device, heir.id());
  EXPECT_FALSE(transferred->id == issued->id);
  EXPECT_EQ(transferred->terms.call_budget, 700U);
  EXPECT_EQ(transferred->terms.lease->counted_seconds, 0U);
  ExpectFailure(Renew(Renewal()), ErrorCode::kForbidden);
  // What was cut is done again; another device gets nothing, with a newer receipt neither.
  EXPECT_EQ(Transfer(receipt, heir)->id, transferred->id);
  const TestDevice third;
  ExpectFailure(Transfer(receipt, third), ErrorCode::kAlreadyExists);
  ExpectFailure(Transfer(Receipt(), third), ErrorCode::kAlreadyExists);
}

// A device keeps an earlier licence, with a later end than a person set since, and gives that back.
TEST_F(LicencePapersOfDevices, ATransferHasTheTermsThatWereGivenLast) {
  EK_ASSERT_DONE(Issue());
  const std::string receipt = Receipt();
  EK_ASSERT_DONE(Renew(Renewal(), UnixTime{kNow.value + 10}));
  const TestDevice heir;
  const auto transferred = Transfer(receipt, heir);
  EK_ASSERT_DONE(transferred);
  ASSERT_TRUE(transferred->terms.expires);
  EXPECT_EQ(transferred->terms.expires->value, kNow.value + 10);
}

TEST_F(LicencePapersOfDevices, WhatIsStoppedGoesToNoOtherDevice) {
  const auto issued = Issue();
  EK_ASSERT_DONE(issued);
  const TestDevice heir;
  for (const StopTarget& target : {StopTarget(issued->id), StopTarget(device_.id())}) {
    EK_ASSERT_DONE(StopRenewals(TestContext(), TestPublisher(), target));
    ExpectFailure(Transfer(Receipt(), heir), ErrorCode::kForbidden, "are stopped");
    EK_ASSERT_DONE(ResumeRenewals(TestContext(), TestPublisher(), target));
  }
  EK_ASSERT_DONE(Transfer(Receipt(), heir));  // control
}

// A device that is not allowed costs the receipt nothing.
TEST_F(LicencePapersOfDevices, NothingGoesToADeviceThatIsNotAllowed) {
  EK_ASSERT_DONE(Issue());
  const std::string receipt = Receipt();
  const TestDevice heir;
  const DeviceCheck but_own = [this](const DeviceId& id) -> Done {
    if (id == device_.id()) return {};
    return Failure{ErrorCode::kUntrusted, "not on the list", "d.eki", "ask its owner"};
  };
  const DeviceCheck nobody = [](const DeviceId&) -> Done {
    return Failure{ErrorCode::kUntrusted, "not on the list", "d.eki", "ask its owner"};
  };
  RenewalRequest renewal{.report = Renewal(), .output = directory_ / "renewed.lic", .is_allowed = nobody};
  ExpectFailure(RenewLicence(TestContext(), TestPublisher(), TestPassphrase(), renewal), ErrorCode::kUntrusted);
  renewal.is_allowed = but_own;
  EK_ASSERT_DONE(RenewLicence(TestContext(), TestPublisher(), TestPassphrase(), renewal));
  WriteAll(directory_ / "heir.ekd", heir.Request(heir));
  const TransferRequest transfer{.receipt = receipt,
                                 .device_request = directory_ / "heir.ekd",
                                 .output = directory_ / "heir.lic",
                                 .is_allowed = but_own};
  ExpectFailure(TransferLicence(TestContext(), TestPublisher(), TestPassphrase(), transfer), ErrorCode::kUntrusted);
  EXPECT_FALSE(std::filesystem::exists(transfer.output));
  const TestDevice other;
  EK_ASSERT_DONE(Transfer(receipt, other));  // the receipt is nobody's yet
}

// Power is cut at each step of what a licensor writes: done again, a receipt is worth one licence for one device, and a
// licence that was returned is renewed no more.
TEST_F(LicencePapersOfDevices, CutsLeaveOneLicenceForOneDevice) {
  const std::string place = directory_ / "cuts";
  std::filesystem::create_directory(place);
  auto made = NewTestPublisher(place + "/acme");
  EK_ASSERT_DONE(made);
  const auto issue = IssueLicence(TestContext(), *made, TestPassphrase(), request_);
  EK_ASSERT_DONE(issue);
  const std::string receipt = Receipt();
  const TestDevice heir, third;
  WriteAll(directory_ / "heir.ekd", heir.Request(heir));
  WriteAll(directory_ / "third.ekd", third.Request(third));
  const auto transfer = [&](const Publisher& publisher, const std::string& device, const std::string& output) {
    return TransferLicence(TestContext(), publisher, TestPassphrase(),
                           {.receipt = receipt, .device_request = directory_ / device, .output = output});
  };
  std::set<DiskState> states;
  formats::LicenceId id;
  {
    CutDisk disk(place);
    const auto done = transfer(*made, "heir.ekd", place + "/heir.lic");
    EK_ASSERT_DONE(done);
    id = done->id;
    states = disk.states();
  }
  EXPECT_GE(states.size(), 6U);
  int num_licences = 0;
  for (const DiskState& state : states) {
    const std::string after = directory_ / "after";
    std::filesystem::remove_all(after);
    Restore(state, after);
    const auto publisher = Publisher::Open(TestContext(), after + "/acme");
    EK_ASSERT_DONE(publisher);
    const bool has_licence = state.contains("heir.lic");
    num_licences += has_licence ? 1 : 0;
    if (has_licence) {
      ExpectFailure(transfer(*publisher, "third.ekd", after + "/third.lic"), ErrorCode::kAlreadyExists);
    }
    const auto again = transfer(*publisher, "heir.ekd", after + "/again.lic");
    EK_ASSERT_DONE(again);
    EXPECT_EQ(again->id, id);
    ExpectFailure(transfer(*publisher, "third.ekd", after + "/third.lic"), ErrorCode::kAlreadyExists);
    ExpectFailure(RenewLicence(TestContext(), *publisher, TestPassphrase(),
                               {.report = Renewal(), .output = after + "/renewed.lic"}),
                  ErrorCode::kForbidden);
  }
  EXPECT_GT(num_licences, 0);
}

// A certificate of retirement, of this device.
Buffer RetirementOf(const TestDevice& device) {
  formats::Order order{.authority = "acme",
                       .action = formats::OrderAction::kRetire,
                       .devices = {},
                       .sequence = 1,
                       .issued_at = kNow,
                       .not_after = {kNow.value + 60},
                       .product = {},
                       .sessions = {}};
  EXPECT_TRUE(order.devices.PushBack(device.id()));
  const auto sign = [&](std::string_view type, const auto& object, auto encode) {
    Buffer buffer(formats::kMaxSignedRetirement);
    CborWriter payload(buffer);
    EXPECT_TRUE(encode(object, payload));
    const sealing::SigningKey* const keys[] = {&device};
    const Bytes bytes = sealing::SignObject(TestContext().provider, type, payload.written(), keys).value();
    return Buffer(bytes.view().begin(), bytes.view().end());
  };
  const Buffer given = sign(formats::typ::kOrder, order, formats::EncodeOrder);
  const formats::RetirementCertificate certificate{
      .order = given,
      .identity = {static_cast<std::uint16_t>(device.algorithm()), device.public_key()},
      .retired_at = kNow,
      .evidence = {}};
  return sign(formats::typ::kRetirement, certificate, formats::EncodeRetirementCertificate);
}

// Who was told that it is remembered is not told so by a disk that forgets it.
TEST_F(LicencePapersOfDevices, ARetirementThatIsRememberedOutlivesACut) {
  const std::string place = directory_ / "cuts";
  std::filesystem::create_directory(place);
  auto made = NewTestPublisher(place + "/acme");
  EK_ASSERT_DONE(made);
  WriteAll(directory_ / "d.ekx", RetirementOf(device_));
  CutDisk disk(place);
  EK_ASSERT_DONE(RememberRetired(TestContext(), *made, directory_ / "d.ekx"));
  ASSERT_TRUE(files::WriteNewFile(place + "/told", files::Access::kPublic, {}));
  int num_told = 0;
  const DeviceId id = device_.id();
  const std::string path = "acme/retired/" + std::string(ToHex(id.view()).view());
  for (const DiskState& state : disk.states()) {
    if (!state.contains("told")) continue;
    ++num_told;
    ASSERT_TRUE(state.contains(path));
    EXPECT_EQ(state.at(path).size(), ReadAll(directory_ / "d.ekx").size());
  }
  EXPECT_GT(num_told, 0);
  {
    // Not in the middle of a renewal that is being checked.
    const auto lock = LockLicences(TestContext(), *made);
    EK_ASSERT_DONE(lock);
    ExpectFailure(RememberRetired(InterruptedContext(), *made, directory_ / "d.ekx"), ErrorCode::kPeerGone);
  }
  request_.output = place + "/d.lic";
  ExpectFailure(IssueLicence(TestContext(), *made, TestPassphrase(), request_), ErrorCode::kForbidden, "retired");
}

TEST_F(LicencePapersOfDevices, OnlyWhatIsTransferableAndNotUsedUpIsTransferred) {
  request_.terms.transferable = false;
  EK_ASSERT_DONE(Issue());
  const TestDevice heir;
  ExpectFailure(Transfer(Receipt(), heir), ErrorCode::kForbidden, "not transferable");
  request_.terms.transferable = true;
  request_.output = directory_ / "second.lic";
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Transfer(Receipt({.calls_reserved = 1000}), heir), ErrorCode::kOverBudget);
  EK_ASSERT_DONE(Transfer(Receipt({.calls_reserved = 999}), heir));
}

}  // namespace
}  // namespace edgekeep::author
