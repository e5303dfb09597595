// Leases renewed with nobody at the keyboard: to whom, with which terms, how often, and wherever power is cut.
#include "edgekeep/author/renewal_desk.h"

#include "../licensor_lock.h"
#include "../renewed_licences.h"
#include "cut_disk.h"
#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/author/licence_papers.h"
#include "edgekeep/author/renewal_stops.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/files/new_file.h"
#include "reported_licences.h"

namespace edgekeep::author {
namespace {

std::unique_ptr<RenewalDesk> DeskOf(const Publisher& publisher, DeviceCheck is_allowed = {}) {
  auto desk = RenewalDesk::Open(TestContext(), publisher, TestPassphrase(), std::move(is_allowed));
  EXPECT_TRUE(desk);
  return desk ? *std::move(desk) : nullptr;
}

formats::Licence LicenceIn(const Buffer& bytes) {
  return formats::DecodeLicence(formats::DecodeSignedObject(formats::typ::kLicence, bytes).value().payload).value();
}

// A licence with a lease of a hundred seconds.
class RenewalDeskTest : public ReportedLicences {
 protected:
  void SetUp() override {
    ReportedLicences::SetUp();
    request_.terms.expires = UnixTime{kNow.value + 5000};
    EK_ASSERT_DONE(Issue());
  }

  static RenewalDesk& Desk() {
    static const std::unique_ptr<RenewalDesk> desk = DeskOf(TestPublisher());
    return *desk;
  }

  RenewalAnswer Ask(const std::string& report, std::uint64_t later = 0) { return AskAt(Desk(), report, later); }

  static RenewalAnswer AskAt(RenewalDesk& desk, const std::string& report, std::uint64_t later = 0) {
    Context context = TestContext();
    context.now.value += later;
    return desk.Renew(context, ReadAll(report));
  }

  // What was answered; empty where nothing was.
  static Buffer Given(const RenewalAnswer& answer) {
    EXPECT_TRUE(answer.licence) << answer.licence.error().what;
    if (!answer.licence) return {};
    return {answer.licence->view().begin(), answer.licence->view().end()};
  }

  std::string Counted(std::uint64_t seconds) { return Renewal({.counted_seconds = seconds}); }

  // The device has it from now on.
  void Install(const Buffer& licence) { WriteAll(request_.output, licence); }

  formats::LicenceId Id() const { return LicenceIn(ReadAll(request_.output)).id; }

