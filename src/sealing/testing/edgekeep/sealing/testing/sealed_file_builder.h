// Sealed files for tests that start where signatures have been verified: the record in them is no real one.
#pragma once
#include <array>
#include <string_view>
#include <vector>

#include "edgekeep/base/check.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/crypto/hpke.h"
#include "edgekeep/formats/sealed_file.h"
#include "edgekeep/sealing/body.h"
#include "edgekeep/sealing/sealed_package.h"
#include "edgekeep/sealing/testing/memory_file.h"

namespace edgekeep::sealing::testing {

// A sealed file of product acme/test, sequence 7, with the trust that fits it.
struct BuiltSealedFile {
  MemoryFile file;
  SecretArray<32> content_key;
  Digest header_digest;
  Digest tags_digest;
  formats::PlaintextMac plaintext_mac;
  std::uint32_t body_offset = 0;

  SealedFileTrust trust() const { return {content_key, header_digest, tags_digest, plaintext_mac}; }
};

inline std::vector<std::uint8_t> EncodeTestHeader(const crypto::Provider& provider, const BuiltSealedFile& built,
                                                  ByteView plaintext, formats::SealedKind kind,
                                                  const formats::Salt& salt) {
  formats::SealedHeader header;
  header.kind = kind;
  header.product = ProductName::Parse("acme/test").value();
  header.version = {{7}, VersionText::Truncated("7.0")};
  header.seal_suite = static_cast<std::uint16_t>(crypto::SealSuiteId::kAes256GcmHkdfSha256);
  header.plaintext_size = plaintext.size();
  header.salt = salt;
  header.key_commitment = CommitToKey(provider, built.content_key, salt).value();
  header.hpke_suite = static_cast<std::uint16_t>(crypto::HpkeSuiteId::kP256HkdfSha256Aes256Gcm);
  const std::array<std::uint8_t, 65> enc{};
  const std::array<std::uint8_t, 48> wrapped{};
  header.enc = enc;
  header.wrapped_key = wrapped;
  std::vector<std::uint8_t> bytes(formats::kMaxHeaderSize);
  CborWriter out(bytes);
  EK_CHECK(formats::EncodeSealedHeader(header, out));
  bytes.resize(out.written().size());
  return bytes;
}

inline void WriteTestFront(BuiltSealedFile& built, ByteView header, std::uint64_t plaintext_size) {
  constexpr std::uint32_t kRecordSize = 100;
  formats::Preamble preamble{.header_size = static_cast<std::uint32_t>(header.size()), .record_size = kRecordSize};
  preamble.body_offset = static_cast<std::uint32_t>(formats::BodyOffset(preamble.header_size, kRecordSize));
  preamble.body_size = formats::BodySize(plaintext_size);
  std::vector<std::uint8_t> front(preamble.body_offset);
  Writer out(front);
  EK_CHECK(formats::EncodePreamble(preamble, out));
  EK_CHECK(out.WriteBytes(header));
  EK_CHECK(built.file.WriteAt(0, front));
  built.body_offset = preamble.body_offset;
}

inline void BuildSealedFile(const crypto::Provider& provider, ByteView plaintext, BuiltSealedFile& built,
                            formats::SealedKind kind = formats::SealedKind::kModel) {
  formats::Salt salt;
  EK_CHECK(provider.Random(built.content_key.RevealForWriting()));
  EK_CHECK(provider.Random(salt.mutable_view()));
  const auto header = EncodeTestHeader(provider, built, plaintext, kind, salt);
  WriteTestFront(built, header, plaintext.size());
  built.header_digest = crypto::Sha256(provider, {header}).value();
  const auto suite = crypto::FindSealSuite(crypto::SealSuiteId::kAes256GcmHkdfSha256).value();
  const auto keys = SegmentKeys::Derive(provider, suite, built.content_key, salt, built.header_digest).value();
  OneWorker worker;
  built.tags_digest = SealBody(provider, keys, plaintext, worker, {&built.file, built.body_offset}).value();
  auto mac = PlaintextMacState::Create(provider, built.content_key, salt).value();
  EK_CHECK(mac.Update(plaintext));
  built.plaintext_mac = mac.Finish().value();
}

}  // namespace edgekeep::sealing::testing
