#include "edgekeep/crypto/digest.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "test_provider.h"
#include "vectors.h"

namespace edgekeep::crypto::test {
namespace {

ByteVector Range(int first, int last) {
  ByteVector bytes;
  for (int i = first; i <= last; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

struct HkdfCase {
  ByteVector input_key;
  ByteVector salt;
  ByteVector info;
  const char* prk;
  const char* okm;
};

// RFC 5869 appendix A.1 to A.3.
TEST(Hkdf, Rfc5869) {
  const HkdfCase cases[] = {{ByteVector(22, 0x0b), Range(0x00, 0x0c), Range(0xf0, 0xf9),
                             "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
                             "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
                            {Range(0x00, 0x4f), Range(0x60, 0xaf), Range(0xb0, 0xff),
                             "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
                             "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65"
                             "e590e09da3275600c2f09b8"
                             "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
                            {ByteVector(22, 0x0b),
                             {},
                             {},
                             "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
                             "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"}};
  for (const HkdfCase& test : cases) {
    ByteVector prk(32);
    ASSERT_TRUE(TestProvider().HkdfExtract(AlgorithmId::kHkdfSha256, test.salt, test.input_key, prk));
    EXPECT_EQ(prk, UnHex(test.prk));
    ByteVector okm(UnHex(test.okm).size());
    ASSERT_TRUE(TestProvider().HkdfExpand(AlgorithmId::kHkdfSha256, prk, test.info, okm));
    EXPECT_EQ(okm, UnHex(test.okm));
    const SecretArray<32> key = DeriveKey(TestProvider(), test.input_key, test.salt, test.info).value();
    EXPECT_TRUE(std::equal(key.Reveal().begin(), key.Reveal().end(), okm.begin()));
  }
}

struct HashCase {
  AlgorithmId id;
  const char* of_abc;
};

// FIPS 180-4 and FIPS 202 examples: "abc".
TEST(HashParts, KnownAnswers) {
  const HashCase cases[] = {
      {AlgorithmId::kSha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {AlgorithmId::kSha384,
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
      {AlgorithmId::kSha512,
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80"
       "e"
       "2a9ac94fa54ca49f"},
      {AlgorithmId::kSha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
      {AlgorithmId::kSha3_512,
       "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a"
       "5"
       "6592f8274eec53f0"}};
  for (const HashCase& test : cases) {
    const ByteVector expected = UnHex(test.of_abc);
    ByteVector digest(expected.size());
    ASSERT_TRUE(HashParts(TestProvider(), test.id, {AsBytes("abc")}, digest));
    EXPECT_EQ(digest, expected);
    ASSERT_TRUE(HashParts(TestProvider(), test.id, {AsBytes("a"), {}, AsBytes("bc")}, digest));
    EXPECT_EQ(digest, expected);
  }
}

TEST(HashParts, RefusesWrongSizesAndOtherKinds) {
  ByteVector digest(31);
  EXPECT_EQ(HashParts(TestProvider(), AlgorithmId::kSha256, {}, digest).error().code(), ErrorCode::kBadArgument);
  digest.resize(33);
  EXPECT_EQ(HashParts(TestProvider(), AlgorithmId::kSha256, {}, digest).error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(HashParts(TestProvider(), AlgorithmId::kHkdfSha256, {}, digest).error().code(), ErrorCode::kUnsupported);
}

TEST(KeyIdOf, IsTheHashOfAlgorithmAndKey) {
  const ByteVector key(32, 0x5a);
  const KeyId id = KeyIdOf(TestProvider(), AlgorithmId::kMlDsa65, key).value();
  const ByteVector prefix = {0x01, 0x12};
  EXPECT_TRUE(std::ranges::equal(id.view(), Sha256(TestProvider(), {prefix, key})->view()));
  EXPECT_NE(id, KeyIdOf(TestProvider(), AlgorithmId::kEd25519, key).value());
}

}  // namespace
}  // namespace edgekeep::crypto::test