  std::string IdText() const {
    const formats::LicenceId id = Id();
    return std::string(ToHex(id.view()).view());
  }
};

TEST_F(RenewalDeskTest, RenewsWithTheSameTermsFromTheCountThatItWasAskedAt) {
  const formats::Licence before = LicenceIn(ReadAll(request_.output));
  const RenewalAnswer answer = Ask(Counted(77), 1000);
  const Buffer given = Given(answer);
  const formats::Licence licence = LicenceIn(given);
  EXPECT_EQ(licence.id, before.id);
  EXPECT_EQ(licence.device, device_.id());
  EXPECT_EQ(licence.issued_at.value, kNow.value + 1000);
  EXPECT_EQ(licence.terms.lease->counted_seconds, 77U);
  EXPECT_EQ(licence.terms.lease->seconds, 100U);
  EXPECT_EQ(licence.terms.expires, before.terms.expires);
  EXPECT_EQ(licence.terms.call_budget, 1000U);
  ASSERT_TRUE(answer.subject);
  EXPECT_EQ(answer.subject->id, before.id);
  EXPECT_EQ(answer.subject->device, device_.id());
  EXPECT_FALSE(answer.is_repeated);
}

TEST_F(RenewalDeskTest, ALeaseIsDueFromAQuarterOfItOn) {
  const RenewalAnswer early = Ask(Counted(20));
  ExpectFailure(early.licence, ErrorCode::kNotYetValid);
  EXPECT_EQ(early.wait_seconds, 5U);
  ExpectFailure(Ask(Counted(24), 1'000'000).licence, ErrorCode::kNotYetValid);  // whatever the licensor's clock says
  const Buffer given = Given(Ask(Counted(25)));
  Install(given);
  ExpectFailure(Ask(Counted(49)).licence, ErrorCode::kNotYetValid);
  EXPECT_EQ(LicenceIn(Given(Ask(Counted(50)))).terms.lease->counted_seconds, 50U);
}

// Its answer was lost; or somebody recorded it, and has what the device has.
TEST_F(RenewalDeskTest, WhoAsksAgainIsAnsweredTheSame) {
  const std::string report = Counted(40);
  const Buffer given = Given(Ask(report));
  for (const std::string& again : {report, Counted(30), Counted(64)}) {
    const RenewalAnswer answer = Ask(again, 500);
    EXPECT_TRUE(answer.is_repeated);
    EXPECT_EQ(Given(answer), given);
  }
  const RenewalAnswer later = Ask(Counted(65), 500);  // control: another quarter is used up
  EXPECT_FALSE(later.is_repeated);
  EXPECT_EQ(LicenceIn(Given(later)).terms.lease->counted_seconds, 65U);
  EXPECT_EQ(LicenceIn(Given(Ask(report))).terms.lease->counted_seconds, 65U) << "no lease begins earlier again";
}

TEST_F(RenewalDeskTest, AnEarlierLicenceGetsTheTermsThatWereGivenLast) {
  const std::string before = Counted(30), later = Counted(70);
  const auto by_hand = RenewLicence(
      TestContext(), TestPublisher(), TestPassphrase(),
      {.report = Counted(30), .expires = UnixTime{kNow.value + 100}, .output = directory_ / "shorter.lic"});
  EK_ASSERT_DONE(by_hand);
  const RenewalAnswer repeated = Ask(before);
  EXPECT_EQ(Given(repeated), ReadAll(directory_ / "shorter.lic"));
  EXPECT_EQ(LicenceIn(Given(Ask(later))).terms.expires->value, kNow.value + 100);
  const auto again = RenewLicence(TestContext(), TestPublisher(), TestPassphrase(),
                                  {.report = before, .expires = {}, .output = directory_ / "again.lic"});
  EK_ASSERT_DONE(again);
  EXPECT_EQ(again->terms.expires->value, kNow.value + 100) << "by a file as well";
  ExpectFailure(Ask(later, 100).licence, ErrorCode::kExpired);
  ExpectFailure(Ask(before, 100).licence, ErrorCode::kExpired);
}

// Whoever renews by a file and is told that it failed has given nobody anything.
TEST_F(RenewalDeskTest, ARenewalByFileThatFailedGivesNobodyItsTerms) {
  const UnixTime end = LicenceIn(ReadAll(request_.output)).terms.expires.value();
  for (const std::string& output : {request_.output, std::string(directory_ / "none/wider.lic")}) {
    const auto failed =
        RenewLicence(TestContext(), TestPublisher(), TestPassphrase(),
                     {.report = Counted(30), .expires = UnixTime{kNow.value + 9'000'000}, .output = output});
    EXPECT_FALSE(failed) << output;
    const auto last = LastRenewed(TestContext(), TestPublisher(), Id());
    EK_ASSERT_DONE(last);
    EXPECT_FALSE(last->has_value()) << output;
  }
  EXPECT_EQ(LicenceIn(Given(Ask(Counted(30)))).terms.expires, end);
}

TEST_F(RenewalDeskTest, NobodyElseIsAnswered) {
  const TestDevice other;
  ExpectFailure(Ask(Report(formats::typ::kLicenceRenewal, {.counted_seconds = 50}, other)).licence,
                ErrorCode::kUntrusted);
  ExpectFailure(Ask(Receipt({.counted_seconds = 50})).licence, ErrorCode::kUnsupported);
  Buffer report = ReadAll(Counted(50));
  for (std::size_t size = 0; size < report.size(); size += 1 + report.size() / 64) {
    const RenewalAnswer answer = Desk().Renew(TestContext(), ByteView(report).first(size));
    EXPECT_FALSE(answer.licence);
    EXPECT_FALSE(answer.subject);
  }
  for (std::size_t at = 0; at < report.size(); at += 1 + report.size() / 64) {
    report[at] ^= 1;
    EXPECT_FALSE(Desk().Renew(TestContext(), report).licence) << at;
    report[at] ^= 1;
  }
  report.resize(formats::kMaxSignedLicenceReportSize + 1);
  EXPECT_FALSE(Desk().Renew(TestContext(), report).licence);
  Given(Ask(Counted(50)));  // control
}

TEST_F(RenewalDeskTest, WhatIsStoppedIsNotRenewedByAnyWay) {
  const auto refused = [&](const char* words) {
    ExpectFailure(Ask(Counted(50)).licence, ErrorCode::kForbidden, words);
    const std::string output = directory_ / ("stopped" + std::to_string(num_reports_++));
    ExpectFailure(RenewLicence(TestContext(), TestPublisher(), TestPassphrase(),
                               {.report = Counted(50), .expires = {}, .output = output}),
                  ErrorCode::kForbidden, words);
  };
  for (const StopTarget& target : {StopTarget(Id()), StopTarget(device_.id())}) {
    const bool is_device = std::holds_alternative<DeviceId>(target);
    ExpectFailure(ResumeRenewals(TestContext(), TestPublisher(), target), ErrorCode::kNotFound);
    EK_ASSERT_DONE(StopRenewals(TestContext(), TestPublisher(), target));
    Context later = TestContext();
    later.now.value += 1;
    EK_ASSERT_DONE(StopRenewals(later, TestPublisher(), target));
    refused(is_device ? "for this device are stopped" : "of this licence are stopped");
    const auto stops = StoppedRenewals(TestPublisher());
    EK_ASSERT_DONE(stops);
    ASSERT_EQ(stops->size(), 1U);
    EXPECT_TRUE(stops->front().target == target);
    EXPECT_EQ(stops->front().since, kNow);
    EK_ASSERT_DONE(ResumeRenewals(TestContext(), TestPublisher(), target));
    EXPECT_TRUE(StoppedRenewals(TestPublisher())->empty());
  }
  // What it says is damaged: stopped, until somebody says otherwise.
  const std::string path = TestPublisher().directory() + "/stopped/licence-" + IdText();
  WriteAll(path, {'r', 'e', 's'});
  EXPECT_FALSE(Ask(Counted(50)).licence);
  EXPECT_FALSE(StoppedRenewals(TestPublisher()));
  EK_ASSERT_DONE(ResumeRenewals(TestContext(), TestPublisher(), Id()));
  Given(Ask(Counted(50)));  // control
}

TEST_F(RenewalDeskTest, RefusesWhatARenewalByFileRefuses) {
  const std::string report = Counted(50);
  Given(Ask(report));  // control: and nothing that was answered is answered again
  const std::string receipt = Receipt({.counted_seconds = 50});
  request_.output = directory_ / "another.lic";
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Ask(report).licence, ErrorCode::kForbidden, "another licence");
  const std::string newer = Counted(60);
  Given(Ask(newer));
  EK_ASSERT_DONE(AcceptReturn(TestContext(), TestPublisher(), Receipt({.counted_seconds = 60})));
  ExpectFailure(Ask(newer).licence, ErrorCode::kForbidden, "given back");
  const auto nobody = DeskOf(TestPublisher(), [](const DeviceId&) -> Done {
    return Failure{ErrorCode::kUntrusted, "not on the list", "d.eki", "ask its owner"};
  });
  ExpectFailure(AskAt(*nobody, report).licence, ErrorCode::kUntrusted, "not on the list");
}

TEST_F(RenewalDeskTest, ALicenceWithoutALeaseIsAPersonsToRenew) {
  request_.terms.lease.reset();
  request_.output = directory_ / "leaseless.lic";
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Ask(Counted(50)).licence, ErrorCode::kForbidden, "has no lease");
}

