// What the keep says of itself: claims of a device in memory, judged by the verifier.
#include "edgekeep/attest/enrolment.h"
#include "edgekeep/attest/evidence.h"
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/crypto/openssl/credential_cipher.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Package;
using fixture::TestDevice;
using fixture::TestProvider;
using fixture::TestPublisher;

constexpr UnixTime kAskedAt{1'790'000'000};

class KeepAttestTest : public testing::Test {
 protected:
  KeepAttestTest() {
    device_.settings.program = {InlineString<32>::Truncated("0.1.0"), Digest(std::array<std::uint8_t, 32>{7})};
    EXPECT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
  }

  Result<Buffer> AskFor(gate::Command command, ByteView body) {
    EK_TRY_ASSIGN(const fixture::Reply reply, device_.Ask(Door::kAdministrator, command, body));
    EK_TRY_ASSIGN(const ByteView blob, gate::DecodeBlob(reply.body.view()));
    return fixture::ToBuffer(blob);
  }

  Result<Buffer> Answer(ByteView asked) {
    Buffer body(8192);
    CborWriter out(body);
    EXPECT_TRUE(gate::EncodeBlob(asked, out));
    return AskFor(gate::Command::kAttest, out.written());
  }

  static Buffer ChallengeOf(std::uint8_t with, std::optional<Digest> enrols = std::nullopt) {
    formats::Challenge challenge{.nonce = {}, .issued_at = kAskedAt, .enrols = enrols};
    challenge.nonce.mutable_view()[0] = with;
    Buffer bytes(formats::kMaxChallengeSize);
    CborWriter out(bytes);
    EXPECT_TRUE(formats::EncodeChallenge(challenge, out));
    return fixture::ToBuffer(out.written());
  }

  // By the answer to an activation, as a verifier does.
  Buffer Enrol() {
    const Buffer bytes = AskFor(gate::Command::kShowAttestationKeys, {}).value();
    const auto keys = attest::VerifyAttestationKeys(TestProvider(), bytes).value();
    const auto cipher = crypto::NewOpenSslCredentialCipher().value();
    const auto begun = attest::BeginEnrolment(TestProvider(), *cipher, keys, kAskedAt).value();
    const formats::Challenge kept = formats::DecodeChallenge(begun.challenge.view()).value();
    const Buffer answer = Answer(begun.activation.view()).value();
    const auto finished = attest::FinishEnrolment(TestProvider(), keys, kept, answer, kAskedAt, std::nullopt).value();
    return fixture::ToBuffer(finished.enrolment.view());
  }

  TestPublisher publisher_;
  TestDevice device_;
};

TEST_F(KeepAttestTest, SaysWhatIsInstalledAndMeasuredAndIsBelievedAsDevelopment) {
  const Package package = publisher_.Seal({3}, fixture::Pattern(5000, 7));
  EK_ASSERT_OK(device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_)));
  const Buffer enrolment = Enrol();
  ASSERT_FALSE(enrolment.empty());
  const Buffer challenge = ChallengeOf(9);
  const Buffer evidence = Answer(challenge).value();
  const formats::Challenge asked = formats::DecodeChallenge(challenge).value();
  const formats::Enrolment known = formats::DecodeEnrolment(enrolment).value();
  formats::AppraisalPolicy policy;
  policy.allow_development = true;
  const auto judged = attest::Appraise(TestProvider(), {evidence, asked, known, policy, kAskedAt}).value();
  const attest::BelievedEvidence believed = judged->Believe().value();
  const formats::Evidence& claims = believed.claims();
  EXPECT_EQ(claims.anchor, formats::AnchorKind::kSoftware);
  EXPECT_EQ(claims.level, formats::Isolation::kProcess);
  ASSERT_EQ(claims.events.size(), 2U);
  EXPECT_EQ(claims.events[0].text, "0.1.0");
  EXPECT_EQ(claims.events[0].digest, Digest(std::array<std::uint8_t, 32>{7}));
  EXPECT_EQ(claims.events[1].kind, 2);
  ASSERT_EQ(claims.releases.size(), 1U);
  EXPECT_EQ(claims.releases[0].product, fixture::kProduct);
  EXPECT_TRUE(claims.releases[0].prepared_form);
  ASSERT_EQ(claims.policies.size(), 1U);
  EXPECT_EQ(claims.policies[0].kind, 1);
  EXPECT_EQ(claims.state_counter, device_.counter.Read().value());
}

TEST_F(KeepAttestTest, AnswersNoSecretChallengeAndNothingElse) {
  EK_EXPECT_ERROR(Answer(ChallengeOf(1, Digest())), ErrorCode::kForbidden);
  EK_EXPECT_ERROR(Answer({}), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(Answer(Buffer{0xa1, 0x00, 0x61, 'x'}), ErrorCode::kUnsupported);
  // A chip's activation, with no chip here.
  const Buffer secret(32, 1);
  Buffer activation(formats::kMaxActivationSize);
  CborWriter out(activation);
  ASSERT_TRUE(formats::EncodeActivation({.nonce = {}, .credential = formats::Credential{secret, secret}}, out));
  EK_EXPECT_ERROR(Answer(out.written()), ErrorCode::kWrongDevice);
}

TEST_F(KeepAttestTest, IsForTheAdministratorAfterInitialisation) {
  for (const gate::Command command : {gate::Command::kShowAttestationKeys, gate::Command::kAttest}) {
    EK_EXPECT_ERROR(device_.Ask(Door::kApplication, command, {}), ErrorCode::kForbidden);
  }
  TestDevice fresh;
  ASSERT_TRUE(fresh.Start());
  EK_EXPECT_ERROR(fresh.Ask(Door::kAdministrator, gate::Command::kShowAttestationKeys, {}), ErrorCode::kNotInitialised);
}

}  // namespace
}  // namespace edgekeep::keep
