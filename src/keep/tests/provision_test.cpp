// A device at a factory's station, from the keep's side: what it says, what it keeps, and that a cut costs nothing.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/core/device.h"
#include "edgekeep/formats/factory_identity.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/provisioning.h"
#include "edgekeep/gate/owner.h"
#include "fixture/installed_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Survival;
using fixture::TestDevice;
using gate::Command;

constexpr Survival kAfterCuts[] = {Survival::kNothing, Survival::kEverything, Survival::kNamesOnly, Survival::kTorn};

template <typename Object>
Buffer BytesOf(const Object& object, Status (*encode)(const Object&, CborWriter&)) {
  Buffer bytes(formats::kMaxProvisioningMessage);
  CborWriter out(bytes);
  EXPECT_TRUE(encode(object, out));
  bytes.resize(out.written().size());
  return bytes;
}

// Silicon that opens one credential.
class FakeEndorsement final : public ports::Endorsement {
 public:
  Result<Bytes> Certificate() override {
    if (!has_certificate) return Error(ErrorCode::kNotFound, "certificate");
    return Bytes::Copy(AsBytes("certificate"));
  }

  Result<Bytes> AttestationKey() override {
    Buffer point(formats::kP256PointSize, 7);
    point[0] = 4;
    return Bytes::Copy(point);
  }

  Result<SecretBytes> Activate(ByteView credential, ByteView) override {
    if (AsText(credential) != "mine") return Error(ErrorCode::kDenied, "credential");
    return SecretBytes::CopyOf(Buffer(32, 9));
  }

  Result<ports::CertifiedKey> CertifyIdentity(ByteView nonce) override {
    EK_TRY_ASSIGN(Bytes statement, Bytes::Copy(nonce));
    EK_TRY_ASSIGN(Bytes signature, Bytes::Copy(Buffer(64, 1)));
    return ports::CertifiedKey{std::move(statement), std::move(signature)};
  }

  bool has_certificate = true;
};

Buffer ChallengeOf(std::string_view credential) {
  return BytesOf<formats::ProvisioningChallenge>(
      {.credential = AsBytes(credential), .encrypted_seed = AsBytes("seed"), .nonce = {}},
      formats::EncodeProvisioningChallenge);
}

// What a station gives a device; `ticket` tells two of them apart, the checkpoint is what may differ between two
// askings.
Buffer IdentityFor(TestDevice& device, std::uint32_t ticket, std::string_view checkpoint = "checkpoint\n",
                   std::string_view before_key = "DER") {
  const DeviceId id = core::DeviceIdOf(fixture::TestProvider(), *device.anchor).value();
  const Bytes key = device.anchor->IdentityPublicKey().value();
  std::string certificate(before_key);
  if (!certificate.empty()) certificate += AsText(key.view());
  if (certificate.empty()) certificate = "of another key";
  const Buffer content = BytesOf<formats::Provisioned>(
      {.order = {}, .ticket = {.number = ticket}, .chip = {}, .device = id, .certificate = AsBytes(certificate)},
      formats::EncodeProvisioned);
  const Buffer entry =
      BytesOf<formats::LogEntry>({.logged_at = fixture::kNow, .content = content}, formats::EncodeLogEntry);
  return BytesOf<formats::FactoryIdentity>({.entry = entry, .index = 0, .path = {}, .checkpoint = checkpoint},
                                           formats::EncodeFactoryIdentity);
}

class ProvisionTest : public testing::Test {
 protected:
  ProvisionTest() { EXPECT_TRUE(Started(device_)); }

  bool Started(TestDevice& device) {
    device.endorsement = &endorsement_;
    return device.Start();
  }

  static Result<Buffer> Ask(TestDevice& device, const Buffer& message) {
    Buffer body(gate::kMaxBodySize);
    CborWriter out(body);
    EK_TRY(gate::EncodeBlob(message, out));
    EK_TRY_ASSIGN(const fixture::Reply reply, device.Ask(Door::kAdministrator, Command::kProvision, out.written()));
    EK_TRY_ASSIGN(const ByteView answer, gate::DecodeBlob(reply.body.view()));
    return Buffer(answer.begin(), answer.end());
  }

  Result<Buffer> Ask(const Buffer& message) { return Ask(device_, message); }

  // In answer to a proof, as stations do.
  static Result<Buffer> Give(TestDevice& device, const Buffer& identity) {
    EK_TRY(Ask(device, ChallengeOf("mine")));
    return Ask(device, identity);
  }

  Result<Buffer> Give(const Buffer& identity) { return Give(device_, identity); }

  FakeEndorsement endorsement_;
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
    ASSERT_TRUE(Ask(device, ChallengeOf("mine")));
    device.disk->CutAt(device.disk->num_steps() + step);
    const bool done = Ask(device, identity).has_value();
    interrupted += done ? 0 : 1;
    device.disk->Heal();
    device.PowerCycle(kAfterCuts[step % 4], step);
    ASSERT_TRUE(Started(device)) << "step " << step;
    const auto found = Ask(device, {});
    ASSERT_TRUE(found) << "step " << step;
    const bool is_there = *found == identity;
    EXPECT_TRUE(is_there || formats::DecodeProvisioningHello(*found)) << "step " << step;
    EXPECT_TRUE(is_there || !done) << "what was acknowledged is lost, step " << step;
    EXPECT_TRUE(Give(device, identity)) << "step " << step;
    EXPECT_EQ(Ask(device, {}).value(), identity) << "step " << step;
    if (done) break;
    ASSERT_LT(step, 200U);
  }
  EXPECT_GT(interrupted, 5);
}

}  // namespace
}  // namespace edgekeep::keep
