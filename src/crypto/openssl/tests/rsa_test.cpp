// RSA public keys: one DER form, the modulus sizes of each algorithm, sane exponents.
#include "../rsa.h"

#include <gtest/gtest.h>

#include "../../tests/vectors.h"

namespace edgekeep::crypto::test {
namespace {

// An INTEGER with its shortest length; contents as given.
ByteVector Integer(const ByteVector& contents) {
  ByteVector der = {0x02};
  if (contents.size() >= 0x100) der.insert(der.end(), {0x82, static_cast<std::uint8_t>(contents.size() >> 8)});
  if (contents.size() >= 0x80 && contents.size() < 0x100) der.push_back(0x81);
  der.push_back(static_cast<std::uint8_t>(contents.size() & 0xff));
  der.insert(der.end(), contents.begin(), contents.end());
  return der;
}

ByteVector Sequence(ByteVector first, const ByteVector& second) {
  first.insert(first.end(), second.begin(), second.end());
  ByteVector der = Integer(first);
  der[0] = 0x30;
  return der;
}

// Odd and of full length; whether it is a product of primes is no matter of form.
ByteVector Modulus(std::size_t size = 256) {
  ByteVector modulus(size + 1, 0xa5);
  modulus[0] = 0;
  return modulus;
}

const ByteVector kExponent = {0x01, 0x00, 0x01};

bool Takes(const ByteVector& der, AlgorithmId algorithm = AlgorithmId::kRsaPss2048Sha256) {
  static const Library library = Library::Open().value();
  const auto key = ImportRsaPublicKey(library, algorithm, der);
  EXPECT_TRUE(key || key.error().code() == ErrorCode::kMalformed);
  return key.has_value();
}

TEST(RsaPublicKey, TakesTheCanonicalForm) {
  EXPECT_TRUE(Takes(Sequence(Integer(Modulus()), Integer(kExponent))));
}

TEST(RsaPublicKey, RefusesEveryTruncationAndTrailingBytes) {
  ByteVector der = Sequence(Integer(Modulus()), Integer(kExponent));
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(Takes(ByteVector(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
  }
  der.push_back(0);
  EXPECT_FALSE(Takes(der));
  ByteVector third = Integer(kExponent);
  third.insert(third.end(), {0x02, 0x01, 0x05});
  EXPECT_FALSE(Takes(Sequence(Integer(Modulus()), third)));
}

TEST(RsaPublicKey, RefusesOtherModuli) {
  ByteVector negative = Modulus();
  negative.erase(negative.begin());
  EXPECT_FALSE(Takes(Sequence(Integer(negative), Integer(kExponent))));
  ByteVector padded = Modulus();
  padded.insert(padded.begin(), 0);
  EXPECT_FALSE(Takes(Sequence(Integer(padded), Integer(kExponent))));
  ByteVector short_one = Modulus();
  short_one[1] = 0x7f;
  EXPECT_FALSE(Takes(Sequence(Integer(short_one), Integer(kExponent))));
  ByteVector even = Modulus();
  even.back() = 0xa4;
  EXPECT_FALSE(Takes(Sequence(Integer(even), Integer(kExponent))));
  ByteVector long_one(513, 0xa5);
  long_one[0] = 0;
  EXPECT_FALSE(Takes(Sequence(Integer(long_one), Integer(kExponent))));
}

TEST(RsaPublicKey, OfReleaseMetadataMayBeLonger) {
  for (const std::size_t size : {256U, 257U, 384U, 512U, 1024U}) {
    EXPECT_TRUE(Takes(Sequence(Integer(Modulus(size)), Integer(kExponent)), AlgorithmId::kRsaPssSha256)) << size;
    EXPECT_EQ(Takes(Sequence(Integer(Modulus(size)), Integer(kExponent))), size == 256) << size;
  }
  for (const std::size_t size : {128U, 255U, 1025U}) {
    EXPECT_FALSE(Takes(Sequence(Integer(Modulus(size)), Integer(kExponent)), AlgorithmId::kRsaPssSha256)) << size;
  }
}

TEST(RsaPublicKey, RefusesOtherExponents) {
  for (const ByteVector& exponent :
       {ByteVector{}, ByteVector{0x00}, ByteVector{0x03}, ByteVector{0x01, 0x00, 0x00}, ByteVector{0x81, 0x00, 0x01},
        ByteVector{0x00, 0x01, 0x00, 0x01}, ByteVector{0x01, 0x00, 0x00, 0x00, 0x01}}) {
    EXPECT_FALSE(Takes(Sequence(Integer(Modulus()), Integer(exponent))));
  }
  EXPECT_TRUE(Takes(Sequence(Integer(Modulus()), Integer({0x00, 0x81, 0x00, 0x00, 0x01}))));
}

TEST(RsaPublicKey, RefusesLengthsThatAreNotTheShortest) {
  const ByteVector good = Sequence(Integer(Modulus()), Integer(kExponent));
  ASSERT_EQ(good[1], 0x82);
  ByteVector longer = good;
  longer[1] = 0x83;
  longer.insert(longer.begin() + 2, 0x00);
  EXPECT_FALSE(Takes(longer));
  ByteVector exponent = {0x02, 0x81, 0x03, 0x01, 0x00, 0x01};
  EXPECT_FALSE(Takes(Sequence(Integer(Modulus()), exponent)));
  exponent = {0x02, 0x82, 0x00, 0x03, 0x01, 0x00, 0x01};
  EXPECT_FALSE(Takes(Sequence(Integer(Modulus()), exponent)));
  ByteVector indefinite = good;
  indefinite[1] = 0x80;
  EXPECT_FALSE(Takes(indefinite));
}

TEST(RsaPublicKey, RefusesOtherTags) {
  const ByteVector good = Sequence(Integer(Modulus()), Integer(kExponent));
  for (const std::size_t at : {std::size_t{0}, std::size_t{4}, good.size() - 5}) {
    ByteVector other = good;
    other[at] ^= 0x01;
    EXPECT_FALSE(Takes(other)) << at;
  }
}

}  // namespace
}  // namespace edgekeep::crypto::test
