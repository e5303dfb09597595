#include "edgekeep/crypto/self_test.h"

#include "edgekeep/base/check.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "self_test_parts.h"

namespace edgekeep::crypto {
namespace {

constexpr auto kCounting = [] {
  std::array<std::uint8_t, 80> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}();

}  // namespace

ByteView CountingBytes(std::size_t size) {
  EK_CHECK(size <= kCounting.size());
  return ByteView(kCounting).first(size);
}

Status Expect(bool holds, const char* algorithm) {
  if (!holds) return Error(ErrorCode::kInternal, algorithm);
  return {};
}

Status ExpectAnswer(ByteView actual, std::string_view hex, const char* algorithm) {
  std::array<std::uint8_t, 320> buffer{};
  EK_CHECK(hex.size() / 2 <= buffer.size());
  const MutableByteView expected = MutableByteView(buffer).first(hex.size() / 2);
  EK_TRY(FromHex(hex, expected));
  return Expect(Equal(actual, expected), algorithm);
}

Status ExpectDigest(const Provider& provider, ByteView actual, std::string_view hex, const char* algorithm) {
  EK_TRY_ASSIGN(const Digest digest, Sha256(provider, {actual}));
  return ExpectAnswer(digest.view(), hex, algorithm);
}

Status SelfTest(const Provider& provider) {
  // Hashes first: the later parts compare digests.
  EK_TRY(SelfTestHashes(provider));
  EK_TRY(SelfTestKeyDerivation(provider));
  EK_TRY(SelfTestAeads(provider));
  EK_TRY(SelfTestRandom(provider));
  EK_TRY(SelfTestSignatures(provider));
  EK_TRY(SelfTestDiffieHellman(provider));
  EK_TRY(SelfTestMlKem(provider));
  return SelfTestHpke(provider);
}

}  // namespace edgekeep::crypto
