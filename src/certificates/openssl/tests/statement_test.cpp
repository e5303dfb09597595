// What counts as an owner's word, and that nobody else's does.
#include <gtest/gtest.h>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/certificates/openssl/owner_certificates.h"
#include "fixture/test_authority.h"

namespace edgekeep::certificates {
namespace {

using fixture::Der;
using fixture::TestAuthority;

constexpr UnixTime kBegin{1'700'000'000}, kMiddle{1'700'500'000}, kEnd{1'701'000'000}, kLongAfter{1'800'000'000};
const std::string kForTransfers =
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
    "extendedKeyUsage=critical,1.3.6.1.4.1.99999.2.2\n";
const std::string kAnAuthority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n";

class StatementTest : public testing::Test {
 protected:
  struct Said {
    std::string message = "a device goes";
    UnixTime now = kMiddle;
    const TestAuthority* authority = nullptr;  // null: the owner
  };

  Status Check(const std::vector<const TestAuthority*>& signers, const Der& signature, const Said& said) {
    std::vector<Der> kept;
    std::vector<ByteView> certificates;
    for (const TestAuthority* const one : signers) kept.push_back(one->Certificate());
    for (const Der& one : kept) certificates.emplace_back(one);
    const Der authority = (said.authority != nullptr ? *said.authority : owner_).Certificate();
    return certificates_->CheckStatement({.message = AsBytes(said.message),
                                          .signature = signature,
                                          .authority = authority,
                                          .certificates = certificates,
                                          .now = said.now});
  }

  Status Check(const std::vector<const TestAuthority*>& signers, const Said& said) {
    return Check(signers, signers.front()->Sign(AsBytes("a device goes")), said);
  }

  Der SignedByOwner() const { return owner_.Sign(AsBytes("a device goes")); }

