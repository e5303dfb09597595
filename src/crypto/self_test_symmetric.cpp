#include <algorithm>

#include "edgekeep/crypto/digest.h"
#include "self_test_answers.h"
#include "self_test_parts.h"

namespace edgekeep::crypto {
namespace {

struct Case {
  AlgorithmId id;
  std::string_view answer;
};

constexpr std::array kHashes = {
    Case{AlgorithmId::kSha256, answers::kSha256}, Case{AlgorithmId::kSha384, answers::kSha384},
    Case{AlgorithmId::kSha512, answers::kSha512}, Case{AlgorithmId::kSha3_256, answers::kSha3_256},
    Case{AlgorithmId::kSha3_512, answers::kSha3_512}};

constexpr std::array kHkdfs = {Case{AlgorithmId::kHkdfSha256, answers::kHkdfSha256},
                               Case{AlgorithmId::kHkdfSha512, answers::kHkdfSha512}};

constexpr std::array kAeads = {Case{AlgorithmId::kAes256Gcm, answers::kAes256Gcm},
                               Case{AlgorithmId::kAes128Gcm, answers::kAes128Gcm},
                               Case{AlgorithmId::kChaCha20Poly1305, answers::kChaCha20Poly1305}};

Status TestHkdf(const Provider& provider, const Case& test, std::size_t hash_size) {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(test.id, Kind::kKdf));
  std::array<std::uint8_t, kMaxDigestSize> prk_buffer{};
  std::array<std::uint8_t, 2 * kMaxDigestSize> out_buffer{};
  const MutableByteView prk = MutableByteView(prk_buffer).first(hash_size);
  const MutableByteView out = MutableByteView(out_buffer).first(test.answer.size() / 2);
  EK_TRY(provider.HkdfExtract(test.id, CountingBytes(16), CountingBytes(32), prk));
  EK_TRY(provider.HkdfExpand(test.id, prk, AsBytes(kSelfTestMessage), out));
  return ExpectAnswer(out, test.answer, algorithm.name);
}

Status TestAead(const Provider& provider, const Case& test) {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(test.id, Kind::kAead));
  EK_TRY_ASSIGN(const auto aead, provider.NewAead(test.id, CountingBytes(algorithm.secret_size)));
  const ByteView nonce = CountingBytes(kAeadNonceSize);
  std::array<std::uint8_t, kSelfTestMessage.size() + kAeadTagSize> sealed{};
  std::array<std::uint8_t, kSelfTestMessage.size()> opened{};
  EK_TRY(aead->Seal(nonce, AsBytes("aad"), AsBytes(kSelfTestMessage), sealed));
  EK_TRY(ExpectAnswer(sealed, test.answer, algorithm.name));
  EK_TRY(aead->Open(nonce, AsBytes("aad"), sealed, opened));
  EK_TRY(Expect(AsText(opened) == kSelfTestMessage, algorithm.name));
  EK_TRY(Expect(!aead->Open(nonce, AsBytes("add"), sealed, opened), algorithm.name));
  sealed.back() ^= 1;
  return Expect(!aead->Open(nonce, AsBytes("aad"), sealed, opened), algorithm.name);
}

}  // namespace

Status SelfTestHashes(const Provider& provider) {
  for (const Case& test : kHashes) {
    EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(test.id, Kind::kHash));
    std::array<std::uint8_t, kMaxDigestSize> buffer{};
    const MutableByteView digest = MutableByteView(buffer).first(algorithm.output_size);
    EK_TRY(HashParts(provider, test.id, {AsBytes(kSelfTestMessage)}, digest));
    EK_TRY(ExpectAnswer(digest, test.answer, algorithm.name));
  }
  return {};
}

Status SelfTestKeyDerivation(const Provider& provider) {
  EK_TRY(TestHkdf(provider, kHkdfs[0], 32));
  EK_TRY(TestHkdf(provider, kHkdfs[1], 64));
  std::array<std::uint8_t, 32> out{};
  EK_TRY(provider.Argon2id(AsBytes(kSelfTestMessage), CountingBytes(16), 32, 2, 2, out));
  return ExpectAnswer(out, answers::kArgon2id, "Argon2id");
}

Status SelfTestAeads(const Provider& provider) {
  for (const Case& test : kAeads) EK_TRY(TestAead(provider, test));
  return {};
}

Status SelfTestRandom(const Provider& provider) {
  std::array<std::uint8_t, 32> first{};
  std::array<std::uint8_t, 32> second{};
  EK_TRY(provider.Random(first));
  EK_TRY(provider.Random(second));
  const bool constant = std::ranges::count(first, first[0]) == std::ssize(first);
  return Expect(!constant && !Equal(first, second), "random numbers");
}

}  // namespace edgekeep::crypto
