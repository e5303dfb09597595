// Requests and answers of an owner's EST server: what is taken, and that nothing else is.
#include "edgekeep/certificates/openssl/owner_certificates.h"

#include <gtest/gtest.h>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "fixture/test_authority.h"

namespace edgekeep::certificates {
namespace {

using fixture::Der;
using fixture::TestAuthority;
using fixture::Wanted;

constexpr UnixTime kThen{1'700'000'000}, kNow{1'700'500'000}, kLater{1'701'000'000};
const std::string kSerial(64, 'a');

const crypto::Provider& Crypto() {
  static const auto provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

class KeyInMemory final : public ports::RequestSigner {
 public:
  KeyInMemory() : pair_(Crypto().GenerateSigningKey(crypto::AlgorithmId::kEcdsaP256Sha256).value()) {}

  Result<Bytes> Sign(ByteView message) override {
    return Crypto().Sign(crypto::AlgorithmId::kEcdsaP256Sha256, pair_.private_key.Reveal(), message);
  }

  ByteView point() const { return pair_.public_key.view(); }

  Der der() const { return {point().begin(), point().end()}; }

 private:
  crypto::KeyPair pair_;
};

class OwnerCertificatesTest : public testing::Test {
 protected:
  Wanted Good() const { return {.key = key_.der(), .serial = kSerial, .from = kThen, .until = kLater}; }

  Result<ports::CertificateChain> Judge(const Der& answer, const Der& others = {}, const TestAuthority* owner = nullptr,
                                        UnixTime now = kNow) {
    const Der authority = (owner != nullptr ? *owner : owner_).Certificate();
    return certificates_->Judge({.answer = answer,
                                 .others = others,
                                 .authority = authority,
                                 .key = key_.point(),
                                 .serial = kSerial,
                                 .now = now});
  }

  std::unique_ptr<ports::OwnerCertificates> certificates_ = NewOpenSslCertificates().value();
  KeyInMemory key_;
  TestAuthority owner_{"Owner", kThen, kLater};
};

TEST_F(OwnerCertificatesTest, ARequestSaysWhoAsksAndProvesPossession) {
  const Bytes plain = certificates_->MakeRequest({.key = key_.point(), .serial = kSerial}, key_).value();
  fixture::ReadRequest read = fixture::ReadPkcs10(plain.view(), kEvidenceAttribute);
  EXPECT_TRUE(read.proves_possession);
  EXPECT_EQ(read.serial, kSerial);
  EXPECT_EQ(read.key, key_.der());
  EXPECT_TRUE(read.challenge_password.empty());
  EXPECT_TRUE(read.evidence.empty());
  const Der evidence(30000, 7);
  const Bytes full =
      certificates_
          ->MakeRequest(
              {.key = key_.point(), .serial = kSerial, .challenge_password = "once only", .evidence = evidence}, key_)
          .value();
  read = fixture::ReadPkcs10(full.view(), kEvidenceAttribute);
  EXPECT_TRUE(read.proves_possession);
  EXPECT_EQ(read.challenge_password, "once only");
  EXPECT_EQ(read.evidence, evidence);
  KeyInMemory another;
  const Bytes forged = certificates_->MakeRequest({.key = key_.point(), .serial = kSerial}, another).value();
  EXPECT_FALSE(fixture::ReadPkcs10(forged.view(), kEvidenceAttribute).proves_possession) << "control";
}

// RFC 7030 §4.2.2: under the names that the owner gave it.
TEST_F(OwnerCertificatesTest, ARenewalIsForTheNamesOfTheCertificateThatIsRenewed) {
  Wanted wanted = Good();
  for (const bool has_names : {false, true}) {
    if (has_names) wanted.extensions += "subjectAltName=DNS:truck-7.example\n";
    const Der held = owner_.Issue(wanted);
    const ports::RequestParts parts{.key = key_.point(), .serial = kSerial, .renewed = held};
    const Bytes request = certificates_->MakeRequest(parts, key_).value();
    const fixture::ReadRequest read = fixture::ReadPkcs10(request.view(), kEvidenceAttribute);
    EXPECT_EQ(read.subject, fixture::SubjectOf(held));
    EXPECT_EQ(read.serial, kSerial);
    EXPECT_EQ(AsText(read.names).ends_with("truck-7.example"), has_names);
  }
  const Bytes first = certificates_->MakeRequest({.key = key_.point(), .serial = kSerial}, key_).value();
  EXPECT_NE(fixture::ReadPkcs10(first.view(), kEvidenceAttribute).subject, fixture::SubjectOf(owner_.Issue(wanted)));
  EK_EXPECT_ERROR(
      certificates_->MakeRequest({.key = key_.point(), .serial = kSerial, .renewed = AsBytes("none")}, key_),
      ErrorCode::kMalformed);
}

TEST_F(OwnerCertificatesTest, TakesTheCertificateOfTheOwnersAuthority) {
  const Der own = owner_.Issue(Good());
  const auto chain = Judge(fixture::Bag({own}));
  ASSERT_TRUE(chain) << chain.error().where();
  ASSERT_EQ(chain->count, 1U);
  EXPECT_TRUE(Equal(chain->certificates[0].view(), own));
  EXPECT_EQ(chain->not_before, kThen);
  EXPECT_EQ(chain->not_after, kLater);
}

TEST_F(OwnerCertificatesTest, TakesOneWithAnAuthorityBetweenWhereverThatLies) {
  const TestAuthority between("Between", kThen, UnixTime{kLater.value - 1000}, &owner_);
  const Der own = between.Issue(Good());
  const auto chain = Judge(fixture::Bag({between.Certificate(), own}));
  ASSERT_TRUE(chain) << chain.error().where();
  ASSERT_EQ(chain->count, 2U);
  EXPECT_TRUE(Equal(chain->certificates[0].view(), own));
  EXPECT_EQ(chain->not_after.value, kLater.value - 1000) << "no longer than what it hangs on";
  EXPECT_TRUE(Judge(fixture::Bag({own}), fixture::Bag({between.Certificate(), owner_.Certificate()})));
  EK_EXPECT_ERROR(Judge(fixture::Bag({own})), ErrorCode::kUntrusted);
  EXPECT_EQ(Judge(fixture::Bag({own}), {}, &between)->count, 1U) << "an authority need not be a root";
}

TEST_F(OwnerCertificatesTest, TakesThreeBetweenAndNoMore) {
  std::vector<TestAuthority> between;
  between.reserve(4);
  std::vector<Der> all;
  for (std::size_t count = 1; count <= 4; ++count) {
    const TestAuthority* const above = between.empty() ? &owner_ : &between.back();
    between.emplace_back("Between " + std::to_string(count), UnixTime{kThen.value + count}, kLater, above);
    all.push_back(between.back().Certificate());
    const auto chain = Judge(fixture::Bag({between.back().Issue(Good())}), fixture::Bag(all));
    if (count == 4) {
      EK_EXPECT_ERROR(chain, ErrorCode::kUntrusted);
      continue;
    }
    ASSERT_TRUE(chain) << chain.error().where();
    EXPECT_EQ(chain->count, count + 1);
    EXPECT_EQ(chain->not_before.value, kThen.value + count) << "not before any of what it hangs on";
  }
  const Der own = owner_.Issue(Good());
  EK_EXPECT_ERROR(certificates_->Judge({.answer = fixture::Bag({own}),
                                        .others = {},
                                        .authority = own,
                                        .key = key_.point(),
                                        .serial = kSerial,
                                        .now = kNow}),
                  ErrorCode::kUntrusted);  // its own authority
}

TEST_F(OwnerCertificatesTest, RefusesWhatIsNotThisDevicesOrNotOfThisOwner) {
  const TestAuthority stranger("Owner", kThen, kLater);
  EK_EXPECT_ERROR(Judge(fixture::Bag({stranger.Issue(Good())})), ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(Judge(fixture::Bag({stranger.Issue(Good()), stranger.Certificate()})), ErrorCode::kUntrusted);
  EXPECT_TRUE(Judge(fixture::Bag({stranger.Issue(Good())}), {}, &stranger)) << "control";
  Wanted wanted = Good();
  wanted.key = KeyInMemory().der();
  EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(wanted)})), ErrorCode::kWrongDevice);
  wanted = Good();
  wanted.serial = std::string(64, 'b');
  EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(wanted)})), ErrorCode::kWrongDevice);
  wanted.another_serial = kSerial;
  EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(wanted)})), ErrorCode::kWrongDevice);
  std::swap(wanted.serial, wanted.another_serial);
  EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(wanted)})), ErrorCode::kWrongDevice);
  wanted.serial.clear();
  wanted.another_serial.clear();
  EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(wanted)})), ErrorCode::kWrongDevice);
  wanted = Good();
  wanted.from_another_generator = true;
  EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(wanted)})), ErrorCode::kWrongDevice);
}

