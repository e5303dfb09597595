#include "metadata_signing.h"

#include "edgekeep/author/signing_folder.h"
#include "edgekeep/release/signed_message.h"

namespace edgekeep::author {
namespace {

// A DER INTEGER of a big-endian magnitude.
std::string DerInteger(ByteView magnitude) {
  while (magnitude.size() > 1 && magnitude.front() == 0) magnitude = magnitude.subspan(1);
  const bool needs_sign = (magnitude.front() & 0x80U) != 0;
  std::string der("\x02", 1);
  der += static_cast<char>(magnitude.size() + (needs_sign ? 1 : 0));
  if (needs_sign) der += '\0';
  return der + std::string(AsText(magnitude));
}

// Release metadata has ECDSA signatures as ECDSA-Sig-Value (RFC 3279 §2.2.3).
std::string DerSignature(ByteView r_and_s) {
  const std::string both = DerInteger(r_and_s.first(32)) + DerInteger(r_and_s.subspan(32));
  return std::string("\x30", 1) + static_cast<char>(both.size()) + both;
}

Outcome<std::string> SignatureOf(const release::SignedMessage& message, const sealing::SigningKey& key) {
  EK_TRY_ASSIGN(const Bytes signature, At("signature", key.Sign(message.For(key.algorithm()))));
  if (key.algorithm() != crypto::AlgorithmId::kEcdsaP256Sha256) return HexText(signature.view());
  return HexText(AsBytes(DerSignature(signature.view())));
}

}  // namespace

Outcome<json::Array> SignaturesOver(const Context& context, json::Node content, const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const release::SignedMessage message,
                At("metadata", release::SignedMessage::Of(context.provider, content)));
  json::Array signatures;
  for (const auto& key : keys.keys.keys) {
    const json::Object shown = KeyObject(key->algorithm(), key->public_key(), keys.holder.name);
    EK_TRY_ASSIGN(const std::string id, KeyIdText(context, shown));
    EK_TRY_ASSIGN(const std::string hex, SignatureOf(message, *key));
    signatures.emplace_back(json::Object().Set("keyid", id).Set("sig", hex));
  }
  return signatures;
}

Outcome<std::string> SignMetadata(const Context& context, const json::Object& content, const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const MetadataText unsigned_file, WriteMetadata(context, content, {}));
  EK_TRY_ASSIGN(const json::Array signatures, SignaturesOver(context, unsigned_file.content(), keys));
  EK_TRY_ASSIGN(MetadataText file, WriteMetadata(context, content, signatures));
  return std::move(file.text);
}

}  // namespace edgekeep::author
