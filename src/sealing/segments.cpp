#include "edgekeep/sealing/segments.h"

#include <algorithm>

#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"
#include "labelled_key.h"

namespace edgekeep::sealing {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNoncePrefixSize = 7;

using Nonce = std::array<std::uint8_t, crypto::kAeadNonceSize>;

// prefix (7) || counter (4, big-endian) || last (1)
Nonce NonceOf(const std::array<std::uint8_t, kNoncePrefixSize>& prefix, std::uint32_t index, bool last) {
  Nonce nonce{};
  std::ranges::copy(prefix, nonce.begin());
  nonce[7] = static_cast<std::uint8_t>(index >> 24);
  nonce[8] = static_cast<std::uint8_t>(index >> 16);
  nonce[9] = static_cast<std::uint8_t>(index >> 8);
  nonce[10] = static_cast<std::uint8_t>(index);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

}  // namespace

Result<SegmentKeys> SegmentKeys::Derive(const crypto::Provider& provider, const crypto::SealSuite& suite,
                                        const SecretArray<32>& file_key, const formats::Salt& salt,
                                        const Digest& header_digest) {
  if (suite.kdf != crypto::AlgorithmId::kHkdfSha256) return Error(ErrorCode::kUnsupported, "seal suite");
  SecretArray<kKeySize + kNoncePrefixSize> derived;
  EK_TRY(DeriveLabelled(provider, file_key.Reveal(), salt.view(), formats::label::kSegments, header_digest.view(),
                        derived.RevealForWriting()));
  SegmentKeys keys;
  keys.aead_ = suite.aead;
  const auto bytes = derived.Reveal();
  keys.key_ = SecretArray<kKeySize>::CopyOf(bytes.first<kKeySize>());
  std::ranges::copy(bytes.last<kNoncePrefixSize>(), keys.nonce_prefix_.begin());
  return keys;
}

Result<SegmentCipher> SegmentCipher::Create(const crypto::Provider& provider, const SegmentKeys& keys) {
  EK_TRY_ASSIGN(auto aead, provider.NewAead(keys.aead_, keys.key_.Reveal()));
  return SegmentCipher(std::move(aead), keys.nonce_prefix_);
}

Status SegmentCipher::Seal(std::uint32_t index, bool last, ByteView plaintext, MutableByteView ciphertext) {
  return aead_->Seal(NonceOf(nonce_prefix_, index, last), {}, plaintext, ciphertext);
}

Status SegmentCipher::Open(std::uint32_t index, bool last, ByteView ciphertext, MutableByteView plaintext) {
  return aead_->Open(NonceOf(nonce_prefix_, index, last), {}, ciphertext, plaintext);
}

Status SegmentCipher::StartOpen(std::uint32_t index, bool last) {
  return aead_->StartOpen(NonceOf(nonce_prefix_, index, last), {});
}

Status SegmentCipher::OpenPiece(ByteView ciphertext, MutableByteView plaintext) {
  return aead_->OpenPiece(ciphertext, plaintext);
}

Status SegmentCipher::FinishOpen(ByteView tag) {
  return aead_->FinishOpen(tag);
}

}  // namespace edgekeep::sealing
