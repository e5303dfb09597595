// STREAM over 1 MiB segments (spec/sealed-file.md §6; Hoang, Reyhanitabar, Rogaway, Vizár 2015).
#pragma once
#include <array>
#include <cstdint>
#include <memory>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/crypto/suite.h"
#include "edgekeep/formats/sealed_file.h"

namespace edgekeep::sealing {

// What all segments of one file share: the derived key and the nonce prefix. Sealed files and slot files alike;
// `file_key` is a ContentKey's or a SlotKey's 32 bytes.
class SegmentKeys {
 public:
  static Result<SegmentKeys> Derive(const crypto::Provider& provider, const crypto::SealSuite& suite,
                                    const SecretArray<32>& file_key, const formats::Salt& salt,
                                    const Digest& header_digest);

 private:
  friend class SegmentCipher;
  crypto::AlgorithmId aead_ = crypto::AlgorithmId::kNone;
  SecretArray<32> key_;
  std::array<std::uint8_t, 7> nonce_prefix_{};
};

// Seals and opens single segments, in any order. One thread at a time: make one per thread from the same SegmentKeys.
class SegmentCipher {
 public:
  static Result<SegmentCipher> Create(const crypto::Provider& provider, const SegmentKeys& keys);

  // Requires ciphertext.size() == plaintext.size() + 16; may be in place. Each (index, last) once per key.
  Status Seal(std::uint32_t index, bool last, ByteView plaintext, MutableByteView ciphertext);
  // Requires plaintext.size() + 16 == ciphertext.size(); may be in place. Fails with kDenied.
  Status Open(std::uint32_t index, bool last, ByteView ciphertext, MutableByteView plaintext);

  // The same by pieces, with what crypto::AeadState asks of whoever takes them.
  Status StartOpen(std::uint32_t index, bool last);
  Status OpenPiece(ByteView ciphertext, MutableByteView plaintext);
  Status FinishOpen(ByteView tag);

 private:
  SegmentCipher(std::unique_ptr<crypto::AeadState> aead, const std::array<std::uint8_t, 7>& prefix) noexcept
      : aead_(std::move(aead)), nonce_prefix_(prefix) {}

  std::unique_ptr<crypto::AeadState> aead_;
  std::array<std::uint8_t, 7> nonce_prefix_;
};

// Collects the tags of segments in order and ends in their digest (SHA-256).
class TagsDigest {
 public:
  static Result<TagsDigest> Create(const crypto::Provider& provider);
  // `sealed_segment` is ciphertext with its tag last.
  Status Add(ByteView sealed_segment);
  Result<Digest> Finish();

 private:
  explicit TagsDigest(std::unique_ptr<crypto::HashState> hash) noexcept : hash_(std::move(hash)) {}

  std::unique_ptr<crypto::HashState> hash_;
};

// Which file key a file was made with (formats::KeyCommitment). The check fails with kDenied.
Result<formats::KeyCommitment> CommitToKey(const crypto::Provider& provider, const SecretArray<32>& file_key,
                                           const formats::Salt& salt);
Status CheckKeyCommitment(const crypto::Provider& provider, const SecretArray<32>& file_key, const formats::Salt& salt,
                          const formats::KeyCommitment& expected);

// HMAC over a sealed file's whole plaintext under a key derived from its content key.
class PlaintextMacState {
 public:
  static Result<PlaintextMacState> Create(const crypto::Provider& provider, const SecretArray<32>& content_key,
                                          const formats::Salt& salt);
  Status Update(ByteView plaintext);
  Result<formats::PlaintextMac> Finish();

 private:
  explicit PlaintextMacState(std::unique_ptr<crypto::HashState> hmac) noexcept : hmac_(std::move(hmac)) {}

  std::unique_ptr<crypto::HashState> hmac_;
};

}  // namespace edgekeep::sealing
