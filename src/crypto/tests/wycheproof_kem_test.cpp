// Wycheproof: Diffie-Hellman and ML-KEM through the Provider.
#include <gtest/gtest.h>

#include <algorithm>

#include "test_provider.h"
#include "vectors.h"

namespace edgekeep::crypto::test {
namespace {

// Wycheproof writes scalars as signed numbers of any length.
ByteVector AsScalar(ByteVector number) {
  while (number.size() > 32 && number.front() == 0) number.erase(number.begin());
  number.insert(number.begin(), number.size() < 32 ? 32 - number.size() : 0, 0);
  return number;
}

// "Acceptable" is a compressed point here, which Edgekeep never takes.
TEST(Wycheproof, EcdhP256) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  int valid = 0;
  int refused = 0;
  for (const WycheproofCase& test : LoadWycheproof("ecdh_secp256r1_ecpoint_test.json")) {
    SCOPED_TRACE(test.name);
    const ByteVector peer = test.Hex("public");
    const auto secret = TestProvider().Dh(AlgorithmId::kDhKemP256, AsScalar(test.Hex("private")), peer);
    const Status checked = TestProvider().CheckDhPublicKey(AlgorithmId::kDhKemP256, peer);
    if (test.verdict == Verdict::kValid) {
      ++valid;
      ASSERT_TRUE(secret);
      EXPECT_TRUE(checked);
      EXPECT_TRUE(std::ranges::equal(secret->Reveal(), test.Hex("shared")));
    } else {
      ++refused;
      ASSERT_FALSE(secret);
      EXPECT_EQ(secret.error().code(), ErrorCode::kMalformed);
      EXPECT_EQ(checked.error().code(), ErrorCode::kMalformed);
    }
  }
  EXPECT_EQ(valid, 330);
  EXPECT_EQ(refused, 25);
}

// "Acceptable" covers odd public keys: those with an all-zero result are refused, the others must agree.
TEST(Wycheproof, X25519) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  int agreed = 0;
  int zero = 0;
  for (const WycheproofCase& test : LoadWycheproof("x25519_test.json")) {
    SCOPED_TRACE(test.name);
    const ByteVector peer = test.Hex("public");
    const auto secret = TestProvider().Dh(AlgorithmId::kDhKemX25519, test.Hex("private"), peer);
    const Status checked = TestProvider().CheckDhPublicKey(AlgorithmId::kDhKemX25519, peer);
    if (test.flags.contains("ZeroSharedSecret")) {
      ++zero;
      ASSERT_FALSE(secret);
      EXPECT_EQ(secret.error().code(), ErrorCode::kMalformed);
      EXPECT_EQ(checked.error().code(), ErrorCode::kMalformed);
    } else {
      ++agreed;
      ASSERT_TRUE(secret);
      EXPECT_TRUE(checked);
      EXPECT_TRUE(std::ranges::equal(secret->Reveal(), test.Hex("shared")));
    }
  }
  EXPECT_EQ(agreed, 487);
  EXPECT_EQ(zero, 31);
}

struct KemFile {
  const char* name;
  AlgorithmId algorithm;
};

class WycheproofMlKem : public testing::TestWithParam<KemFile> {};

TEST_P(WycheproofMlKem, Decapsulates) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  int valid = 0;
  int invalid = 0;
  for (const WycheproofCase& test : LoadWycheproof(GetParam().name)) {
    SCOPED_TRACE(test.name);
    const ByteVector seed = test.Hex("seed");
    const auto secret = TestProvider().Decapsulate(GetParam().algorithm, seed, test.Hex("c"));
    if (test.verdict == Verdict::kValid) {
      ++valid;
      ASSERT_TRUE(secret);
      EXPECT_TRUE(std::ranges::equal(secret->Reveal(), test.Hex("K")));
      const Bytes public_key = TestProvider().PublicKeyOf(GetParam().algorithm, seed).value();
      EXPECT_TRUE(Equal(public_key.view(), test.Hex("ek")));
    } else {
      ++invalid;
      ASSERT_FALSE(secret);
      EXPECT_EQ(secret.error().code(), ErrorCode::kMalformed);
    }
  }
  EXPECT_EQ(valid, 153);
  EXPECT_EQ(invalid, 40);
}

INSTANTIATE_TEST_SUITE_P(Files, WycheproofMlKem,
                         testing::Values(KemFile{"mlkem_768_test.json", AlgorithmId::kMlKem768},
                                         KemFile{"mlkem_1024_test.json", AlgorithmId::kMlKem1024}),
                         [](const testing::TestParamInfo<KemFile>& file) {
                           const std::string name = file.param.name;
                           return name.substr(0, name.find("_test"));
                         });

}  // namespace
}  // namespace edgekeep::crypto::test
