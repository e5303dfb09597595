#include "edgekeep/sealing/trusted_publisher.h"

#include "edgekeep/crypto/hpke.h"
#include "edgekeep/formats/signed_object.h"
#include "support.h"

namespace edgekeep::sealing {
namespace {

class TrustBundles : public ::testing::Test {
 protected:
  void SetUp() override {
    bundle_.publisher = "acme";
    EK_ASSERT_OK(bundle_.required_classes.PushBack(1));
    EK_ASSERT_OK(bundle_.required_classes.PushBack(2));
    EK_ASSERT_OK(bundle_.authors.PushBack(author_.Named("author")));
    EK_ASSERT_OK(bundle_.licensors.PushBack(licensor_.Named("licensor")));
    bundle_.licensor_kem = {static_cast<std::uint16_t>(crypto::AlgorithmId::kMlKem768P256), kem_.public_key()};
  }

  Buffer Signed(const std::vector<const SigningKey*>& keys) {
    Buffer payload(formats::kMaxTrustBundleSize);
    CborWriter writer(payload);
    EXPECT_TRUE(formats::EncodeTrustBundle(bundle_, writer));
    const Bytes bytes = SignObject(TestProvider(), formats::typ::kTrustBundle, writer.written(), keys).value();
    return {bytes.view().begin(), bytes.view().end()};
  }

  std::vector<const SigningKey*> AllKeys() {
    return {&author_.classical, &author_.post_quantum, &licensor_.classical, &licensor_.post_quantum};
  }

  TestHolder author_;
  TestHolder licensor_;
  crypto::SoftwareHpkeRecipient kem_ =
      crypto::SoftwareHpkeRecipient::Generate(TestProvider(), crypto::AlgorithmId::kMlKem768P256).value();
  formats::TrustBundle bundle_;
};

TEST_F(TrustBundles, AreAcceptedWhenEveryKeySigned) {
  const Buffer bytes = Signed(AllKeys());
  const auto publisher = VerifyTrustBundle(TestProvider(), bytes);
  EK_ASSERT_OK(publisher);
  EXPECT_EQ(publisher->bundle().publisher, "acme");
  EXPECT_EQ(publisher->bundle().authors[0].name, "author");
  EXPECT_TRUE(Equal(publisher->bytes(), bytes));
}

TEST_F(TrustBundles, KeepTheirFingerprintWhenSignedAgain) {
  const auto once = VerifyTrustBundle(TestProvider(), Signed(AllKeys()));
  const auto again = VerifyTrustBundle(TestProvider(), Signed(AllKeys()));
  EXPECT_EQ(once->fingerprint(), again->fingerprint());
  bundle_.publisher = "acne";
  EXPECT_NE(VerifyTrustBundle(TestProvider(), Signed(AllKeys()))->fingerprint(), once->fingerprint());
}

TEST_F(TrustBundles, AreRefusedWhenOneKeyDidNotSign) {
  for (std::size_t left_out = 0; left_out < 4; ++left_out) {
    std::vector<const SigningKey*> keys = AllKeys();
    keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(left_out));
    EK_EXPECT_ERROR(VerifyTrustBundle(TestProvider(), Signed(keys)), ErrorCode::kUntrusted);
  }
}

TEST_F(TrustBundles, AreRefusedWhenAHolderLacksARequiredClass) {
  formats::Holder half{"half", {}};
  const MemoryKey extra(crypto::AlgorithmId::kEcdsaP256Sha256);
  EK_ASSERT_OK(half.keys.PushBack(extra.as_public()));
  EK_ASSERT_OK(bundle_.authors.PushBack(half));
  std::vector<const SigningKey*> keys = AllKeys();
  keys.push_back(&extra);
  EK_EXPECT_ERROR(VerifyTrustBundle(TestProvider(), Signed(keys)), ErrorCode::kUnsupported);
}

TEST_F(TrustBundles, AreRefusedWhenTruncatedOrFlipped) {
  const Buffer bytes = Signed(AllKeys());
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    ASSERT_FALSE(VerifyTrustBundle(TestProvider(), ByteView(bytes).first(size))) << size;
  }
  for (std::size_t at = 0; at < bytes.size(); at += 53) {
    Buffer flipped = bytes;
    flipped[at] ^= 4;
    ASSERT_FALSE(VerifyTrustBundle(TestProvider(), flipped)) << at;
  }
  EK_EXPECT_ERROR(VerifyTrustBundle(TestProvider(), Buffer(1 << 20)), ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::sealing
