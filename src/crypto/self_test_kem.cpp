#include <algorithm>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/hpke.h"
#include "self_test_answers.h"
#include "self_test_parts.h"

namespace edgekeep::crypto {
namespace {

struct DhCase {
  AlgorithmId id;
  std::string_view public_answer;
  std::string_view peer_answer;
  std::string_view secret_answer;
};

constexpr std::array kDhs = {
    DhCase{AlgorithmId::kDhKemP256, answers::kP256Public, answers::kP256PeerPublic, answers::kP256Dh},
    DhCase{AlgorithmId::kDhKemP521, answers::kP521Public, answers::kP521PeerPublic, answers::kP521Dh},
    DhCase{AlgorithmId::kDhKemX25519, answers::kX25519Public, answers::kX25519PeerPublic, answers::kX25519Dh}};

struct MlKemCase {
  AlgorithmId id;
  std::string_view public_answer;
  std::string_view rejection_answer;
};

constexpr std::array kMlKems = {
    MlKemCase{AlgorithmId::kMlKem768, answers::kMlKem768Public, answers::kMlKem768Rejection},
    MlKemCase{AlgorithmId::kMlKem1024, answers::kMlKem1024Public, answers::kMlKem1024Rejection}};

// 0, 2, 3, 4 …: below the order of every curve, like the counting one.
Result<Bytes> PeerKey(const Provider& provider, const Algorithm& algorithm) {
  EK_TRY_ASSIGN(Bytes scalar, Bytes::Copy(CountingBytes(algorithm.private_size + 1U).subspan(1)));
  scalar.mutable_view()[0] = 0;
  return provider.PublicKeyOf(algorithm.id, scalar.view());
}

Status TestKnownDh(const Provider& provider, const Algorithm& algorithm, const DhCase& test) {
  const ByteView own = CountingBytes(algorithm.private_size);
  EK_TRY_ASSIGN(const Bytes public_key, provider.PublicKeyOf(test.id, own));
  EK_TRY(ExpectDigest(provider, public_key.view(), test.public_answer, algorithm.name));
  EK_TRY_ASSIGN(Bytes peer, PeerKey(provider, algorithm));
  EK_TRY(ExpectDigest(provider, peer.view(), test.peer_answer, algorithm.name));
  EK_TRY(Expect(provider.CheckDhPublicKey(test.id, peer.view()).has_value(), algorithm.name));
  EK_TRY_ASSIGN(const SecretBytes secret, provider.Dh(test.id, own, peer.view()));
  EK_TRY(ExpectAnswer(secret.Reveal(), test.secret_answer, algorithm.name));
  // All zeros: a point of low order on Curve25519, no point at all elsewhere.
  std::ranges::fill(peer.mutable_view(), std::uint8_t{0});
  EK_TRY(Expect(!provider.CheckDhPublicKey(test.id, peer.view()), algorithm.name));
  return Expect(!provider.Dh(test.id, own, peer.view()), algorithm.name);
}

Status TestFreshDh(const Provider& provider, const Algorithm& algorithm) {
  EK_TRY_ASSIGN(const KeyPair one, provider.GenerateDhKey(algorithm.id));
  EK_TRY_ASSIGN(const KeyPair other, provider.GenerateDhKey(algorithm.id));
  EK_TRY_ASSIGN(const SecretBytes here, provider.Dh(algorithm.id, one.private_key.Reveal(), other.public_key.view()));
  EK_TRY_ASSIGN(const SecretBytes there, provider.Dh(algorithm.id, other.private_key.Reveal(), one.public_key.view()));
  return Expect(EqualInConstantTime(here.Reveal(), there.Reveal()), algorithm.name);
}

Status TestMlKem(const Provider& provider, const MlKemCase& test) {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(test.id, Kind::kKem));
  const ByteView seed = CountingBytes(algorithm.private_size);
  EK_TRY_ASSIGN(const Bytes public_key, provider.PublicKeyOf(test.id, seed));
  EK_TRY(ExpectDigest(provider, public_key.view(), test.public_answer, algorithm.name));
  EK_TRY_ASSIGN(Bytes ciphertext, Bytes::Allocate(algorithm.output_size));
  const MutableByteView bytes = ciphertext.mutable_view();
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i & 0xff);
  EK_TRY_ASSIGN(const SecretBytes rejection, provider.Decapsulate(test.id, seed, bytes));
  EK_TRY(ExpectAnswer(rejection.Reveal(), test.rejection_answer, algorithm.name));
  EK_TRY_ASSIGN(const KeyPair fresh, provider.GenerateKemKey(test.id));
  EK_TRY_ASSIGN(const Encapsulation made, provider.Encapsulate(test.id, fresh.public_key.view()));
  EK_TRY_ASSIGN(const SecretBytes secret,
                provider.Decapsulate(test.id, fresh.private_key.Reveal(), made.ciphertext.view()));
  return Expect(EqualInConstantTime(secret.Reveal(), made.shared_secret.Reveal()), algorithm.name);
}

}  // namespace

Status SelfTestDiffieHellman(const Provider& provider) {
  for (const DhCase& test : kDhs) {
    EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(test.id, Kind::kKem));
    EK_TRY(TestKnownDh(provider, algorithm, test));
    EK_TRY(TestFreshDh(provider, algorithm));
  }
  return {};
}

Status SelfTestMlKem(const Provider& provider) {
  for (const MlKemCase& test : kMlKems) EK_TRY(TestMlKem(provider, test));
  return {};
}

Status SelfTestHpke(const Provider& provider) {
  constexpr const char* kName = "MLKEM768-P256";
  EK_TRY_ASSIGN(const HpkeSuite suite, FindHpkeSuite(HpkeSuiteId::kMlKem768P256HkdfSha256Aes256Gcm));
  EK_TRY_ASSIGN(SecretBytes private_key, SecretBytes::Allocate(answers::kHpkePrivateKey.size() / 2));
  EK_TRY(FromHex(answers::kHpkePrivateKey, private_key.RevealForWriting()));
  EK_TRY_ASSIGN(const SoftwareHpkeRecipient recipient,
                SoftwareHpkeRecipient::FromPrivateKey(provider, suite.kem, std::move(private_key)));
  std::array<std::uint8_t, answers::kHpkeEnc.size() / 2> enc{};
  std::array<std::uint8_t, answers::kHpkeCiphertext.size() / 2> ciphertext{};
  EK_TRY(FromHex(answers::kHpkeEnc, enc));
  EK_TRY(FromHex(answers::kHpkeCiphertext, ciphertext));
  const ByteView info = AsBytes("edgekeep suite 1 info");
  const ByteView aad = AsBytes("edgekeep suite 1 aad");
  EK_TRY_ASSIGN(const SecretBytes opened, HpkeOpen(provider, suite, recipient, enc, info, aad, ciphertext));
  const ByteView plaintext = AsBytes("thirty-two bytes of content key!");
  EK_TRY(Expect(EqualInConstantTime(opened.Reveal(), plaintext), kName));
  EK_TRY_ASSIGN(const HpkeMessage sealed, HpkeSeal(provider, suite, recipient.public_key(), info, aad, plaintext));
  EK_TRY_ASSIGN(const SecretBytes again,
                HpkeOpen(provider, suite, recipient, sealed.enc.view(), info, aad, sealed.ciphertext.view()));
  return Expect(EqualInConstantTime(again.Reveal(), plaintext), kName);
}

}  // namespace edgekeep::crypto
