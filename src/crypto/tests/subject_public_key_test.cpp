// Public keys and signatures as other programs write them; these ones the openssl command line made.
#include "edgekeep/crypto/subject_public_key.h"

#include <gtest/gtest.h>

#include "edgekeep/crypto/der.h"
#include "test_provider.h"
#include "vectors.h"

namespace edgekeep::crypto::test {
namespace {

constexpr std::string_view kP256 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgVqiG9E/5aDc5Q+sheHYeAViiyUn\n"
    "d/wayl2sTFNQ/JakBqSOK+ktJomyFN6yDa/H9DmNXgLsSvTQWVYxXyCWZw==\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kP384 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE8Tt5OzCEA+BIsypxS24SXzbSeZJfQWl/\n"
    "3vU13IWmfA+VcuqosCy7gGctWubn26SNXIU64Bzb+8Q35FDR4y/yj11dU4tS8M0W\n"
    "bkAia/aaidxxiwQVpQbhB6vcoY0rQ9oP\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kEd25519 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAuU/G9J92ZiEON+YjsGphPRC+flkfW7CXlbXxynUgkDE=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kX25519 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VuAyEAPvIPmySiuiYKRPslEY/dtkuyluqk/yB2c0aakRTPfxs=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kRsa3072 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEAzgT1wEvLyJg1UUwUfcOf\n"
    "lzM5uoQUO7YeQlIjrm8FJxT3+vgwLwIUEgbuE3rO1M6Tf8u4VPkhqWgSPUR0REZd\n"
    "bhAUtYu7dvvmp96dky93E738BUs1/Ia2Q+xcGuoOdDDdMPIrymW60cTe3EBwYSZQ\n"
    "xvbmnl0ncCx0CyxXAoFOI05bNAPtVJofuim5Q+HN3ZuHubg9aatCWcO5EMW85zR+\n"
    "pMEDCpk8lq5J3WGVdbYv3kvTlfpOHsaeBwQ074M1rDmma++R3C1AlhhngSPtGY7p\n"
    "bb5TKQyVFfMy7D1yQhVQ3dWcA9oFxOlKO8qkAtheCEWZvDoT1z/CSZRfO7aiEdar\n"
    "U06j30TlU4SLvupZ4pBtEuOM9MLncDEO5gCrm06LglvyZri0an0xDj3yODaS8rg7\n"
    "0WGYZpNGwZdkUP8ku/eQ1a4d1bZY9ZdqN4W1gCG9uV8YDBrBV2ztG3qBmkbtO8TW\n"
    "iMDpVTihYvEmQAEK5O6oU0Z1ymJhkN6oFjhVmM5zGnhBAgMBAAE=\n"
    "-----END PUBLIC KEY-----\n";
// By kP256 over "hello".
constexpr std::string_view kEcdsaSignature =
    "3046022100fd14497d94ebb02b7ba3f1022ce5adadc8c8471a03dbbff318c4612a5f0b82ee0221009f2bf76eadb9198c"
    "3fca3c8bbdcb52f5437831de052da963bd4d6e117154fbe7";

// What stands in a text: "ECDSA-P256-SHA256, 65 bytes", or how it is refused.
std::string Read(std::string_view pem) {
  const auto der = DecodePublicKeyPem(pem);
  if (!der) return NameOf(der.error().code());
  const auto key = ReadSubjectPublicKey(der->view());
  if (!key) return NameOf(key.error().code());
  return std::string(FindAlgorithm(key->algorithm)->name) + ", " + std::to_string(key->key.size()) + " bytes";
}

TEST(SubjectPublicKeys, OfKnownAlgorithmsAreRead) {
  EXPECT_EQ(Read(kP256), "ECDSA-P256-SHA256, 65 bytes");
  EXPECT_EQ(Read(kEd25519), "Ed25519, 32 bytes");
  EXPECT_EQ(Read(kRsa3072), "RSA-PSS-SHA256, 398 bytes");
}

TEST(SubjectPublicKeys, OfOtherAlgorithmsAreUnsupported) {
  EXPECT_EQ(Read(kP384), "unsupported");
  EXPECT_EQ(Read(kX25519), "unsupported");
}

TEST(SubjectPublicKeys, VerifyWhatTheyArePublicFor) {
  const Bytes der = DecodePublicKeyPem(kP256).value();
  const SubjectPublicKey key = ReadSubjectPublicKey(der.view()).value();
  const auto signature = ReadDerEcdsaP256(UnHex(kEcdsaSignature)).value();
  EXPECT_TRUE(TestProvider().Verify(key.algorithm, key.key, AsBytes("hello"), signature));
  EXPECT_FALSE(TestProvider().Verify(key.algorithm, key.key, AsBytes("hullo"), signature));
}

TEST(SubjectPublicKeys, WhiteSpaceAroundAndBetweenIsNoMatter) {
  std::string text = " \r\n" + std::string(kEd25519);
  text.insert(text.find("MC") + 5, "\r\n \t");
  EXPECT_EQ(Read(text), "Ed25519, 32 bytes");
}

TEST(SubjectPublicKeys, PemThatIsNoneIsRefused) {
  const std::string good(kEd25519);
  const std::size_t end = good.find("=\n-----END");
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(Read(""), "malformed");
  EXPECT_EQ(Read("-----BEGIN PUBLIC KEY-----"), "malformed");
  EXPECT_EQ(Read("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----"), "malformed");
  EXPECT_EQ(Read("x" + good), "malformed");
  EXPECT_EQ(Read(good + "x"), "malformed");
  for (const std::string& inside : {std::string("="), std::string("A"), std::string("=="), std::string("-"),
                                    std::string("\0", 1), std::string("=A=")}) {
    EXPECT_EQ(Read(std::string(good).insert(end, inside)), "malformed") << inside;
  }
  std::string unused_bits = good;
  ++unused_bits[end - 1];
  EXPECT_EQ(Read(unused_bits), "malformed");
}

TEST(SubjectPublicKeys, EveryTruncationAndEveryTrailingByteIsRefused) {
  for (const std::string_view pem : {kP256, kEd25519, kRsa3072}) {
    const Bytes der = DecodePublicKeyPem(pem).value();
    for (std::size_t size = 0; size < der.size(); ++size) {
      EXPECT_FALSE(ReadSubjectPublicKey(der.view().first(size))) << size;
    }
    ByteVector longer(der.view().begin(), der.view().end());
    longer.push_back(0);
    EXPECT_FALSE(ReadSubjectPublicKey(longer));
  }
}

// Of what is in front of the key no bit may differ.
TEST(SubjectPublicKeys, EveryFlippedBitOfTheirStructureIsRefused) {
  const Bytes good = DecodePublicKeyPem(kP256).value();
  for (std::size_t bit = 0; bit < 8 * (good.size() - 65); ++bit) {
    Bytes changed = Bytes::Copy(good.view()).value();
    changed.mutable_view()[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(ReadSubjectPublicKey(changed.view())) << bit;
  }
}

bool IsEcdsa(const char* hex) {
  const auto signature = ReadDerEcdsaP256(UnHex(hex));
  EXPECT_TRUE(signature || signature.error().code() == ErrorCode::kMalformed);
  return signature.has_value();
}

TEST(DerEcdsa, HasOneFormOnly) {
  EXPECT_TRUE(IsEcdsa("3006020101020102"));
  EXPECT_TRUE(IsEcdsa("30070202008002017f"));
  for (const char* hex : {"", "30", "3000", "3003020101", "300602010102010200", "3006020100020102", "3006020181020102",
                          "300702020001020102", "308106020101020102", "3106020101020102", "3006030101020102",
                          "3009020101020102020103", "30050200020101", "300702010102810102"}) {
    EXPECT_FALSE(IsEcdsa(hex)) << hex;
  }
  const std::string too_long = "3026022101" + std::string(64, '0') + "020101";
  EXPECT_FALSE(IsEcdsa(too_long.c_str()));
}

}  // namespace
}  // namespace edgekeep::crypto::test
