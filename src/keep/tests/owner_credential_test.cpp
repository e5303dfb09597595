// The credential that a device's owner gives it: asked for, taken, renewed, and never an older one again.
#include "edgekeep/base/hex.h"
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/certificates/openssl/owner_certificates.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/attestation.h"
#include "edgekeep/formats/sign1.h"
#include "edgekeep/gate/owner.h"
#include "fixture/test_authority.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Der;
using fixture::kNow;
using fixture::Survival;
using fixture::TestAuthority;
using fixture::TestDevice;
using gate::Command;

constexpr std::uint64_t kDay = 86400;

ports::OwnerCertificates& OfOpenSsl() {
  static const auto certificates = certificates::NewOpenSslCertificates().value();
  return *certificates;
}

struct Facts {
  Buffer body;
  gate::CredentialFacts facts;
};

// What a courier may say.
struct Ask {
  Der authority, csr_attributes;
  std::string challenge_password;
};

class OwnerCredentialTest : public testing::Test {
 protected:
  OwnerCredentialTest() { EXPECT_TRUE(Begin(device_)); }

  bool Begin(TestDevice& device) { return Started(device) && device.Initialise(publisher_.Bundle()).has_value(); }

  static bool Started(TestDevice& device) {
    device.certificates = &OfOpenSsl();
    return device.Start();
  }

  static Result<Der> Request(TestDevice& device, const Ask& ask) {
    Buffer body(gate::kMaxBodySize);
    CborWriter out(body);
    EK_TRY(gate::EncodeCredentialRequest({.authority = ask.authority,
                                          .csr_attributes = ask.csr_attributes,
                                          .challenge_password = InlineString<64>::Truncated(ask.challenge_password)},
                                         out));
    EK_TRY_ASSIGN(const fixture::Reply reply,
                  device.Ask(Door::kAdministrator, Command::kRequestCredential, out.written()));
    EK_TRY_ASSIGN(const ByteView request, gate::DecodeBlob(reply.body.view()));
    return fixture::ToBuffer(request);
  }

  static Result<Facts> FactsIn(const fixture::Reply& reply) {
    Facts facts{fixture::ToBuffer(reply.body.view()), {}};
    EK_TRY_ASSIGN(facts.facts, gate::DecodeCredentialFacts(facts.body));
    return facts;
  }

  static Result<Facts> Give(TestDevice& device, const Der& answer) {
    Buffer body(gate::kMaxBodySize);
    CborWriter out(body);
    EK_TRY(gate::EncodeCredentialAnswer({.answer = answer, .others = {}}, out));
    EK_TRY_ASSIGN(const fixture::Reply reply,
                  device.Ask(Door::kAdministrator, Command::kInstallCredential, out.written()));
    return FactsIn(reply);
  }

  static Result<Facts> Show(TestDevice& device) {
    EK_TRY_ASSIGN(const fixture::Reply reply, device.Ask(Door::kAdministrator, Command::kShowCredential, {}));
    return FactsIn(reply);
  }

  // The certificate that counts; empty: none does.
  static Der Held(TestDevice& device) {
    const auto shown = Show(device);
    EXPECT_TRUE(shown) << NameOf(shown.error().code());
    if (!shown || !shown->facts.held) return {};
    return fixture::ToBuffer(shown->facts.held->certificate);
  }

  static fixture::ReadRequest Read(const Der& request) {
    return fixture::ReadPkcs10(request, certificates::kEvidenceAttribute);
  }

  static Der Issued(const TestAuthority& authority, const Der& request, std::uint64_t days = 30) {
    const fixture::ReadRequest read = Read(request);
    EXPECT_TRUE(read.proves_possession);
    return authority.Issue({.key = read.key,
                            .serial = read.serial,
                            .from = UnixTime{kNow.value - kDay},
                            .until = UnixTime{kNow.value + days * kDay}});
  }

  // A whole enrolment; returns the certificate.
  Der Enrol(TestDevice& device, const TestAuthority& authority, std::uint64_t days = 30) {
    const auto request = Request(device, {.authority = authority.Certificate()});
    EXPECT_TRUE(request) << NameOf(request.error().code()) << " " << request.error().where();
    if (!request) return {};
    Der certificate = Issued(authority, *request, days);
    const auto given = Give(device, fixture::Bag({certificate}));
    EXPECT_TRUE(given) << NameOf(given.error().code());
    return certificate;
  }

