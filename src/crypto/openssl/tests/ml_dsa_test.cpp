// ML-DSA signing: Wycheproof's deterministic vectors, and that the provider itself hedges.
#include <gtest/gtest.h>

#include <algorithm>

#include "../../tests/test_provider.h"
#include "../../tests/vectors.h"
#include "../signing.h"

namespace edgekeep::crypto::test {
namespace {

struct Counts {
  int signed_alike = 0;
  int bad_seed = 0;
  int not_expressible = 0;  // a context, an external message digest, or randomness of the test's own
};

void RunCase(const Library& library, const WycheproofCase& test, Counts& counts) {
  const Algorithm algorithm = FindAlgorithm(AlgorithmId::kMlDsa65).value();
  const bool has_context = test.Has("ctx") && !test.Hex("ctx").empty();
  if (has_context || test.Has("rnd") || !test.Has("msg")) {
    ++counts.not_expressible;
    return;
  }
  const auto sig = SignMessage(library, algorithm, test.Hex("privateSeed"), test.Hex("msg"), Hedging::kDeterministic);
  if (test.verdict != Verdict::kValid) {
    ++counts.bad_seed;
    EXPECT_EQ(sig.error().code(), ErrorCode::kMalformed);
    return;
  }
  ++counts.signed_alike;
  ASSERT_TRUE(sig);
  EXPECT_TRUE(Equal(sig->view(), test.Hex("sig")));
  const Bytes public_key = TestProvider().PublicKeyOf(AlgorithmId::kMlDsa65, test.Hex("privateSeed")).value();
  EXPECT_TRUE(Equal(public_key.view(), test.Hex("publicKey")));
}

TEST(Wycheproof, MlDsa65Signs) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  const Library library = Library::Open().value();
  Counts counts;
  for (const WycheproofCase& test : LoadWycheproof("mldsa_65_sign_seed_test.json")) {
    SCOPED_TRACE(test.name);
    RunCase(library, test, counts);
  }
  EXPECT_EQ(counts.signed_alike, 80);
  EXPECT_EQ(counts.bad_seed, 3);
  EXPECT_EQ(counts.not_expressible, 22);
}

// Two signatures over one message differ where fresh randomness goes in, and are equal where the standard says so.
TEST(Signing, HedgesMlDsaAndEcdsaButNotEd25519) {
  for (const AlgorithmId id : {AlgorithmId::kMlDsa44, AlgorithmId::kMlDsa65, AlgorithmId::kMlDsa87,
                               AlgorithmId::kEcdsaP256Sha256, AlgorithmId::kEd25519}) {
    const KeyPair pair = TestProvider().GenerateSigningKey(id).value();
    const Bytes one = TestProvider().Sign(id, pair.private_key.Reveal(), AsBytes("message")).value();
    const Bytes other = TestProvider().Sign(id, pair.private_key.Reveal(), AsBytes("message")).value();
    EXPECT_EQ(Equal(one.view(), other.view()), id == AlgorithmId::kEd25519);
    EXPECT_TRUE(TestProvider().Verify(id, pair.public_key.view(), AsBytes("message"), one.view()));
    EXPECT_TRUE(TestProvider().Verify(id, pair.public_key.view(), AsBytes("message"), other.view()));
  }
}

TEST(Signing, TakesTheEmptyMessage) {
  for (const AlgorithmId id : {AlgorithmId::kMlDsa65, AlgorithmId::kEcdsaP256Sha256, AlgorithmId::kEd25519}) {
    const KeyPair pair = TestProvider().GenerateSigningKey(id).value();
    const Bytes sig = TestProvider().Sign(id, pair.private_key.Reveal(), {}).value();
    EXPECT_TRUE(TestProvider().Verify(id, pair.public_key.view(), {}, sig.view()));
    EXPECT_FALSE(TestProvider().Verify(id, pair.public_key.view(), AsBytes("x"), sig.view()));
  }
}

}  // namespace
}  // namespace edgekeep::crypto::test
