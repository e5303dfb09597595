// A device at a factory's station, from the keep's side: what it says, what it keeps, and that a cut costs nothing.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/gate/owner.h"
#include "fixture/installed_device.h"
#include "fixture/provisioned_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::ChallengeOf;
using fixture::IdentityFor;
using fixture::Survival;
using fixture::TestDevice;
using gate::Command;

constexpr Survival kAfterCuts[] = {Survival::kNothing, Survival::kEverything, Survival::kNamesOnly, Survival::kTorn};

class ProvisionTest : public testing::Test {
 protected:
  ProvisionTest() { EXPECT_TRUE(Started(device_)); }

  bool Started(TestDevice& device) {
    device.endorsement = &endorsement_;
    return device.Start();
  }

  Result<Buffer> Ask(const Buffer& message) { return fixture::AskToProvision(device_, message); }

  Result<Buffer> Give(const Buffer& identity) { return fixture::GiveIdentity(device_, identity); }

  fixture::FakeEndorsement endorsement_;
  TestDevice device_;
};

TEST_F(ProvisionTest, SaysHelloProvesAndKeepsItsIdentityBeforeItTrustsAnybody) {
  const Buffer said = Ask({}).value();
  const auto hello = formats::DecodeProvisioningHello(said).value();
  EXPECT_EQ(AsText(hello.endorsement_certificate), "certificate");
  const Bytes own = device_.anchor->IdentityPublicKey().value();
  EXPECT_TRUE(Equal(hello.identity_key, own.view()));
  const Buffer proof = Ask(ChallengeOf("mine")).value();
  EXPECT_EQ(formats::DecodeProvisioningProof(proof)->answer.view()[31], 9);
  const Buffer identity = IdentityFor(device_, 3);
  EXPECT_TRUE(Ask(identity)->empty());
  EXPECT_EQ(Ask({}).value(), identity) << "from now on it says that";
  ASSERT_TRUE(Started(device_));
  EXPECT_EQ(Ask({}).value(), identity) << "and after a restart";
  fixture::TestPublisher publisher;
  EXPECT_TRUE(device_.Initialise(publisher.Bundle()));
  EXPECT_EQ(Ask({}).value(), identity) << "and once it trusts somebody";
}

TEST_F(ProvisionTest, OpensNoCredentialOfAnotherChip) {
  EK_EXPECT_ERROR(Ask(ChallengeOf("another's")), ErrorCode::kDenied);
}

TEST_F(ProvisionTest, KeepsNoIdentityOfAnotherDevice) {
  TestDevice other;
  EK_EXPECT_ERROR(Give(IdentityFor(other, 3)), ErrorCode::kWrongDevice);
  EK_EXPECT_ERROR(Give(IdentityFor(device_, 3, "checkpoint\n", "")), ErrorCode::kWrongDevice);
  EXPECT_TRUE(Give(IdentityFor(device_, 3))) << "control";
}

// Who only carries messages, or has the device's id, gives it nothing.
TEST_F(ProvisionTest, TakesAnIdentityInAnswerToItsProofAlone) {
  EK_EXPECT_ERROR(Ask(IdentityFor(device_, 4)), ErrorCode::kBadState);
  ASSERT_TRUE(Ask({}));
  EK_EXPECT_ERROR(Ask(IdentityFor(device_, 4)), ErrorCode::kBadState);
  EK_EXPECT_ERROR(Ask(ChallengeOf("another's")), ErrorCode::kDenied);
  EK_EXPECT_ERROR(Ask(IdentityFor(device_, 4)), ErrorCode::kBadState);
  ASSERT_TRUE(Ask(ChallengeOf("mine")));
  EXPECT_FALSE(Ask(Buffer(IdentityFor(device_, 3, "checkpoint\n", "")))) << "one try for each proof";
  EK_EXPECT_ERROR(Ask(IdentityFor(device_, 4)), ErrorCode::kBadState);
  EXPECT_TRUE(Give(IdentityFor(device_, 3)));
}

TEST_F(ProvisionTest, ADamagedIdentityIsGivenAgain) {
  const Buffer identity = IdentityFor(device_, 3);
  ASSERT_TRUE(Give(identity));
  fixture::TestPublisher publisher;
  ASSERT_TRUE(device_.Initialise(publisher.Bundle())) << "what was written last is in the state root as well";
  (*device_.disk->ContentsOf("identity"))[50] ^= 1;
  ASSERT_TRUE(Started(device_));
  EXPECT_TRUE(formats::DecodeProvisioningHello(Ask({}).value()));
  EXPECT_TRUE(Give(identity));
  EXPECT_EQ(Ask({}).value(), identity);
}

// A relay answered a proof with something of its own.
TEST_F(ProvisionTest, AFalseIdentityIsForgottenBeforeTheDeviceTrustsAnybody) {
  ASSERT_TRUE(Give(IdentityFor(device_, 4)));
  EK_EXPECT_ERROR(Give(IdentityFor(device_, 3)), ErrorCode::kAlreadyExists);
  ASSERT_TRUE(device_.Ask(Door::kAdministrator, Command::kForgetIdentity, {}));
  ASSERT_TRUE(Started(device_));
  EXPECT_TRUE(formats::DecodeProvisioningHello(Ask({}).value()));
  EXPECT_TRUE(Give(IdentityFor(device_, 3)));
  EXPECT_EQ(Ask({}).value(), IdentityFor(device_, 3));
  fixture::TestPublisher publisher;
  ASSERT_TRUE(device_.Initialise(publisher.Bundle()));
  EK_EXPECT_ERROR(device_.Ask(Door::kAdministrator, Command::kForgetIdentity, {}), ErrorCode::kBadState);
  EXPECT_EQ(Ask({}).value(), IdentityFor(device_, 3));
}