// Keys that stay open are of the epoch that it is.
TEST_F(RenewalDeskTest, ANewEpochLeavesBehindWhatWasRenewedBefore) {
  request_.product = Product("acme/desk-epochs");
  request_.output = directory_ / "first.lic";
  EK_ASSERT_DONE(Issue());
  const std::string report = Counted(50);
  Given(Ask(report));
  auto epochs = EpochKeys::Open(TestContext(), TestPublisher(), request_.product, TestPassphrase());
  EK_ASSERT_DONE(epochs);
  EK_ASSERT_DONE(epochs->BeginNext(TestContext(), TestPassphrase()));
  ExpectFailure(Ask(report).licence, ErrorCode::kForbidden, "epoch 1, which is over");
  ExpectFailure(Ask(Counted(90)).licence, ErrorCode::kForbidden, "epoch 1, which is over");
  request_.output = directory_ / "second.lic";
  EK_ASSERT_DONE(Issue());
  EXPECT_EQ(LicenceIn(Given(Ask(Counted(50)))).epoch, Epoch{2});
}

TEST_F(RenewalDeskTest, EpochKeysThatCouldNotBeReadAreTriedAgain) {
  request_.product = Product("acme/desk-modes");
  request_.output = directory_ / "modes.lic";
  EK_ASSERT_DONE(Issue());
  const std::string path = TestPublisher().directory() + "/epochs/acme__desk-modes.ekk";
  std::filesystem::permissions(path, std::filesystem::perms{0644});
  EXPECT_FALSE(Ask(Counted(50)).licence) << "others may read it";
  std::filesystem::permissions(path, std::filesystem::perms{0600});
  Given(Ask(Counted(50)));
}

