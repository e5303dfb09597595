// Digests and MACs that accompany the segments: tags digest, key commitment, plaintext MAC.
#include "edgekeep/formats/labels.h"
#include "edgekeep/sealing/segments.h"
#include "labelled_key.h"

namespace edgekeep::sealing {

Result<TagsDigest> TagsDigest::Create(const crypto::Provider& provider) {
  EK_TRY_ASSIGN(auto hash, provider.NewHash(crypto::AlgorithmId::kSha256));
  return TagsDigest(std::move(hash));
}

Status TagsDigest::Add(ByteView sealed_segment) {
  if (sealed_segment.size() < crypto::kAeadTagSize) return Error(ErrorCode::kMalformed, "segment");
  return hash_->Update(sealed_segment.last(crypto::kAeadTagSize));
}

Result<Digest> TagsDigest::Finish() {
  Digest digest;
  EK_TRY(hash_->Finish(digest.mutable_view()));
  return digest;
}

Result<formats::KeyCommitment> CommitToKey(const crypto::Provider& provider, const SecretArray<32>& file_key,
                                           const formats::Salt& salt) {
  formats::KeyCommitment commitment;
  EK_TRY(DeriveLabelled(provider, file_key.Reveal(), salt.view(), formats::label::kKeyCommitment, {},
                        commitment.mutable_view()));
  return commitment;
}

Status CheckKeyCommitment(const crypto::Provider& provider, const SecretArray<32>& file_key, const formats::Salt& salt,
                          const formats::KeyCommitment& expected) {
  EK_TRY_ASSIGN(const formats::KeyCommitment actual, CommitToKey(provider, file_key, salt));
  if (!EqualInConstantTime(actual.view(), expected.view())) return Error(ErrorCode::kDenied, "key commitment");
  return {};
}

Result<PlaintextMacState> PlaintextMacState::Create(const crypto::Provider& provider,
                                                    const SecretArray<32>& content_key, const formats::Salt& salt) {
  EK_TRY_ASSIGN(const SecretArray<32> key,
                DeriveLabelledKey(provider, content_key.Reveal(), salt.view(), formats::label::kPlaintextMac));
  EK_TRY_ASSIGN(auto hmac, provider.NewHmac(crypto::AlgorithmId::kSha256, key.Reveal()));
  return PlaintextMacState(std::move(hmac));
}

Status PlaintextMacState::Update(ByteView plaintext) {
  return hmac_->Update(plaintext);
}

Result<formats::PlaintextMac> PlaintextMacState::Finish() {
  formats::PlaintextMac mac;
  EK_TRY(hmac_->Finish(mac.mutable_view()));
  return mac;
}

}  // namespace edgekeep::sealing