TEST_F(ProvisionTest, HasOneIdentityForLife) {
  const Buffer identity = IdentityFor(device_, 3);
  ASSERT_TRUE(Give(identity));
  EK_EXPECT_ERROR(Give(IdentityFor(device_, 4)), ErrorCode::kAlreadyExists);
  EXPECT_TRUE(Give(IdentityFor(device_, 3, "later\n"))->empty()) << "the same, given again";
  EXPECT_EQ(Ask({}).value(), identity);
}

TEST_F(ProvisionTest, RefusesWhatIsNoStationsMessage) {
  EK_EXPECT_ERROR(Ask(Buffer(10, 0)), ErrorCode::kMalformed);
  const Buffer hello = Ask({}).value();
  EK_EXPECT_ERROR(Ask(hello), ErrorCode::kUnsupported);
  Buffer cut = IdentityFor(device_, 3);
  cut.pop_back();
  EK_EXPECT_ERROR(Give(cut), ErrorCode::kMalformed);
}

TEST_F(ProvisionTest, SiliconThatShowsNothingGetsNothing) {
  endorsement_.has_certificate = false;
  EK_EXPECT_ERROR(Ask({}), ErrorCode::kNotFound);
  device_.endorsement = nullptr;
  ASSERT_TRUE(device_.Start());
  EK_EXPECT_ERROR(Ask({}), ErrorCode::kUnsupported);
  EK_EXPECT_ERROR(Ask(ChallengeOf("mine")), ErrorCode::kUnsupported);
}

// RFC 8446 §4.4.3, by the identity's key; before the device trusts anybody it signs for nobody.
TEST_F(ProvisionTest, ShowsTlsServersWhatItsFactoryGaveIt) {
  const auto use = [this]() -> Result<fixture::Reply> {
    Buffer body(gate::kMaxBodySize), hash(32, 7);
    CborWriter out(body);
    EK_TRY(gate::EncodeTlsIdentityRequest({.identity = gate::TlsIdentity::kFactory, .transcript_hash = hash}, out));
    return device_.Ask(Door::kAdministrator, Command::kUseTlsIdentity, out.written());
  };
  ASSERT_TRUE(Give(IdentityFor(device_, 3)));
  EK_EXPECT_ERROR(use(), ErrorCode::kNotInitialised);
  fixture::TestPublisher publisher;
  ASSERT_TRUE(device_.Initialise(publisher.Bundle()));
  const auto reply = use();
  ASSERT_TRUE(reply) << reply.error().where();
  const auto answer = gate::DecodeTlsIdentityAnswer(reply->body.view()).value();
  const Bytes key = device_.anchor->IdentityPublicKey().value();
  ASSERT_EQ(answer.certificates.size(), 1U);
  EXPECT_EQ(AsText(answer.certificates[0]), "DER" + std::string(AsText(key.view())));
  std::string content = std::string(64, ' ') + "TLS 1.3, client CertificateVerify";
  content += '\0' + std::string(32, 7);
  constexpr auto kEcdsa = crypto::AlgorithmId::kEcdsaP256Sha256;
  EXPECT_TRUE(fixture::TestProvider().Verify(kEcdsa, key.view(), AsBytes(content), answer.signature));
}

// The power goes at each step of keeping the identity, disk and counter: then it is there whole, or not at all, and
// asking again ends as it would have ended.
TEST_F(ProvisionTest, ACutCostsNothing) {
  int interrupted = 0;
  for (std::uint64_t step = 0;; ++step) {
    TestDevice device;
    ASSERT_TRUE(Started(device));
    const Buffer identity = IdentityFor(device, 3);
    ASSERT_TRUE(fixture::AskToProvision(device, ChallengeOf("mine")));
    device.disk->CutAt(device.disk->num_steps() + step);
    const bool done = fixture::AskToProvision(device, identity).has_value();
    interrupted += done ? 0 : 1;
    device.disk->Heal();
    device.PowerCycle(kAfterCuts[step % 4], step);
    ASSERT_TRUE(Started(device)) << "step " << step;
    const auto found = fixture::AskToProvision(device, {});
    ASSERT_TRUE(found) << "step " << step;
    const bool is_there = *found == identity;
    EXPECT_TRUE(is_there || formats::DecodeProvisioningHello(*found)) << "step " << step;
    EXPECT_TRUE(is_there || !done) << "what was acknowledged is lost, step " << step;
    EXPECT_TRUE(fixture::GiveIdentity(device, identity)) << "step " << step;
    EXPECT_EQ(fixture::AskToProvision(device, {}).value(), identity) << "step " << step;
    if (done) break;
    ASSERT_LT(step, 200U);
  }
  EXPECT_GT(interrupted, 5);
}

}  // namespace
}  // namespace edgekeep::keep