TEST_F(OwnerCertificatesTest, RefusesOtherTimes) {
  const Der bag = fixture::Bag({owner_.Issue(Good())});
  EK_EXPECT_ERROR(Judge(bag, {}, nullptr, UnixTime{kLater.value + 1}), ErrorCode::kExpired);
  EK_EXPECT_ERROR(Judge(bag, {}, nullptr, UnixTime{kThen.value - 1}), ErrorCode::kNotYetValid);
  EXPECT_TRUE(Judge(bag)) << "control";
}

TEST_F(OwnerCertificatesTest, RefusesOtherUses) {
  constexpr const char* kOthers[] = {
      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n",
      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n",
      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=anyExtendedKeyUsage\n",
      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,keyAgreement\nextendedKeyUsage=clientAuth\n",
      "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature,keyCertSign\nextendedKeyUsage="
      "clientAuth\n"};
  for (const char* extensions : kOthers) {
    Wanted wanted = Good();
    wanted.extensions = extensions;
    EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(wanted)})), ErrorCode::kForbidden);
  }
}

TEST_F(OwnerCertificatesTest, WhatLiesBetweenMustBeForIt) {
  constexpr const char* kDevice =
      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n";
  constexpr const char* kServersAlone =
      "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nextendedKeyUsage=serverAuth\n";
  const TestAuthority device("Device", kThen, kLater, &owner_, kDevice);
  EK_EXPECT_ERROR(Judge(fixture::Bag({device.Issue(Good()), device.Certificate()})), ErrorCode::kUntrusted);
  const TestAuthority servers("Servers", kThen, kLater, &owner_, kServersAlone);
  EK_EXPECT_ERROR(Judge(fixture::Bag({servers.Issue(Good()), servers.Certificate()})), ErrorCode::kForbidden);
  Wanted weak = Good();
  weak.by_sha1 = true;
  EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(weak)})), ErrorCode::kUntrusted);
}