// Licences of before a rekey open nothing: the device cannot wait until half of its lease is over.
TEST_F(RenewalDeskTest, AKeyThatWasMadeAnewIsLicensedAtOnceAndTheOneBeforeNoMore) {
  const std::string before = Counted(50);
  const formats::Licence former = LicenceIn(Given(Ask(before)));
  device_.Rekey(kNow);
  const Buffer given = Given(Ask(Counted(50)));
  EXPECT_NE(LicenceIn(given).issued_at, former.issued_at);
  ExpectFailure(Ask(before).licence, ErrorCode::kForbidden, "made anew");
  Install(given);
  ExpectFailure(Ask(Counted(60)).licence, ErrorCode::kNotYetValid);
  // Of a licence that was not renewed yet nobody knows which key it is for.
  WriteAll(request_.device_request, device_.Request(device_));
  request_.output = directory_ / "never-renewed.lic";
  EK_ASSERT_DONE(Issue());
  Install(Given(Ask(Counted(0))));
  ExpectFailure(Ask(Counted(0)).licence, ErrorCode::kNotYetValid);
}

TEST_F(RenewalDeskTest, NoLicenceIsSignedMoreOftenThanItsRate) {
  RenewalRates rates;
  const formats::LicenceId one(std::array<std::uint8_t, 16>{1}), other(std::array<std::uint8_t, 16>{2});
  for (std::uint64_t i = 0; i < RenewalRates::kAtOnce; ++i) EXPECT_EQ(rates.Take(one, kNow), 0U);
  EXPECT_EQ(rates.Take(one, kNow), RenewalRates::kSecondsEach);
  EXPECT_EQ(rates.Take(one, {kNow.value + 599}), 1U);
  EXPECT_EQ(rates.Take(other, kNow), 0U);
  EXPECT_EQ(rates.Take(one, {kNow.value + 600}), 0U);
  EXPECT_EQ(rates.Take(one, {kNow.value + 600}), 600U);
  EXPECT_EQ(rates.Take(one, {kNow.value + 1200}), 0U);
  // A clock that was turned back gives nothing, and takes nothing for longer than it says.
  EXPECT_EQ(rates.Take(one, {kNow.value - 5000}), RenewalRates::kSecondsEach);
  EXPECT_EQ(rates.Take(one, {kNow.value - 4400}), 0U);
  EXPECT_EQ(rates.Take(one, {kNow.value - 4400}), RenewalRates::kSecondsEach);
  // A device that lies about its count.
  for (std::uint64_t i = 1; i <= RenewalRates::kAtOnce; ++i) Given(Ask(Counted(100 * i)));
  const RenewalAnswer answer = Ask(Counted(UINT64_MAX));
  ExpectFailure(answer.licence, ErrorCode::kOverRate);
  EXPECT_EQ(answer.wait_seconds, RenewalRates::kSecondsEach);
}

TEST_F(RenewalDeskTest, WaitsForWhoeverIsLicensingAndNotForLong) {
  const auto lock = LockLicences(TestContext(), TestPublisher());
  EK_ASSERT_DONE(lock);
  EXPECT_FALSE(Desk().Renew(TestContext(), Buffer(100)).licence) << "a stranger's bytes wait for nobody";
  ExpectFailure(Ask(Counted(50)).licence, ErrorCode::kBusy);
}