  fixture::TestPublisher publisher_;
  TestDevice device_;
  TestAuthority owner_{"Owner", UnixTime{kNow.value - 100 * kDay}, UnixTime{kNow.value + 9000 * kDay}};
  TestAuthority other_{"Other", UnixTime{kNow.value - 100 * kDay}, UnixTime{kNow.value + 9000 * kDay}};
};

TEST_F(OwnerCredentialTest, AsksForOneAndKeepsIt) {
  EXPECT_FALSE(Show(device_)->facts.authority);
  const Der request = Request(device_, {.authority = owner_.Certificate()}).value();
  const fixture::ReadRequest read = Read(request);
  EXPECT_TRUE(read.proves_possession);
  const DeviceId id = core::DeviceIdOf(fixture::TestProvider(), *device_.anchor).value();
  EXPECT_EQ(read.serial, ToHex(id.view()).view());
  EXPECT_FALSE(Equal(read.key, device_.anchor->IdentityPublicKey()->view())) << "no key for life";
  EXPECT_TRUE(Show(device_)->facts.requested);
  const Der certificate = Issued(owner_, request);
  const Facts given = Give(device_, fixture::Bag({certificate})).value();
  EXPECT_FALSE(given.facts.requested);
  EXPECT_EQ(given.facts.held->not_after.value, kNow.value + 30 * kDay);
  EXPECT_EQ(given.facts.held->renew_from.value, kNow.value + 30 * kDay - 31 * kDay / 3);
  EXPECT_EQ(Held(device_), certificate);
  ASSERT_TRUE(Started(device_));
  EXPECT_EQ(Held(device_), certificate) << "after a restart";
}

TEST_F(OwnerCredentialTest, AsksForTheSameKeyUntilItIsAnsweredAndThenForAnother) {
  const Der first = Request(device_, {.authority = owner_.Certificate()}).value();
  const std::uint64_t count = device_.counter.value;
  EXPECT_EQ(Read(Request(device_, {}).value()).key, Read(first).key);
  ASSERT_TRUE(Started(device_));
  EXPECT_EQ(Read(Request(device_, {.authority = owner_.Certificate()}).value()).key, Read(first).key);
  EXPECT_EQ(device_.counter.value, count) << "asking again wears nothing";
  const Der old = Issued(owner_, first);
  ASSERT_TRUE(Give(device_, fixture::Bag({old})));
  const Der second = Request(device_, {}).value();
  EXPECT_NE(Read(second).key, Read(first).key) << "keys rotate";
  EXPECT_EQ(Read(second).subject, fixture::SubjectOf(old)) << "and names stay";
  EXPECT_EQ(Read(Request(device_, {}).value()).subject, Read(second).subject);
  EXPECT_EQ(Held(device_), old) << "the old certificate counts until the new one does";
  EK_EXPECT_ERROR(Give(device_, fixture::Bag({old})), ErrorCode::kWrongDevice);
  const Der renewed = Issued(owner_, second, 60);
  ASSERT_TRUE(Give(device_, fixture::Bag({renewed})));
  EXPECT_EQ(Held(device_), renewed);
}

TEST_F(OwnerCredentialTest, TakesNoAnswerThatItDidNotAskFor) {
  EK_EXPECT_ERROR(Give(device_, fixture::Bag({owner_.Certificate()})), ErrorCode::kBadState);
  const Der request = Request(device_, {.authority = owner_.Certificate()}).value();
  const Der mine = Issued(owner_, request);
  EK_EXPECT_ERROR(Give(device_, fixture::Bag({Issued(other_, request)})), ErrorCode::kUntrusted);
  TestDevice sibling;
  ASSERT_TRUE(Begin(sibling));
  const Der siblings = Request(sibling, {.authority = owner_.Certificate()}).value();
  EK_EXPECT_ERROR(Give(device_, fixture::Bag({Issued(owner_, siblings)})), ErrorCode::kWrongDevice);
  EK_EXPECT_ERROR(Give(device_, Der(200, 0x30)), ErrorCode::kMalformed);
  EXPECT_EQ(Held(device_), Der());
  EXPECT_TRUE(Give(device_, fixture::Bag({mine}))) << "control";
  EK_EXPECT_ERROR(Give(device_, fixture::Bag({mine})), ErrorCode::kBadState);
}