TEST_F(OwnerCertificatesTest, ADeviceIsNoAuthority) {
  const TestAuthority between("Between", kThen, kLater, &owner_);
  Wanted wanted = Good();
  wanted.extensions += "1.2.3.4=critical,ASN1:UTF8String:nobody knows\n";
  EK_EXPECT_ERROR(Judge(fixture::Bag({owner_.Issue(wanted)})), ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(certificates_->CheckAuthority(owner_.Issue(Good())), ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(certificates_->CheckAuthority(Der(100, 0)), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(certificates_->CheckAuthority(Der(5000, 0)), ErrorCode::kTooLarge);
  EXPECT_TRUE(certificates_->CheckAuthority(between.Certificate()));
  Der longer = between.Certificate();
  longer.push_back(0);
  EK_EXPECT_ERROR(certificates_->CheckAuthority(longer), ErrorCode::kMalformed);
}

TEST_F(OwnerCertificatesTest, RefusesBytesThatAreNoCertificatesAlone) {
  const Der bag = fixture::Bag({owner_.Issue(Good())});
  EK_EXPECT_ERROR(Judge({}), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(Judge(fixture::Bag({})), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(Judge(fixture::SignedBag(owner_)), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(Judge(owner_.Issue(Good())), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(Judge(Der(40000, 0x30)), ErrorCode::kTooLarge);
  EK_EXPECT_ERROR(Judge(bag, Der(10, 0x30)), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(Judge(fixture::Bag(std::vector<Der>(9, owner_.Certificate()))), ErrorCode::kTooLarge);
  Der longer = bag;
  longer.push_back(0);
  EK_EXPECT_ERROR(Judge(longer), ErrorCode::kMalformed);
  for (std::size_t size = 0; size < bag.size(); ++size) {
    EXPECT_FALSE(Judge(Der(bag.begin(), bag.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
  }
}

// Whatever bit is turned: another answer is refused, or it is the same certificate.
TEST_F(OwnerCertificatesTest, TurnedBitsMakeNoOtherCertificate) {
  const Der own = owner_.Issue(Good());
  const Der bag = fixture::Bag({own});
  for (std::size_t bit = 0; bit < 8 * bag.size(); bit += 3) {
    Der turned = bag;
    turned[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto chain = Judge(turned);
    EXPECT_TRUE(!chain || Equal(chain->certificates[0].view(), own)) << bit;
  }
}

TEST_F(OwnerCertificatesTest, ReadsWhatAServerWantsAndPassesOverTheRest) {
  const Der challenge(70, 5);
  const auto wishes = certificates_->ReadWishes(fixture::CsrAttributes(
      {fixture::ObjectItem("1.2.840.113549.1.9.7"), fixture::BundleItem(kEvidenceAttribute, challenge),
       fixture::AttributeItem("1.2.840.10045.2.1", 6, fixture::ObjectValue("1.2.840.10045.3.1.7")),
       fixture::ObjectItem("1.2.840.10045.4.3.2"), fixture::ObjectItem("1.2.3.4.5.6"),
       fixture::AttributeItem("1.2.840.113549.1.9.14", 6, fixture::ObjectValue("1.3.6.1.1.1.1.22"))}));
  ASSERT_TRUE(wishes) << wishes.error().where();
  EXPECT_TRUE(wishes->challenge_password);
  EXPECT_TRUE(Equal(wishes->challenge.view(), challenge));
  const auto none = certificates_->ReadWishes(fixture::CsrAttributes({}));
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->challenge_password);
  EXPECT_TRUE(none->challenge.empty());
}

TEST_F(OwnerCertificatesTest, RefusesWishesThatNoDeviceOfThisKindFulfils) {
  const Der others[] = {fixture::ObjectItem("1.2.840.113549.1.1.1"),  // RSA
                        fixture::ObjectItem("1.2.840.10045.4.3.3"),   // SHA-384
                        fixture::AttributeItem("1.2.840.10045.2.1", 6, fixture::ObjectValue("1.3.132.0.34")),  // P-384
                        fixture::AttributeItem("1.2.840.113549.1.1.1", 2, {0x10, 0x00}),
                        fixture::ObjectItem("1.3.101.112")};  // Ed25519
  for (const Der& item : others) {
    EK_EXPECT_ERROR(certificates_->ReadWishes(fixture::CsrAttributes({item})), ErrorCode::kUnsupported);
  }
  const Der challenge = fixture::BundleItem(kEvidenceAttribute, Der(10, 1));
  Der longer = fixture::CsrAttributes({challenge});
  EXPECT_TRUE(certificates_->ReadWishes(longer)) << "control";
  longer.push_back(0);
  const Der malformed[] = {
      Der(),
      longer,
      Der(20, 0),
      fixture::CsrAttributes({Der{0x05, 0x00}}),
      fixture::CsrAttributes({Der{0x30, 0x00}}),
      fixture::CsrAttributes({fixture::ObjectItem(kEvidenceAttribute)}),
      fixture::CsrAttributes({fixture::AttributeItem(kEvidenceAttribute, 4, Der(10, 'x'))}),
      fixture::CsrAttributes({fixture::AttributeItem(kEvidenceAttribute, 0x30, Der())}),
      fixture::CsrAttributes({fixture::AttributeItem(kEvidenceAttribute, 0x30, Der{0x30, 0})}),
      fixture::CsrAttributes({fixture::BundleItem(kEvidenceAttribute, Der())}),
      fixture::CsrAttributes({fixture::BundleItem(kEvidenceAttribute, Der(10, 1), {.message_type = "text/plain"})}),
      fixture::CsrAttributes({fixture::BundleItem(kEvidenceAttribute, Der(10, 1), {.object = "1.2.3.4"})}),
      fixture::CsrAttributes({fixture::BundleItem(kEvidenceAttribute, Der(10, 1), {.type = 12})}),
      fixture::CsrAttributes({challenge, challenge})};
  for (const Der& attributes : malformed) {
    EK_EXPECT_ERROR(certificates_->ReadWishes(attributes), ErrorCode::kMalformed);
  }
  EK_EXPECT_ERROR(certificates_->ReadWishes(Der(9000, 0x30)), ErrorCode::kTooLarge);
  EK_EXPECT_ERROR(certificates_->ReadWishes(fixture::CsrAttributes(std::vector<Der>(40, Der{0x06, 0x01, 0x2a}))),
                  ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::certificates
