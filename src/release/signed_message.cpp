#include "edgekeep/release/signed_message.h"

#include <algorithm>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/der.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/release/metadata_key.h"

namespace edgekeep::release {
namespace {

using crypto::AlgorithmId;

// What ML-DSA keys sign (TAP 21): "tuf", version 1, SHA-512 of the canonical form.
constexpr std::array<std::uint8_t, 4> kDigestPrefix = {'t', 'u', 'f', 0x01};

bool SignsADigest(AlgorithmId algorithm) {
  return algorithm == AlgorithmId::kMlDsa44 || algorithm == AlgorithmId::kMlDsa65 || algorithm == AlgorithmId::kMlDsa87;
}

}  // namespace

Result<SignedMessage> SignedMessage::Of(const crypto::Provider& provider, json::Node content) {
  SignedMessage message;
  EK_TRY_ASSIGN(message.canonical_, json::Canonical(content));
  std::ranges::copy(kDigestPrefix, message.digest_.begin());
  EK_TRY(crypto::HashParts(provider, AlgorithmId::kSha512, {message.canonical_.view()},
                           MutableByteView(message.digest_).subspan(kDigestPrefix.size())));
  return message;
}

ByteView SignedMessage::For(AlgorithmId algorithm) const& noexcept {
  return SignsADigest(algorithm) ? ByteView(digest_) : canonical_.view();
}

Result<MetadataSigner> VerifySignature(const crypto::Provider& provider, const SignedMessage& message,
                                       json::Node key_node, std::string_view hex) {
  EK_TRY_ASSIGN(const MetadataKey key, ReadMetadataKey(key_node));
  EK_TRY_ASSIGN(const Bytes decoded, DecodeHex(hex));
  ByteView signature = decoded.view();
  std::array<std::uint8_t, 64> r_and_s{};
  if (key.algorithm == AlgorithmId::kEcdsaP256Sha256) {
    EK_TRY_ASSIGN(r_and_s, crypto::ReadDerEcdsaP256(signature));
    signature = r_and_s;
  }
  EK_TRY(provider.Verify(key.algorithm, key.key, message.For(key.algorithm), signature));
  EK_TRY_ASSIGN(const KeyId id, crypto::KeyIdOf(provider, key.algorithm, key.key));
  return MetadataSigner{id, key.algorithm};
}

}  // namespace edgekeep::release