  std::unique_ptr<ports::OwnerCertificates> certificates_ = NewOpenSslCertificates().value();
  TestAuthority owner_{"Owner", kBegin, kEnd};
  TestAuthority other_{"Other", kBegin, kEnd};
};

TEST_F(StatementTest, AnAuthoritysOwnKeyCountsHoweverOldItsCertificateIs) {
  EXPECT_TRUE(Check({}, SignedByOwner(), {}));
  EXPECT_TRUE(Check({}, SignedByOwner(), {.now = kLongAfter}));
  EK_EXPECT_ERROR(Check({}, SignedByOwner(), {.message = "another goes"}), ErrorCode::kBadSignature);
  EK_EXPECT_ERROR(Check({}, other_.Sign(AsBytes("a device goes")), {}), ErrorCode::kBadSignature);
  EK_EXPECT_ERROR(Check({}, SignedByOwner(), {.authority = &other_}), ErrorCode::kBadSignature);
  EK_EXPECT_ERROR(Check({}, Der(), {}), ErrorCode::kBadSignature);
  Der cut = SignedByOwner();
  cut.pop_back();
  EK_EXPECT_ERROR(Check({}, cut, {}), ErrorCode::kBadSignature);
}

TEST_F(StatementTest, KeysOfEveryKindSignAsTheirKindDoes) {
  for (const char* kind : {"P-384", "RSA-2048", "PSS", "PSS-SHA256", "ED25519", "ML-DSA-44"}) {
    const TestAuthority owner("Owner", kBegin, kEnd, nullptr, kAnAuthority, kind);
    const Der signature = owner.Sign(AsBytes("a device goes"));
    EXPECT_TRUE(Check({}, signature, {.authority = &owner})) << kind;
    EK_EXPECT_ERROR(Check({}, signature, {.message = "another goes", .authority = &owner}), ErrorCode::kBadSignature);
  }
  const TestAuthority weak("Owner", kBegin, kEnd, nullptr, kAnAuthority, "RSA-1024");
  EK_EXPECT_ERROR(Check({}, weak.Sign(AsBytes("a device goes")), {.authority = &weak}), ErrorCode::kUntrusted);
}

// Of a key that signs with PSS alone, PSS; of any other RSA key, PKCS #1 v1.5.
TEST_F(StatementTest, AnRsaKeySignsInOneWay) {
  const TestAuthority pss("Owner", kBegin, kEnd, nullptr, kAnAuthority, "PSS");
  const TestAuthority rsa("Owner", kBegin, kEnd, nullptr, kAnAuthority, "RSA-2048");
  const Der by_pss = rsa.SignWithPss(AsBytes("a device goes"));
  EK_EXPECT_ERROR(Check({}, by_pss, {.authority = &rsa}), ErrorCode::kBadSignature);
  EXPECT_TRUE(Check({}, rsa.Sign(AsBytes("a device goes")), {.authority = &rsa})) << "the control";
  const TestAuthority otherwise("Owner", kBegin, kEnd, nullptr, kAnAuthority, "PSS-SHA384");
  EK_EXPECT_ERROR(Check({}, otherwise.Sign(AsBytes("a device goes")), {.authority = &otherwise}),
                  ErrorCode::kUnsupported);
  const TestAuthority signer("Signer", kBegin, kEnd, &pss, kForTransfers, "PSS");
  EXPECT_TRUE(Check({&signer}, {.authority = &pss}));
  EK_EXPECT_ERROR(Check({&signer}, pss.Sign(AsBytes("a device goes")), {.authority = &pss}), ErrorCode::kBadSignature);
  EK_EXPECT_ERROR(Check({&signer}, {}), ErrorCode::kUntrusted);
}

TEST_F(StatementTest, ASignerCountsWhomTheAuthorityMadeForThis) {
  const TestAuthority signer("Signer", kBegin, kEnd, &owner_, kForTransfers);
  EXPECT_TRUE(Check({&signer}, {}));
  EK_EXPECT_ERROR(Check({&signer}, SignedByOwner(), {}), ErrorCode::kBadSignature);
  EK_EXPECT_ERROR(Check({&signer}, {.authority = &other_}), ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(Check({&signer}, {.now = kLongAfter}), ErrorCode::kExpired);
  EK_EXPECT_ERROR(Check({&signer}, {.now = {kBegin.value - 1}}), ErrorCode::kNotYetValid);
  const TestAuthority of_other("Signer", kBegin, kEnd, &other_, kForTransfers);
  EK_EXPECT_ERROR(Check({&of_other}, {}), ErrorCode::kUntrusted);
  const TestAuthority between("Between", kBegin, kEnd, &owner_), below("Signer", kBegin, kEnd, &between, kForTransfers);
  EXPECT_TRUE(Check({&below, &between}, {}));
  EK_EXPECT_ERROR(Check({&below}, {}), ErrorCode::kUntrusted);
  const TestAuthority by_signer("Signer", kBegin, kEnd, &signer, kForTransfers);
  EK_EXPECT_ERROR(Check({&by_signer, &signer}, {}), ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(Check({&below, &between, &owner_, &owner_}, {}), ErrorCode::kTooLarge);
}

// A device's own certificate is of the same authority.
TEST_F(StatementTest, NoOtherCertificateOfTheAuthoritySigns) {
  const std::string leaf = "basicConstraints=critical,CA:FALSE\n";
  for (const std::string& extensions :
       {leaf + "keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n",
        leaf + "keyUsage=critical,digitalSignature\n", leaf + "extendedKeyUsage=1.3.6.1.4.1.99999.2.2\n",
        leaf + "keyUsage=critical,digitalSignature\nextendedKeyUsage=anyExtendedKeyUsage\n",
        leaf + "keyUsage=critical,keyAgreement\nextendedKeyUsage=1.3.6.1.4.1.99999.2.2\n",
        kAnAuthority + "extendedKeyUsage=1.3.6.1.4.1.99999.2.2\n"}) {
    const TestAuthority signer("Signer", kBegin, kEnd, &owner_, extensions);
    EK_EXPECT_ERROR(Check({&signer}, {}), ErrorCode::kForbidden);
  }
  const TestAuthority weak("Signer", kBegin, kEnd, &owner_, kForTransfers, "RSA-1024");
  EK_EXPECT_ERROR(Check({&weak}, {}), ErrorCode::kUntrusted);
}

TEST_F(StatementTest, ATakersAuthorityHoldsNow) {
  const Der der = owner_.Certificate();
  EXPECT_TRUE(certificates_->CheckAuthorityAt(der, kMiddle));
  EK_EXPECT_ERROR(certificates_->CheckAuthorityAt(der, kLongAfter), ErrorCode::kExpired);
  EK_EXPECT_ERROR(certificates_->CheckAuthorityAt(der, {kBegin.value - 1}), ErrorCode::kNotYetValid);
  const TestAuthority signer("Signer", kBegin, kEnd, &owner_, kForTransfers);
  EK_EXPECT_ERROR(certificates_->CheckAuthorityAt(signer.Certificate(), kMiddle), ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(certificates_->CheckAuthorityAt(Der(50, 0x30), kMiddle), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::certificates
