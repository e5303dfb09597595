// The registry and the suites: complete, unambiguous, and true for what the provider really makes.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "edgekeep/crypto/suite.h"
#include "test_provider.h"
#include "vectors.h"

namespace edgekeep::crypto::test {
namespace {

std::vector<Algorithm> EveryAlgorithm() {
  std::vector<Algorithm> found;
  for (std::uint32_t id = 0; id <= 0xffff; ++id) {
    const auto algorithm = FindAlgorithm(AlgorithmId(static_cast<std::uint16_t>(id)));
    if (algorithm) found.push_back(*algorithm);
  }
  return found;
}

std::vector<Algorithm> EveryAlgorithm(Kind kind) {
  std::vector<Algorithm> all = EveryAlgorithm();
  std::erase_if(all, [&](const Algorithm& algorithm) { return algorithm.kind != kind; });
  return all;
}

TEST(Registry, HasEachAlgorithmOnceUnderItsOwnName) {
  const std::vector<Algorithm> all = EveryAlgorithm();
  EXPECT_EQ(all.size(), 24U);
  std::set<std::string> names;
  for (const Algorithm& algorithm : all) names.insert(algorithm.name);
  EXPECT_EQ(names.size(), all.size());
}

TEST(Registry, NumbersShowTheKind) {
  for (const Algorithm& algorithm : EveryAlgorithm()) {
    EXPECT_EQ(static_cast<std::uint16_t>(algorithm.id) >> 8, static_cast<int>(algorithm.kind)) << algorithm.name;
  }
}

TEST(Registry, RefusesUnknownNumbersAndOtherKinds) {
  for (const AlgorithmId id : {AlgorithmId::kNone, AlgorithmId{0x0105}, AlgorithmId{0xffff}}) {
    EXPECT_EQ(FindAlgorithm(id).error().code(), ErrorCode::kUnsupported);
  }
  for (const Algorithm& algorithm : EveryAlgorithm()) {
    for (const Kind kind : {Kind::kSignature, Kind::kKem, Kind::kAead, Kind::kHash, Kind::kKdf}) {
      const auto found = FindAlgorithm(algorithm.id, kind);
      EXPECT_EQ(found.has_value(), kind == algorithm.kind);
      EXPECT_TRUE(found || found.error().code() == ErrorCode::kUnsupported);
    }
  }
}

TEST(Registry, ClassesFollowFamilies) {
  for (const Algorithm& algorithm : EveryAlgorithm()) {
    Class expected = Class::kSymmetric;
    if (algorithm.family == Family::kEcc || algorithm.family == Family::kRsa) expected = Class::kClassical;
    if (algorithm.family == Family::kLattice) expected = Class::kPostQuantum;
    if (algorithm.family == Family::kEccLattice) expected = Class::kHybrid;
    EXPECT_EQ(algorithm.security_class, expected) << algorithm.name;
  }
}

TEST(Registry, MaximaAreTheLargest) {
  std::size_t signature = 0;
  std::size_t public_key = 0;
  std::size_t kem_public_key = 0;
  std::size_t ciphertext = 0;
  std::size_t digest = 0;
  for (const Algorithm& algorithm : EveryAlgorithm()) {
    const std::size_t output = algorithm.output_size;
    if (algorithm.kind == Kind::kSignature) signature = std::max(signature, output);
    if (algorithm.kind == Kind::kSignature) public_key = std::max<std::size_t>(public_key, algorithm.public_size);
    if (algorithm.kind == Kind::kKem) kem_public_key = std::max<std::size_t>(kem_public_key, algorithm.public_size);
    if (algorithm.kind == Kind::kKem) ciphertext = std::max(ciphertext, output);
    if (algorithm.kind == Kind::kHash) digest = std::max(digest, output);
  }
  EXPECT_EQ(signature, kMaxSignatureSize);
  EXPECT_EQ(public_key, kMaxPublicKeySize);
  EXPECT_EQ(kem_public_key, kMaxKemPublicKeySize);
  EXPECT_EQ(ciphertext, kMaxKemCiphertextSize);
  EXPECT_EQ(digest, kMaxDigestSize);
}

TEST(Registry, SignatureSizesAreTrue) {
  for (const Algorithm& algorithm : EveryAlgorithm(Kind::kSignature)) {
    SCOPED_TRACE(algorithm.name);
    const auto pair = TestProvider().GenerateSigningKey(algorithm.id);
    if (algorithm.family == Family::kRsa) {
      EXPECT_EQ(pair.error().code(), ErrorCode::kUnsupported);
      continue;
    }
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->private_key.size(), algorithm.private_size);
    EXPECT_EQ(pair->public_key.size(), algorithm.public_size);
    // ECDSA's r and s have leading zeros now and then: r || s keeps its size.
    for (int i = 0; i < 300; ++i) {
      const auto sig = TestProvider().Sign(algorithm.id, pair->private_key.Reveal(), AsBytes(std::to_string(i)));
      ASSERT_TRUE(sig);
      EXPECT_EQ(sig->size(), algorithm.output_size);
      if (algorithm.id != AlgorithmId::kEcdsaP256Sha256) break;
      EXPECT_TRUE(
          TestProvider().Verify(algorithm.id, pair->public_key.view(), AsBytes(std::to_string(i)), sig->view()));
    }
  }
}

TEST(Registry, KemSizesAreTrue) {
  for (const Algorithm& algorithm : EveryAlgorithm(Kind::kKem)) {
    SCOPED_TRACE(algorithm.name);
    if (algorithm.family == Family::kEccLattice) continue;  // no primitive: see the HPKE tests
    const bool lattice = algorithm.family == Family::kLattice;
    const auto pair =
        lattice ? TestProvider().GenerateKemKey(algorithm.id) : TestProvider().GenerateDhKey(algorithm.id);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->private_key.size(), algorithm.private_size);
    EXPECT_EQ(pair->public_key.size(), algorithm.public_size);
    if (!lattice) {
      EXPECT_EQ(algorithm.output_size, algorithm.public_size);
      continue;
    }
    const auto made = TestProvider().Encapsulate(algorithm.id, pair->public_key.view());
    ASSERT_TRUE(made);
    EXPECT_EQ(made->ciphertext.size(), algorithm.output_size);
    EXPECT_EQ(made->shared_secret.size(), algorithm.secret_size);
  }
}