// Whoever writes into the publisher's directory, and has no keys, has no terms of their own renewed.
TEST_F(RenewalDeskTest, WhatWasRenewedLastIsBelievedByItsSignature) {
  Given(Ask(Counted(50)));
  const std::string path = TestPublisher().directory() + "/renewed/" + IdText();
  const Buffer kept = ReadAll(path);
  Buffer edited = kept;
  edited[edited.size() / 2] ^= 1;
  for (const Buffer& wrong : {edited, Buffer(kept.begin(), kept.begin() + 40), Buffer()}) {
    WriteAll(path, wrong);
    EXPECT_FALSE(Ask(Counted(90)).licence);
  }
  // Another licence's, rightly signed.
  const std::string first = request_.output;
  request_.output = directory_ / "wider.lic";
  request_.product = Product("acme/wider");
  EK_ASSERT_DONE(Issue());
  const Buffer wider = ReadAll(request_.output);
  Buffer planted(kept.begin(), kept.begin() + KeyId::kSize);
  planted.insert(planted.end(), wider.begin(), wider.end());
  request_.output = first;
  WriteAll(path, planted);
  EXPECT_FALSE(Ask(Counted(90)).licence);
}

// The server ended between a file's rename and its directory's fsync; power is cut once the file was answered.
TEST_F(RenewalDeskTest, WhatIsAnsweredAgainIsDurable) {
  const std::string place = directory_ / "again";
  std::filesystem::create_directory(place);
  auto made = NewTestPublisher(place + "/acme");
  EK_ASSERT_DONE(made);
  request_.output = directory_ / "again.lic";
  EK_ASSERT_DONE(IssueLicence(TestContext(), *made, TestPassphrase(), request_));
  const std::string report = Counted(50), kept = "acme/renewed/" + IdText();
  const auto desk = DeskOf(*made);
  Given(AskAt(*desk, report));
  std::filesystem::rename(place + "/" + kept, place + "/acme/renewed/.next");
  CutDisk disk(place);
  std::filesystem::rename(place + "/acme/renewed/.next", place + "/" + kept);
  EXPECT_TRUE(AskAt(*desk, report).is_repeated);
  ASSERT_TRUE(files::WriteNewFile(place + "/answered", files::Access::kPublic, {}));
  int num_answered = 0;
  for (const DiskState& state : disk.states()) {
    if (!state.contains("answered")) continue;
    ++num_answered;
    EXPECT_TRUE(state.contains(kept));
  }
  EXPECT_GE(num_answered, 1);
}

// Power is cut at each step: what was answered is there, and asked again there is the same answer.
TEST_F(RenewalDeskTest, CutsLoseNoAnswer) {
  const std::string place = directory_ / "cuts";
  std::filesystem::create_directory(place);
  auto made = NewTestPublisher(place + "/acme");
  EK_ASSERT_DONE(made);
  request_.output = directory_ / "cut.lic";
  EK_ASSERT_DONE(IssueLicence(TestContext(), *made, TestPassphrase(), request_));
  const std::string report = Counted(50);
  std::set<DiskState> states;
  Buffer given;
  {
    const auto desk = DeskOf(*made);
    CutDisk disk(place);
    given = Given(AskAt(*desk, report));
    ASSERT_TRUE(files::WriteNewFile(place + "/answered", files::Access::kPublic, {}));
    states = disk.states();
  }
  const std::string kept = "acme/renewed/" + IdText();
  int num_kept = 0, num_answered = 0;
  for (const DiskState& state : states) {
    const std::string after = directory_ / "after";
    std::filesystem::remove_all(after);
    Restore(state, after);
    const auto publisher = Publisher::Open(TestContext(), after + "/acme");
    EK_ASSERT_DONE(publisher);
    const auto desk = DeskOf(*publisher);
    const RenewalAnswer again = AskAt(*desk, report, 10);
    const bool is_kept = state.contains(kept) && !state.at(kept).empty();
    num_kept += is_kept ? 1 : 0;
    if (state.contains("answered")) {
      ++num_answered;
      EXPECT_TRUE(is_kept);
    }
    EXPECT_EQ(again.is_repeated, is_kept);
    if (is_kept) {
      EXPECT_EQ(Given(again), given);
    } else {
      EXPECT_EQ(LicenceIn(Given(again)).terms.lease->counted_seconds, 50U);
    }
  }
  EXPECT_GE(num_kept, 1);
  EXPECT_GE(num_answered, 1);
}

}  // namespace
}  // namespace edgekeep::author
