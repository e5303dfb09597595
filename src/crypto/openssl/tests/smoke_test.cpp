#include <gtest/gtest.h>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::crypto {
namespace {

class EveryAlgorithm : public testing::TestWithParam<AlgorithmId> {
 protected:
  std::unique_ptr<Provider> provider_ = NewOpenSslProvider().value();
};

class SignatureAlgorithm : public EveryAlgorithm {};

TEST_P(SignatureAlgorithm, SignsAndVerifies) {
  const KeyPair pair = provider_->GenerateSigningKey(GetParam()).value();
  const Bytes sig = provider_->Sign(GetParam(), pair.private_key.Reveal(), AsBytes("hello")).value();
  EXPECT_TRUE(provider_->Verify(GetParam(), pair.public_key.view(), AsBytes("hello"), sig.view()));
  EXPECT_EQ(provider_->Verify(GetParam(), pair.public_key.view(), AsBytes("jello"), sig.view()).error().code(),
            ErrorCode::kBadSignature);
}

INSTANTIATE_TEST_SUITE_P(All, SignatureAlgorithm,
                         testing::Values(AlgorithmId::kEd25519, AlgorithmId::kEcdsaP256Sha256, AlgorithmId::kMlDsa44,
                                         AlgorithmId::kMlDsa65, AlgorithmId::kMlDsa87));

class KemAlgorithm : public EveryAlgorithm {};

TEST_P(KemAlgorithm, Agrees) {
  const KeyPair pair = provider_->GenerateKemKey(GetParam()).value();
  const Encapsulation made = provider_->Encapsulate(GetParam(), pair.public_key.view()).value();
  const SecretBytes secret =
      provider_->Decapsulate(GetParam(), pair.private_key.Reveal(), made.ciphertext.view()).value();
  EXPECT_TRUE(EqualInConstantTime(secret.Reveal(), made.shared_secret.Reveal()));
}

INSTANTIATE_TEST_SUITE_P(All, KemAlgorithm, testing::Values(AlgorithmId::kMlKem768, AlgorithmId::kMlKem1024));

class DhAlgorithm : public EveryAlgorithm {};

TEST_P(DhAlgorithm, Agrees) {
  const KeyPair a = provider_->GenerateDhKey(GetParam()).value();
  const KeyPair b = provider_->GenerateDhKey(GetParam()).value();
  const SecretBytes ab = provider_->Dh(GetParam(), a.private_key.Reveal(), b.public_key.view()).value();
  const SecretBytes ba = provider_->Dh(GetParam(), b.private_key.Reveal(), a.public_key.view()).value();
  EXPECT_TRUE(EqualInConstantTime(ab.Reveal(), ba.Reveal()));
  EXPECT_TRUE(provider_->CheckDhPublicKey(GetParam(), a.public_key.view()));
}

INSTANTIATE_TEST_SUITE_P(All, DhAlgorithm,
                         testing::Values(AlgorithmId::kDhKemP256, AlgorithmId::kDhKemP521, AlgorithmId::kDhKemX25519));

class AeadAlgorithm : public EveryAlgorithm {};

TEST_P(AeadAlgorithm, OpensWhatItSealed) {
  const Algorithm algorithm = FindAlgorithm(GetParam()).value();
  std::array<std::uint8_t, 32> key{7};
  const auto aead = provider_->NewAead(GetParam(), ByteView(key).first(algorithm.secret_size)).value();
  const std::array<std::uint8_t, 12> nonce{1};
  std::array<std::uint8_t, 5 + kAeadTagSize> sealed{};
  std::array<std::uint8_t, 5> opened{};
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(aead->Seal(nonce, AsBytes("aad"), AsBytes("hello"), sealed));
    ASSERT_TRUE(aead->Open(nonce, AsBytes("aad"), sealed, opened));
    EXPECT_EQ(AsText(opened), "hello");
    EXPECT_EQ(aead->Open(nonce, AsBytes("bad"), sealed, opened).error().code(), ErrorCode::kDenied);
    EXPECT_EQ(opened[0], 0);
  }
}

INSTANTIATE_TEST_SUITE_P(All, AeadAlgorithm,
                         testing::Values(AlgorithmId::kAes256Gcm, AlgorithmId::kChaCha20Poly1305,
                                         AlgorithmId::kAes128Gcm));

}  // namespace
}  // namespace edgekeep::crypto