TEST(Registry, AeadAndHashSizesAreTrue) {
  for (const Algorithm& algorithm : EveryAlgorithm(Kind::kAead)) {
    EXPECT_EQ(algorithm.output_size, kAeadTagSize);
    EXPECT_TRUE(TestProvider().NewAead(algorithm.id, ByteVector(algorithm.secret_size))) << algorithm.name;
  }
  for (const Algorithm& algorithm : EveryAlgorithm(Kind::kHash)) {
    ByteVector digest(algorithm.output_size);
    EXPECT_TRUE(TestProvider().NewHash(algorithm.id).value()->Finish(digest)) << algorithm.name;
  }
}

TEST(Suites, NameOnlyRegisteredAlgorithmsOfTheRightKind) {
  int seal_suites = 0;
  int hpke_suites = 0;
  for (std::uint32_t id = 0; id <= 0xffff; ++id) {
    const auto number = static_cast<std::uint16_t>(id);
    if (const auto suite = FindSealSuite(SealSuiteId{number})) {
      ++seal_suites;
      EXPECT_EQ(suite->id, SealSuiteId{number});
      EXPECT_TRUE(FindAlgorithm(suite->aead, Kind::kAead));
      EXPECT_TRUE(FindAlgorithm(suite->kdf, Kind::kKdf));
      EXPECT_TRUE(FindAlgorithm(suite->hash, Kind::kHash));
    } else {
      EXPECT_EQ(suite.error().code(), ErrorCode::kUnsupported);
    }
    if (const auto suite = FindHpkeSuite(HpkeSuiteId{number})) {
      ++hpke_suites;
      EXPECT_EQ(suite->id, HpkeSuiteId{number});
      EXPECT_TRUE(FindAlgorithm(suite->kem, Kind::kKem));
      EXPECT_TRUE(FindAlgorithm(suite->kdf, Kind::kKdf));
      EXPECT_TRUE(FindAlgorithm(suite->aead, Kind::kAead));
    } else {
      EXPECT_EQ(suite.error().code(), ErrorCode::kUnsupported);
    }
  }
  EXPECT_EQ(seal_suites, 2);
  EXPECT_EQ(hpke_suites, 3);
}

// Were AES broken, a suite of each kind must be left.
TEST(Suites, EachKindHasOneWithoutAes) {
  EXPECT_EQ(FindSealSuite(SealSuiteId::kChaCha20Poly1305HkdfSha256)->aead, AlgorithmId::kChaCha20Poly1305);
  EXPECT_EQ(FindHpkeSuite(HpkeSuiteId::kMlKem768P256HkdfSha256ChaCha20Poly1305)->aead, AlgorithmId::kChaCha20Poly1305);
}

}  // namespace
}  // namespace edgekeep::crypto::test
