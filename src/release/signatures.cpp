#include "signatures.h"

#include <algorithm>
#include <array>

#include "edgekeep/base/hex.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/crypto/der.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/release/limits.h"
#include "metadata_key.h"

namespace edgekeep::release {
namespace {

using crypto::AlgorithmId;
using json::Node;

// What ML-DSA keys sign (TAP 21): "tuf", version 1, SHA-512 of the canonical form.
constexpr std::array<std::uint8_t, 4> kDigestPrefix = {'t', 'u', 'f', 0x01};

bool SignsADigest(AlgorithmId algorithm) {
  return algorithm == AlgorithmId::kMlDsa44 || algorithm == AlgorithmId::kMlDsa65 || algorithm == AlgorithmId::kMlDsa87;
}

// The bytes that signatures are made over.
class Message {
 public:
  static Result<Message> Of(const crypto::Provider& provider, Node content) {
    Message message;
    EK_TRY_ASSIGN(message.canonical_, json::Canonical(content));
    std::ranges::copy(kDigestPrefix, message.digest_.begin());
    EK_TRY(crypto::HashParts(provider, AlgorithmId::kSha512, {message.canonical_.view()},
                             MutableByteView(message.digest_).subspan(kDigestPrefix.size())));
    return message;
  }

  ByteView For(AlgorithmId algorithm) const& { return SignsADigest(algorithm) ? ByteView(digest_) : message_view(); }

 private:
  ByteView message_view() const { return canonical_.view(); }

  Bytes canonical_;
  std::array<std::uint8_t, kDigestPrefix.size() + 64> digest_{};
};

bool Lists(Node ids, std::string_view id) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (*ids[i].AsText() == id) return true;
  }
  return false;
}

// Returns the id of the key that signed, as its bytes give it. Fails where that key did not sign this.
Result<KeyId> Verify(const crypto::Provider& provider, const Message& message, Node key_node, std::string_view hex) {
  EK_TRY_ASSIGN(const MetadataKey key, ReadMetadataKey(key_node));
  EK_TRY_ASSIGN(const Bytes decoded, DecodeHex(hex));
  ByteView signature = decoded.view();
  std::array<std::uint8_t, 64> r_and_s{};
  if (key.algorithm == AlgorithmId::kEcdsaP256Sha256) {
    EK_TRY_ASSIGN(r_and_s, crypto::ReadDerEcdsaP256(signature));
    signature = r_and_s;
  }
  EK_TRY(provider.Verify(key.algorithm, key.key, message.For(key.algorithm), signature));
  return crypto::KeyIdOf(provider, key.algorithm, key.key);
}

}  // namespace

Status CheckSigned(const crypto::Provider& provider, const MetadataFile& file, const Signers& signers) {
  EK_TRY_ASSIGN(const std::uint64_t threshold, signers.role.Find("threshold").AsUnsigned());
  EK_TRY_ASSIGN(const Message message, Message::Of(provider, file.content()));
  InlineVector<KeyId, kMaxSignatures> counted;
  const Node signatures = file.signatures();
  for (std::size_t i = 0; i < signatures.size() && counted.size() < threshold; ++i) {
    EK_TRY_ASSIGN(const std::string_view id, signatures[i].Find("keyid").AsText());
    EK_TRY_ASSIGN(const std::string_view hex, signatures[i].Find("sig").AsText());
    const Node key = signers.keys.Find(id);
    if (!key || !Lists(signers.role.Find("keyids"), id)) continue;
    const Result<KeyId> signer = Verify(provider, message, key, hex);
    if (signer && std::ranges::find(counted, *signer) == counted.end()) EK_TRY(counted.PushBack(*signer));
  }
  return counted.size() >= threshold ? Status() : Status(Error(ErrorCode::kBadSignature, "signatures of a role"));
}

}  // namespace edgekeep::release
