// Wycheproof: signature verification through the Provider.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "test_provider.h"
#include "vectors.h"

namespace edgekeep::crypto::test {
namespace {

struct SignatureCounts {
  int valid = 0;
  int invalid = 0;
  int not_expressible = 0;
  friend bool operator==(const SignatureCounts&, const SignatureCounts&) = default;
};

void PrintTo(const SignatureCounts& counts, std::ostream* out) {
  *out << counts.valid << " valid, " << counts.invalid << " invalid, " << counts.not_expressible << " not expressible";
}

bool Accepts(AlgorithmId algorithm, const ByteVector& public_key, const ByteVector& message, const ByteVector& sig) {
  const Status status = TestProvider().Verify(algorithm, public_key, message, sig);
  if (!status) {
    EXPECT_TRUE(status.error().code() == ErrorCode::kBadSignature || status.error().code() == ErrorCode::kMalformed);
  }
  return status.has_value();
}

// One INTEGER of a canonical DER signature as 32 bytes; nothing when it is not one, or does not fit.
std::optional<ByteVector> TakeInteger(ByteView& der) {
  if (der.size() < 2 || der[0] != 0x02 || der[1] >= 0x80 || der[1] == 0 || der.size() < 2U + der[1]) return {};
  ByteView number = der.subspan(2, der[1]);
  der = der.subspan(2U + der[1]);
  if (number[0] >= 0x80) return {};
  if (number[0] == 0 && number.size() > 1) {
    if (number[1] < 0x80) return {};
    number = number.subspan(1);
  }
  if (number.size() > 32) return {};
  ByteVector padded(32);
  std::copy(number.begin(), number.end(), padded.end() - static_cast<std::ptrdiff_t>(number.size()));
  return padded;
}

// Edgekeep stores r || s; Wycheproof's file has DER, much of it broken on purpose.
std::optional<ByteVector> FromDer(const ByteVector& sig) {
  if (sig.size() < 2 || sig[0] != 0x30 || sig[1] >= 0x80 || sig.size() != 2U + sig[1]) return {};
  ByteView rest = ByteView(sig).subspan(2);
  std::optional<ByteVector> r = TakeInteger(rest);
  const std::optional<ByteVector> s = TakeInteger(rest);
  if (!r || !s || !rest.empty()) return {};
  r->insert(r->end(), s->begin(), s->end());
  return r;
}

TEST(Wycheproof, EcdsaP256) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  SignatureCounts counts;
  for (const WycheproofCase& test : LoadWycheproof("ecdsa_secp256r1_sha256_test.json")) {
    SCOPED_TRACE(test.name);
    const std::optional<ByteVector> sig = FromDer(test.Hex("sig"));
    if (!sig) {
      EXPECT_EQ(test.verdict, Verdict::kInvalid);
      ++counts.not_expressible;
      continue;
    }
    const bool valid = test.verdict == Verdict::kValid;
    EXPECT_EQ(Accepts(AlgorithmId::kEcdsaP256Sha256, test.Hex("publicKey.uncompressed"), test.Hex("msg"), *sig), valid);
    ++(valid ? counts.valid : counts.invalid);
  }
  EXPECT_EQ(counts, (SignatureCounts{.valid = 174, .invalid = 75, .not_expressible = 235}));
}

struct File {
  const char* name;
  AlgorithmId algorithm;
  const char* key_field;
  SignatureCounts expected;
};

class WycheproofVerify : public testing::TestWithParam<File> {};

// The Provider signs and verifies under the empty context only: a signature made under another must not pass.
TEST_P(WycheproofVerify, Agrees) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  SignatureCounts counts;
  for (const WycheproofCase& test : LoadWycheproof(GetParam().name)) {
    SCOPED_TRACE(test.name);
    const bool accepted =
        Accepts(GetParam().algorithm, test.Hex(GetParam().key_field), test.Hex("msg"), test.Hex("sig"));
    if (test.Has("ctx") && !test.Hex("ctx").empty()) {
      EXPECT_FALSE(accepted);
      ++counts.not_expressible;
      continue;
    }
    EXPECT_EQ(accepted, test.verdict == Verdict::kValid);
    ++(test.verdict == Verdict::kValid ? counts.valid : counts.invalid);
  }
  EXPECT_EQ(counts, GetParam().expected);
}

// Signatures that are invalid for their salt's length alone are good ones of kRsaPssSha256.
TEST(Wycheproof, RsaPssOfAnySaltAgrees) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  SignatureCounts counts;
  for (const WycheproofCase& test : LoadWycheproof("rsa_pss_2048_sha256_mgf1_32_test.json")) {
    SCOPED_TRACE(test.name);
    const bool valid = test.verdict == Verdict::kValid || test.name.find("s_len changed to") != std::string::npos;
    EXPECT_EQ(Accepts(AlgorithmId::kRsaPssSha256, test.Hex("publicKeyAsn"), test.Hex("msg"), test.Hex("sig")), valid);
    ++(valid ? counts.valid : counts.invalid);
  }
  EXPECT_EQ(counts, (SignatureCounts{.valid = 69, .invalid = 39, .not_expressible = 0}));
}

INSTANTIATE_TEST_SUITE_P(
    Files, WycheproofVerify,
    testing::Values(
        File{"ed25519_test.json", AlgorithmId::kEd25519, "publicKey.pk", {88, 63, 0}},
        File{"rsa_pss_2048_sha256_mgf1_32_test.json", AlgorithmId::kRsaPss2048Sha256, "publicKeyAsn", {63, 45, 0}},
        File{"mldsa_44_verify_test.json", AlgorithmId::kMlDsa44, "publicKey", {75, 98, 7}},
        File{"mldsa_65_verify_test.json", AlgorithmId::kMlDsa65, "publicKey", {77, 126, 7}},
        File{"mldsa_87_verify_test.json", AlgorithmId::kMlDsa87, "publicKey", {69, 165, 7}}),
    [](const testing::TestParamInfo<File>& file) {
      const std::string name = file.param.name;
      return name.substr(0, name.find("_test"));
    });

}  // namespace
}  // namespace edgekeep::crypto::test
