#include "edgekeep/base/hex.h"
#include "self_test_answers.h"
#include "self_test_parts.h"

namespace edgekeep::crypto {
namespace {

struct Case {
  AlgorithmId id;
  std::string_view public_answer;     // SHA-256 of the public key
  std::string_view signature_answer;  // a signature that must pass; empty where none is compiled in
};

constexpr std::array kSignatures = {
    Case{AlgorithmId::kEd25519, answers::kEd25519Public, answers::kEd25519Signature},
    Case{AlgorithmId::kEcdsaP256Sha256, answers::kP256Public, answers::kEcdsaP256Signature},
    Case{AlgorithmId::kMlDsa44, answers::kMlDsa44Public, {}}, Case{AlgorithmId::kMlDsa65, answers::kMlDsa65Public, {}},
    Case{AlgorithmId::kMlDsa87, answers::kMlDsa87Public, {}}};

constexpr std::string_view kOtherMessage = "edgekeep self-tesu";

// What passes must pass, and only that.
Status ExpectVerdicts(const Provider& provider, const Algorithm& algorithm, ByteView public_key, ByteView signature) {
  EK_TRY(Expect(provider.Verify(algorithm.id, public_key, AsBytes(kSelfTestMessage), signature).has_value(),
                algorithm.name));
  EK_TRY(Expect(!provider.Verify(algorithm.id, public_key, AsBytes(kOtherMessage), signature), algorithm.name));
  EK_TRY_ASSIGN(Bytes forged, Bytes::Copy(signature));
  forged.mutable_view()[signature.size() / 2] ^= 1;
  return Expect(!provider.Verify(algorithm.id, public_key, AsBytes(kSelfTestMessage), forged.view()), algorithm.name);
}

Status TestKnownKey(const Provider& provider, const Algorithm& algorithm, const Case& test) {
  const ByteView private_key = CountingBytes(algorithm.private_size);
  EK_TRY_ASSIGN(const Bytes public_key, provider.PublicKeyOf(test.id, private_key));
  EK_TRY(ExpectDigest(provider, public_key.view(), test.public_answer, algorithm.name));
  EK_TRY_ASSIGN(const Bytes signature, provider.Sign(test.id, private_key, AsBytes(kSelfTestMessage)));
  EK_TRY(ExpectVerdicts(provider, algorithm, public_key.view(), signature.view()));
  if (test.id == AlgorithmId::kEd25519) {
    EK_TRY(ExpectAnswer(signature.view(), test.signature_answer, algorithm.name));
  }
  if (test.signature_answer.empty()) return {};
  std::array<std::uint8_t, 64> known{};
  EK_TRY(FromHex(test.signature_answer, known));
  return ExpectVerdicts(provider, algorithm, public_key.view(), known);
}

Status TestFreshKey(const Provider& provider, const Algorithm& algorithm) {
  EK_TRY_ASSIGN(const KeyPair pair, provider.GenerateSigningKey(algorithm.id));
  EK_TRY_ASSIGN(const Bytes signature,
                provider.Sign(algorithm.id, pair.private_key.Reveal(), AsBytes(kSelfTestMessage)));
  return Expect(
      provider.Verify(algorithm.id, pair.public_key.view(), AsBytes(kSelfTestMessage), signature.view()).has_value(),
      algorithm.name);
}

// One answer serves both: a modulus of 2048 bits and a salt of 32 bytes are what either takes.
Status TestRsaPss(const Provider& provider, AlgorithmId id) {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(id, Kind::kSignature));
  std::array<std::uint8_t, answers::kRsaPublicKey.size() / 2> public_key{};
  std::array<std::uint8_t, answers::kRsaPssSignature.size() / 2> signature{};
  EK_TRY(FromHex(answers::kRsaPublicKey, public_key));
  EK_TRY(FromHex(answers::kRsaPssSignature, signature));
  EK_TRY(Expect(provider.Verify(id, public_key, {}, signature).has_value(), algorithm.name));
  EK_TRY(Expect(!provider.Verify(id, public_key, AsBytes(kOtherMessage), signature), algorithm.name));
  signature.back() ^= 1;
  return Expect(!provider.Verify(id, public_key, {}, signature), algorithm.name);
}

}  // namespace

Status SelfTestSignatures(const Provider& provider) {
  for (const Case& test : kSignatures) {
    EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(test.id, Kind::kSignature));
    EK_TRY(TestKnownKey(provider, algorithm, test));
    EK_TRY(TestFreshKey(provider, algorithm));
  }
  EK_TRY(TestRsaPss(provider, AlgorithmId::kRsaPss2048Sha256));
  return TestRsaPss(provider, AlgorithmId::kRsaPssSha256);
}

}  // namespace edgekeep::crypto
