// What a device shows TLS servers of itself, and what is signed for that.
#include <functional>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/certificates/openssl/owner_certificates.h"
#include "edgekeep/gate/owner.h"
#include "fixture/test_authority.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Der;
using fixture::kNow;
using fixture::TestAuthority;
using fixture::TestDevice;
using gate::Command;

constexpr std::uint64_t kOneDay = 86400;

class TlsIdentityTest : public testing::Test {
 protected:
  struct Shown {
    std::vector<Der> certificates;
    Der signature;
  };

  TlsIdentityTest() {
    device_.certificates = certificates_.get();
    EXPECT_TRUE(device_.Start());
    EXPECT_EQ(UseTls(gate::TlsIdentity::kOwner, Der(32, 1)).error().code(), ErrorCode::kNotInitialised);
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
  }

  Result<fixture::Reply> Send(Command command, const std::function<Status(CborWriter&)>& encode) {
    Buffer body(gate::kMaxBodySize);
    CborWriter out(body);
    EK_TRY(encode(out));
    return device_.Ask(Door::kAdministrator, command, out.written());
  }

  Result<Der> Ask(const Der& authority) {
    EK_TRY_ASSIGN(const fixture::Reply reply, Send(Command::kRequestCredential, [&](CborWriter& out) {
                    return gate::EncodeCredentialRequest(
                        {.authority = authority, .csr_attributes = {}, .challenge_password = {}}, out);
                  }));
    EK_TRY_ASSIGN(const ByteView request, gate::DecodeBlob(reply.body.view()));
    return fixture::ToBuffer(request);
  }

  bool Give(const Der& answer) {
    return Send(Command::kInstallCredential,
                [&](CborWriter& out) { return gate::EncodeCredentialAnswer({.answer = answer, .others = {}}, out); })
        .has_value();
  }

  Result<Shown> UseTls(gate::TlsIdentity identity, const Der& hash) {
    EK_TRY_ASSIGN(const fixture::Reply reply, Send(Command::kUseTlsIdentity, [&](CborWriter& out) {
                    return gate::EncodeTlsIdentityRequest({.identity = identity, .transcript_hash = hash}, out);
                  }));
    EK_TRY_ASSIGN(const gate::TlsIdentityAnswer answer, gate::DecodeTlsIdentityAnswer(reply.body.view()));
    Shown shown{{}, fixture::ToBuffer(answer.signature)};
    for (const ByteView certificate : answer.certificates) shown.certificates.push_back(fixture::ToBuffer(certificate));
    return shown;
  }

  static fixture::ReadRequest Read(const Der& request) {
    return fixture::ReadPkcs10(request, certificates::kEvidenceAttribute);
  }

  static Der Issued(const TestAuthority& authority, const Der& request, std::uint64_t days = 30) {
    const fixture::ReadRequest read = Read(request);
    return authority.Issue({.key = read.key,
                            .serial = read.serial,
                            .from = UnixTime{kNow.value - kOneDay},
                            .until = UnixTime{kNow.value + days * kOneDay}});
  }

  std::unique_ptr<ports::OwnerCertificates> certificates_ = certificates::NewOpenSslCertificates().value();
  fixture::TestPublisher publisher_;
  TestDevice device_;
  TestAuthority owner_{"Owner", UnixTime{kNow.value - 100 * kOneDay}, UnixTime{kNow.value + 9000 * kOneDay}};
};

// What a client of TLS 1.3 signs (RFC 8446 §4.4.3).
std::string CertificateVerifyOf(const Der& transcript_hash) {
  std::string content(64, ' ');
  content += "TLS 1.3, client CertificateVerify";
  content += '\0';
  return content.append(transcript_hash.begin(), transcript_hash.end());
}

bool IsSigned(ByteView key, std::string_view content, const Der& signature) {
  return fixture::TestProvider()
      .Verify(crypto::AlgorithmId::kEcdsaP256Sha256, key, AsBytes(content), signature)
      .has_value();
}

TEST_F(TlsIdentityTest, ShowsItselfToTlsServersAndSignsNothingElse) {
  constexpr auto kOwner = gate::TlsIdentity::kOwner;
  EK_EXPECT_ERROR(UseTls(kOwner, {}), ErrorCode::kNotFound);
  const TestAuthority between("Between", UnixTime{kNow.value - kOneDay}, UnixTime{kNow.value + 40 * kOneDay}, &owner_);
  const Der request = Ask(owner_.Certificate()).value();
  EK_EXPECT_ERROR(UseTls(kOwner, {}), ErrorCode::kNotFound);  // asked for is not given
  const Der certificate = Issued(between, request);
  ASSERT_TRUE(Give(fixture::Bag({certificate, between.Certificate()})));
  const Der pending = Ask({}).value();
  for (const std::size_t size : {32U, 48U}) {
    const Der hash(size, 7);
    const auto used = UseTls(kOwner, hash);
    ASSERT_TRUE(used) << used.error().where();
    EXPECT_EQ(used->certificates, (std::vector<Der>{certificate, between.Certificate()}));
    const Der key = Read(request).key;
    EXPECT_TRUE(IsSigned(key, CertificateVerifyOf(hash), used->signature));
    EXPECT_FALSE(IsSigned(key, AsText(hash), used->signature)) << "not what was handed in";
    EXPECT_FALSE(IsSigned(Read(pending).key, CertificateVerifyOf(hash), used->signature)) << "by the key that counts";
  }
  EXPECT_TRUE(UseTls(kOwner, {})->signature.empty()) << "nothing is signed unasked";
  EK_EXPECT_ERROR(UseTls(kOwner, Der(31, 7)), ErrorCode::kMalformed);
  const Der renewed = Issued(owner_, pending, 60);
  ASSERT_TRUE(Give(fixture::Bag({renewed})));
  const auto used = UseTls(kOwner, Der(32, 1)).value();
  EXPECT_EQ(used.certificates, (std::vector<Der>{renewed}));
  EXPECT_TRUE(IsSigned(Read(pending).key, CertificateVerifyOf(Der(32, 1)), used.signature));
}

TEST_F(TlsIdentityTest, ShowsTlsServersNothingThatHasExpired) {
  const fixture::Package package = publisher_.Seal({3}, fixture::Pattern(500, 7));
  ASSERT_TRUE(device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_))) << "a signed time";
  ASSERT_TRUE(Give(fixture::Bag({Issued(owner_, Ask(owner_.Certificate()).value(), 5)})));
  EXPECT_TRUE(UseTls(gate::TlsIdentity::kOwner, Der(32, 1))) << "control";
  device_.clock.Pass(6 * kOneDay);
  EK_EXPECT_ERROR(UseTls(gate::TlsIdentity::kOwner, Der(32, 1)), ErrorCode::kExpired);
  EK_EXPECT_ERROR(UseTls(gate::TlsIdentity::kFactory, Der(32, 1)), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace edgekeep::keep