// The keep's time decides, which no clock sets back.
TEST_F(OwnerCredentialTest, TakesNoAnswerOfAnotherTime) {
  const Der request = Request(device_, {.authority = owner_.Certificate()}).value();
  const Der certificate = fixture::Bag({Issued(owner_, request, 5)});
  const fixture::Package package = publisher_.Seal({3}, fixture::Pattern(500, 7));
  ASSERT_TRUE(device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_))) << "a signed time";
  device_.clock.Pass(6 * kDay);
  EK_EXPECT_ERROR(Give(device_, certificate), ErrorCode::kExpired);
  device_.clock.Set(kNow);
  EK_EXPECT_ERROR(Give(device_, certificate), ErrorCode::kExpired);
  TestDevice early;
  ASSERT_TRUE(Begin(early));
  const fixture::ReadRequest read = Read(Request(early, {.authority = owner_.Certificate()}).value());
  const Der later = owner_.Issue({.key = read.key,
                                  .serial = read.serial,
                                  .from = UnixTime{kNow.value + kDay},
                                  .until = UnixTime{kNow.value + 9 * kDay}});
  EK_EXPECT_ERROR(Give(early, fixture::Bag({later})), ErrorCode::kNotYetValid);
  early.clock.Pass(2 * kDay);
  EXPECT_TRUE(Give(early, fixture::Bag({later}))) << "control";
}

TEST_F(OwnerCredentialTest, HasOneOwnerFromItsFirstCertificateOn) {
  EK_EXPECT_ERROR(Request(device_, {}), ErrorCode::kNotFound);
  const Der of_other = Request(device_, {.authority = other_.Certificate()}).value();
  const Der request = Request(device_, {.authority = owner_.Certificate()}).value();
  EXPECT_NE(Read(request).key, Read(of_other).key) << "a mistake is mended while nobody is the owner";
  EK_EXPECT_ERROR(Give(device_, fixture::Bag({Issued(other_, of_other)})), ErrorCode::kWrongDevice);
  ASSERT_TRUE(Give(device_, fixture::Bag({Issued(owner_, request)})));
  EK_EXPECT_ERROR(Request(device_, {.authority = other_.Certificate()}), ErrorCode::kAlreadyExists);
  EXPECT_TRUE(Request(device_, {.authority = owner_.Certificate()})) << "control";
  const Der certificate = Issued(owner_, request);
  EK_EXPECT_ERROR(Request(device_, {.authority = certificate}), ErrorCode::kUntrusted);
}

TEST_F(OwnerCredentialTest, AnOlderOneDoesNotComeBackOnAnOlderDisk) {
  Enrol(device_, owner_);
  const auto older = device_.disk->Clone();
  const Der newer = Enrol(device_, owner_, 60);
  // One file of it.
  *device_.disk->ContentsOf("owner") = *older->ContentsOf("owner");
  device_.ForgetLastChange();
  ASSERT_TRUE(Started(device_));
  EK_EXPECT_ERROR(Show(device_), ErrorCode::kDenied);
  EK_EXPECT_ERROR(Request(device_, {.authority = other_.Certificate()}), ErrorCode::kDenied);
  // All of it.
  device_.Stop();
  device_.disk = older->Clone();
  device_.PowerCycle(Survival::kEverything);
  ASSERT_TRUE(Started(device_));
  EK_EXPECT_ERROR(Show(device_), ErrorCode::kDenied);
}

Der EvidenceWish(std::uint8_t with, const std::string& type = "edgekeep/challenge") {
  formats::Challenge challenge{.nonce = {}, .issued_at = kNow, .enrols = std::nullopt};
  challenge.nonce.mutable_view()[0] = with;
  Buffer bytes(formats::kMaxChallengeSize);
  CborWriter out(bytes);
  EXPECT_TRUE(formats::EncodeChallenge(challenge, out));
  Buffer encoded = fixture::ToBuffer(out.written());
  if (type.empty()) encoded.pop_back();
  return fixture::CsrAttributes({fixture::BundleItem(certificates::kEvidenceAttribute, encoded)});
}

