// A device changes hands: by the word of both owners, once, whole, and for good.
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/owned_device.h"
#include "fixture/stored_values.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Der;
using fixture::HandedOver;
using fixture::Handover;
using fixture::HandOver;
using fixture::kLent;
using fixture::kNow;
using fixture::OwnerOf;
using fixture::Survival;
using fixture::TestAuthority;
using fixture::TestDevice;
using fixture::TransferOf;
using formats::Transfer;

class TransferTest : public fixture::OwnedDevice {};

TEST_F(TransferTest, TheNextOwnerIsTheOnlyOne) {
  const Der pending = fixture::AskFor(device_, {}).value();
  const HandedOver done = HandOver(device_, TransferOf(device_, ToTaker())).value();
  EXPECT_EQ(done.number, 1U);
  EXPECT_TRUE(done.ended.empty());
  for (const bool restarted : {false, true}) {
    if (restarted) {
      ASSERT_TRUE(StartOwned(device_));
    }
    const fixture::Owned owned = OwnerOf(device_).value();
    EXPECT_EQ(owned.authority, DigestOfAuthority(taker_));
    EXPECT_TRUE(owned.held.empty());
    EXPECT_FALSE(owned.requested);
    EXPECT_EQ(owned.changes, 1U);
    EK_EXPECT_ERROR(fixture::AskFor(device_, giver_.Certificate()), ErrorCode::kAlreadyExists);
    EK_EXPECT_ERROR(fixture::AskFor(device_, stranger_.Certificate()), ErrorCode::kAlreadyExists);
    EK_EXPECT_ERROR(GiveCertificate(device_, CertificateFor(giver_, pending)), ErrorCode::kBadState);
  }
  const Der request = fixture::AskFor(device_, {}).value();
  EXPECT_NE(fixture::ReadPkcs10(request, certificates::kEvidenceAttribute).key,
            fixture::ReadPkcs10(pending, certificates::kEvidenceAttribute).key);
  EK_EXPECT_ERROR(GiveCertificate(device_, CertificateFor(giver_, request)), ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(GiveCertificate(device_, CertificateFor(taker_, pending)), ErrorCode::kWrongDevice);
  const Der certificate = CertificateFor(taker_, request);
  EK_ASSERT_OK(GiveCertificate(device_, certificate));
  EXPECT_EQ(OwnerOf(device_)->held, certificate);
  EXPECT_EQ(OwnerOf(device_)->changes, 1U);
}

struct BadHandover {
  const char* name;
  ErrorCode error;
  Handover what;
};

TEST_F(TransferTest, IsNoneWithoutBothOwnersWord) {
  using formats::SignedTransfer;
  const auto changed = [&](const fixture::Edit<Transfer>& edit) {
    Handover what = ToTaker();
    what.edit = edit;
    return what;
  };
  const auto cut = [&](const fixture::Edit<SignedTransfer>& edit) {
    Handover what = ToTaker();
    what.edit_after = edit;
    return what;
  };
  const auto signed_by = [&](const TestAuthority& gives, const TestAuthority& takes) {
    return Handover{.giver = &giver_, .taker = &taker_, .gives = &gives, .takes = &takes};
  };
  const TestAuthority device_of_givers("Device", kNow, {kNow.value + 100'000'000}, &giver_,
                                       "keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n");
  const Der its_certificate = device_of_givers.Certificate();
  const TestAuthority over("Taker", {kNow.value - 1000}, {kNow.value - 10});
  const TestAuthority no_authority("Taker", kNow, {kNow.value + 1000}, nullptr, "keyUsage=digitalSignature\n");
  // What was signed, with another word in it.
  Der other_terms;
  const auto with_other_terms = [&](SignedTransfer& both) {
    other_terms = fixture::ToBuffer(both.payload);
    // 7: 1 (licences that may go stay) becomes 7: 2; what follows is 8: 2 and the server's name.
    other_terms[other_terms.size() - 24] ^= 3;
    both.payload = other_terms;
  };
  const BadHandover kBad[] = {
      {"countersigned by nobody", ErrorCode::kBadSignature, cut([](SignedTransfer& both) { both.taker.reset(); })},
      {"signed by nobody", ErrorCode::kBadSignature, cut([](SignedTransfer& both) { both.giver.reset(); })},
      {"one signature for both sides", ErrorCode::kBadSignature,
       cut([](SignedTransfer& both) { both.taker = both.giver; })},
      {"signatures in each other's place", ErrorCode::kBadSignature,
       cut([](SignedTransfer& both) { std::swap(both.giver, both.taker); })},
      {"by the giver alone, twice", ErrorCode::kBadSignature, signed_by(giver_, giver_)},
      {"by the taker alone, twice", ErrorCode::kBadSignature, signed_by(taker_, taker_)},
      {"countersigned by a stranger", ErrorCode::kBadSignature, signed_by(giver_, stranger_)},
      {"signed by a stranger", ErrorCode::kBadSignature, signed_by(stranger_, taker_)},
      {"signed by a device of the giver's", ErrorCode::kForbidden,
       [&] {
         Handover what = signed_by(device_of_givers, taker_);
         what.edit_after = [&](SignedTransfer& both) {
           ASSERT_TRUE(both.giver->certificates.PushBack(its_certificate));
         };
         return what;
       }()},
      {"other terms than were signed", ErrorCode::kBadSignature, cut(with_other_terms)},
      {"of another device", ErrorCode::kWrongDevice,
       changed([](Transfer& transfer) { transfer.device.mutable_view()[0] ^= 1; })},
      {"by who is not the owner", ErrorCode::kUntrusted, {.giver = &stranger_, .taker = &taker_}},
      {"the change after the next", ErrorCode::kWrongVersion, ToTaker(2)},
      {"the last number there is", ErrorCode::kWrongVersion, ToTaker(UINT64_MAX)},
      {"over", ErrorCode::kExpired, changed([](Transfer& transfer) {
         transfer.issued_at = {kNow.value - 10};
         transfer.not_after = {kNow.value - 1};
       })},
      {"issued later", ErrorCode::kNotYetValid,
       changed([](Transfer& transfer) { transfer.issued_at = {kNow.value + 1}; })},
      {"to an authority that is over", ErrorCode::kExpired, {.giver = &giver_, .taker = &over}},
      {"to who is no authority", ErrorCode::kUntrusted, {.giver = &giver_, .taker = &no_authority}},
  };
  const std::uint64_t count = device_.counter.value;
  for (const BadHandover& bad : kBad) {
    const auto done = HandOver(device_, TransferOf(device_, bad.what));
    ASSERT_FALSE(done) << bad.name;
    EXPECT_EQ(done.error().code(), bad.error) << bad.name << ": " << NameOf(done.error().code());
  }
  EK_EXPECT_ERROR(HandOver(device_, Buffer(100, 0xA1)), ErrorCode::kMalformed);
  ExpectIsTheGivers(device_);
  EXPECT_EQ(device_.counter.value, count) << "nothing was written";
  EXPECT_TRUE(HandOver(device_, TransferOf(device_, ToTaker()))) << "the control";
}

TEST_F(TransferTest, HoldsOnceWhoeverHasTheDeviceAgain) {
  const Buffer first = TransferOf(device_, ToTaker());
  EK_ASSERT_OK(HandOver(device_, first));
  const std::uint64_t count = device_.counter.value;
  EXPECT_EQ(HandOver(device_, first)->number, 1U) << "whoever did not hear of it asks again";
  EXPECT_EQ(device_.counter.value, count) << "and nothing is done";
  EK_ASSERT_OK(HandOver(device_, TransferOf(device_, Back(2))));
  ASSERT_TRUE(fixture::EnrolWith(device_, giver_));
  EK_EXPECT_ERROR(HandOver(device_, first), ErrorCode::kWrongVersion);
  ASSERT_TRUE(StartOwned(device_));
  EK_EXPECT_ERROR(HandOver(device_, first), ErrorCode::kWrongVersion);
  EXPECT_EQ(OwnerOf(device_)->authority, DigestOfAuthority(giver_));
  EXPECT_TRUE(HandOver(device_, TransferOf(device_, ToTaker(3)))) << "the control: the next one";
}

TEST_F(TransferTest, AnOwnerWithoutACertificateHandsOnAndOneOfNobodyIsNobodys) {
  EK_ASSERT_OK(HandOver(device_, TransferOf(device_, ToTaker())));
  const Handover on{.giver = &taker_, .taker = &stranger_, .number = 2};
  EXPECT_TRUE(HandOver(device_, TransferOf(device_, on))) << "before it ever enrolled";
  EXPECT_EQ(OwnerOf(device_)->authority, DigestOfAuthority(stranger_));
  TestDevice fresh;
  ASSERT_TRUE(StartOwned(fresh));
  EK_EXPECT_ERROR(HandOver(fresh, TransferOf(fresh, ToTaker())), ErrorCode::kNotInitialised);
  ASSERT_TRUE(fresh.Initialise(publisher_.Bundle()));
  EK_EXPECT_ERROR(HandOver(fresh, TransferOf(fresh, ToTaker())), ErrorCode::kNotFound);
  ASSERT_TRUE(fixture::AskFor(fresh, giver_.Certificate())) << "named, and anybody may still be";
  EK_EXPECT_ERROR(HandOver(fresh, TransferOf(fresh, ToTaker())), ErrorCode::kNotFound);
}

// An authority whose own certificate is over, or that has a new key, goes on as another one, by its own word.
TEST_F(TransferTest, AnAuthorityThatIsOverHandsOverToItsSuccessor) {
  const TestAuthority old("Owner", {kNow.value - 1000}, {kNow.value + 1000});
  TestDevice device;
  ASSERT_TRUE(StartOwned(device));
  ASSERT_TRUE(device.Initialise(publisher_.Bundle()));
  ASSERT_TRUE(fixture::EnrolWith(device, old));
  device.clock.Pass(5000);
  Handover what{.giver = &old, .taker = &taker_};
  what.edit = [](Transfer& transfer) { transfer.issued_at = {kNow.value + 4000}; };
  EXPECT_TRUE(HandOver(device, TransferOf(device, what)));
}

TEST_F(TransferTest, SignersOfBothAuthoritiesMaySign) {
  const std::string extensions =
      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
      "extendedKeyUsage=critical,1.3.6.1.4.1.99999.2.2\n";
  const UnixTime from{kNow.value - 10}, until{kNow.value + 1000};
  const TestAuthority gives("Sales", from, until, &giver_, extensions),
      takes("Stock", from, until, &taker_, extensions);
  const Der gives_der = gives.Certificate(), takes_der = takes.Certificate();
  Handover what = ToTaker();
  what.gives = &gives;
  what.takes = &takes;
  what.edit_after = [&](formats::SignedTransfer& both) {
    ASSERT_TRUE(both.giver->certificates.PushBack(gives_der));
    ASSERT_TRUE(both.taker->certificates.PushBack(takes_der));
  };
  EXPECT_TRUE(HandOver(device_, TransferOf(device_, what)));
}

TEST_F(TransferTest, TheFormerOwnersDiskIsDenied) {
  const Der old = OwnerOf(device_)->held;
  const auto before = device_.disk->Clone();
  EK_ASSERT_OK(HandOver(device_, TransferOf(device_, ToTaker())));
  ASSERT_TRUE(fixture::EnrolWith(device_, taker_));
  const auto after = device_.disk->Clone();
  // The record alone.
  *FileOf(device_, "owner") = *before->ContentsOf("owner");
  device_.ForgetLastChange();
  ASSERT_TRUE(StartOwned(device_));
  EK_EXPECT_ERROR(OwnerOf(device_), ErrorCode::kDenied);
  EK_EXPECT_ERROR(fixture::AskFor(device_, giver_.Certificate()), ErrorCode::kDenied);
  EK_EXPECT_ERROR(HandOver(device_, TransferOf(device_, ToTaker())), ErrorCode::kDenied);
  // All of it.
  device_.Stop();
  device_.disk = before->Clone();
  device_.PowerCycle(Survival::kEverything);
  ASSERT_TRUE(StartOwned(device_));
  EK_EXPECT_ERROR(OwnerOf(device_), ErrorCode::kDenied);
  // The control: its own.
  device_.Stop();
  device_.disk = after->Clone();
  device_.PowerCycle(Survival::kEverything);
  ASSERT_TRUE(StartOwned(device_));
  EXPECT_EQ(OwnerOf(device_)->authority, DigestOfAuthority(taker_));
}

// The power goes at each step, of disk and counter: the former owner whole, with its licence and what applications
// stored, or the next one whole.
TEST_F(TransferTest, ACutLeavesOneOwnerOrTheOther) {
  constexpr Survival kAfter[] = {Survival::kNothing, Survival::kEverything, Survival::kNamesOnly, Survival::kTorn};
  int interrupted = 0, handed_over = 0;
  for (std::uint64_t step = 0;; ++step) {
    TestDevice device;
    ASSERT_TRUE(Begin(device));
    ASSERT_TRUE(Install(device, kLent, false));
    const fixture::Application application{.device = &device, .user = 1000};
    EK_ASSERT_OK(application.Put("key", "secret"));
    device.user = 0;
    const Buffer transfer = TransferOf(device, ToTaker());
    device.disk->CutAt(device.disk->num_steps() + step);
    const bool done = HandOver(device, transfer).has_value();
    interrupted += done ? 0 : 1;
    device.disk->Heal();
    device.PowerCycle(kAfter[step % 4], step);
    ASSERT_TRUE(StartOwned(device)) << "step " << step;
    const fixture::Owned owned = OwnerOf(device).value();
    const bool is_takers = owned.authority == DigestOfAuthority(taker_);
    EXPECT_TRUE(is_takers || !done) << "what was acknowledged is lost, step " << step;
    EXPECT_EQ(owned.held.empty(), is_takers) << "step " << step;
    EXPECT_EQ(Opens(device, kLent), is_takers ? "expired" : "open") << "step " << step;
    EXPECT_EQ(FileOf(device, "values.0")->empty(), is_takers) << "nor does the disk keep it, step " << step;
    EXPECT_EQ(application.Shows("key"), is_takers ? "not-found" : "secret") << "step " << step;
    handed_over += is_takers && !done ? 1 : 0;
    device.user = 0;
    EXPECT_EQ(HandOver(device, transfer)->ended.size(), 1U) << "asked again it is done, step " << step;
    EXPECT_EQ(OwnerOf(device)->authority, DigestOfAuthority(taker_)) << "step " << step;
    if (done) break;
    ASSERT_LT(step, 100U);
  }
  EXPECT_GT(interrupted, 5);
  EXPECT_GT(handed_over, 0) << "cuts after the commit are among them";
}

TEST_F(TransferTest, IsForTheAdministratorOfAKeepThatKnowsCertificates) {
  EK_EXPECT_ERROR(device_.Ask(Door::kApplication, gate::Command::kTransfer, {}), ErrorCode::kForbidden);
  device_.certificates = nullptr;
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(HandOver(device_, TransferOf(device_, ToTaker())), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace edgekeep::keep
