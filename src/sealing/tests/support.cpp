#include "support.h"

namespace edgekeep::sealing {

const crypto::Provider& TestProvider() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

MemoryKey::MemoryKey(crypto::AlgorithmId algorithm)
    : algorithm_(algorithm), pair_(TestProvider().GenerateSigningKey(algorithm).value()) {}

Result<Bytes> MemoryKey::Sign(ByteView message) const {
  return TestProvider().Sign(algorithm_, pair_.private_key.Reveal(), message);
}

formats::Holder TestHolder::Named(std::string_view name) const {
  formats::Holder holder{name, {}};
  EXPECT_TRUE(holder.keys.PushBack(classical.as_public()));
  EXPECT_TRUE(holder.keys.PushBack(post_quantum.as_public()));
  return holder;
}

SecretArray<32> RandomKey() {
  SecretArray<32> key;
  EXPECT_TRUE(TestProvider().Random(key.RevealForWriting()));
  return key;
}

formats::Salt RandomSalt() {
  formats::Salt salt;
  EXPECT_TRUE(TestProvider().Random(salt.mutable_view()));
  return salt;
}

Buffer Pattern(std::size_t size, std::uint8_t seed) {
  Buffer bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(seed + i * 31);
  return bytes;
}

crypto::SealSuite DefaultSuite() {
  return crypto::FindSealSuite(crypto::SealSuiteId::kAes256GcmHkdfSha256).value();
}

std::vector<Buffer> SealAll(const SegmentKeys& keys, const Buffer& plaintext, std::size_t segment_size) {
  SegmentCipher cipher = SegmentCipher::Create(TestProvider(), keys).value();
  std::vector<Buffer> segments;
  for (std::size_t at = 0; at < plaintext.size(); at += segment_size) {
    const ByteView part = ByteView(plaintext).subspan(at, std::min(segment_size, plaintext.size() - at));
    Buffer& sealed = segments.emplace_back(part.size() + crypto::kAeadTagSize);
    const bool last = at + segment_size >= plaintext.size();
    EXPECT_TRUE(cipher.Seal(static_cast<std::uint32_t>(segments.size() - 1), last, part, sealed));
  }
  return segments;
}

Result<Buffer> OpenAll(const SegmentKeys& keys, const std::vector<Buffer>& segments) {
  EK_TRY_ASSIGN(SegmentCipher cipher, SegmentCipher::Create(TestProvider(), keys));
  Buffer plaintext;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    Buffer opened(segments[i].size() - crypto::kAeadTagSize);
    EK_TRY(cipher.Open(static_cast<std::uint32_t>(i), i + 1 == segments.size(), segments[i], opened));
    plaintext.insert(plaintext.end(), opened.begin(), opened.end());
  }
  return plaintext;
}

}  // namespace edgekeep::sealing