// Evidence that is for no other key and no other challenge.
TEST_F(OwnerCredentialTest, ShowsWhatItIsWhereTheServerAsks) {
  const Der request = Request(device_, {.authority = owner_.Certificate(), .csr_attributes = EvidenceWish(9)}).value();
  const fixture::ReadRequest read = Read(request);
  const auto object = formats::DecodeSign1(formats::typ::kEvidence, read.evidence).value();
  const auto claims = formats::DecodeEvidence(object.payload).value();
  EXPECT_EQ(claims.nonce.view()[0], 9);
  ASSERT_EQ(claims.policies.size(), 2U);
  EXPECT_EQ(claims.policies[1].kind, std::to_underlying(formats::ClaimedPolicy::kOwnerKey));
  EXPECT_EQ(claims.policies[1].digest, crypto::Sha256(fixture::TestProvider(), {read.key}).value());
  ASSERT_TRUE(Give(device_, fixture::Bag({Issued(owner_, request)})));
  const Der next = Request(device_, {.csr_attributes = EvidenceWish(10)}).value();
  const fixture::ReadRequest next_read = Read(next);
  const auto next_object = formats::DecodeSign1(formats::typ::kEvidence, next_read.evidence).value();
  const auto next_claims = formats::DecodeEvidence(next_object.payload).value();
  EXPECT_NE(next_claims.policies[1].digest, claims.policies[1].digest) << "each key's own";
  EXPECT_TRUE(Read(Request(device_, {}).value()).evidence.empty()) << "unasked it says nothing";
}

TEST_F(OwnerCredentialTest, GivesAServerWhatItHasAndRefusesTheRest) {
  const Der wants_password = fixture::CsrAttributes({fixture::ObjectItem("1.2.840.113549.1.9.7")});
  const Der wants_rsa = fixture::CsrAttributes({fixture::ObjectItem("1.2.840.113549.1.1.1")});
  Ask ask{.authority = owner_.Certificate(), .csr_attributes = wants_password};
  EK_EXPECT_ERROR(Request(device_, ask), ErrorCode::kBadArgument);
  ask.csr_attributes = wants_rsa;
  EK_EXPECT_ERROR(Request(device_, ask), ErrorCode::kUnsupported);
  ask.csr_attributes = EvidenceWish(1, "");
  EK_EXPECT_ERROR(Request(device_, ask), ErrorCode::kMalformed);
  ask.csr_attributes = wants_password;
  ask.challenge_password = "once";
  EXPECT_EQ(Read(Request(device_, ask).value()).challenge_password, "once");
}

TEST_F(OwnerCredentialTest, IsForTheAdministratorAfterInitialisation) {
  for (const Command command :
       {Command::kRequestCredential, Command::kInstallCredential, Command::kShowCredential, Command::kUseTlsIdentity}) {
    EK_EXPECT_ERROR(device_.Ask(Door::kApplication, command, {}), ErrorCode::kForbidden);
  }
  TestDevice fresh;
  ASSERT_TRUE(Started(fresh));
  EK_EXPECT_ERROR(Request(fresh, {.authority = owner_.Certificate()}), ErrorCode::kNotInitialised);
  EK_EXPECT_ERROR(Show(fresh), ErrorCode::kNotInitialised);
  device_.certificates = nullptr;
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(Request(device_, {.authority = owner_.Certificate()}), ErrorCode::kUnsupported);
}

// The power goes at each step of asking and of taking the answer, disk and counter: the old certificate counts, or the
// new one, and whatever was shown before is still good.
TEST_F(OwnerCredentialTest, ACutLeavesTheOldOrTheNew) {
  constexpr Survival kAfterCuts[] = {Survival::kNothing, Survival::kEverything, Survival::kNamesOnly, Survival::kTorn};
  int interrupted = 0;
  for (std::uint64_t step = 0;; ++step) {
    TestDevice device;
    ASSERT_TRUE(Begin(device));
    const Der old = Enrol(device, owner_);
    device.disk->CutAt(device.disk->num_steps() + step);
    const auto request = Request(device, {});
    const Der renewed = request ? Issued(owner_, *request, 60) : Der();
    const bool done = request && Give(device, fixture::Bag({renewed}));
    interrupted += done ? 0 : 1;
    device.disk->Heal();
    device.PowerCycle(kAfterCuts[step % 4], step);
    ASSERT_TRUE(Started(device)) << "step " << step;
    const Der held = Held(device);
    EXPECT_TRUE(held == old || (request && held == renewed)) << "step " << step;
    EXPECT_TRUE(held == renewed || !done) << "what was acknowledged is lost, step " << step;
    if (request && held == old) {
      EXPECT_TRUE(Give(device, fixture::Bag({renewed}))) << "step " << step;
    }
    const Der last = Enrol(device, owner_, 90);
    EXPECT_EQ(Held(device), last) << "step " << step;
    if (done) break;
    ASSERT_LT(step, 200U);
  }
  EXPECT_GT(interrupted, 10);
}

}  // namespace
}  // namespace edgekeep::keep
