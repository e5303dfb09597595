#include "signing.h"

#include "edgekeep/base/base64.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::release::log {
namespace {

crypto::AlgorithmId AlgorithmOf(SignatureType type) {
  return type == SignatureType::kMlDsa44Cosignature ? crypto::AlgorithmId::kMlDsa44 : crypto::AlgorithmId::kEd25519;
}

void AppendBigEndian(std::uint64_t value, std::vector<std::uint8_t>& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace

const crypto::Provider& Cryptography() {
  static const auto provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

NoteSigner::NoteSigner(const std::string& name, SignatureType type)
    : pair_(Cryptography().GenerateSigningKey(AlgorithmOf(type)).value()),
      verifier_(VerifierKey::Create(Cryptography(), name, type, pair_.public_key.view()).value()) {}

std::string NoteSigner::vkey() const {
  std::vector<std::uint8_t> key = {static_cast<std::uint8_t>(verifier_.type())};
  key.insert(key.end(), verifier_.public_key().begin(), verifier_.public_key().end());
  return std::string(verifier_.name()) + "+" + ToHex(verifier_.id().view()).c_str() + "+" + Base64(key);
}

std::string NoteSigner::Line(const std::string& text, std::uint64_t time) const {
  const Checkpoint checkpoint = ParseCheckpoint(text).value();
  const Bytes message = MessageFor(verifier_, checkpoint, {time}).value();
  const Bytes signature =
      Cryptography().Sign(verifier_.algorithm(), pair_.private_key.Reveal(), message.view()).value();
  std::vector<std::uint8_t> blob(verifier_.id().view().begin(), verifier_.id().view().end());
  if (verifier_.type() != SignatureType::kEd25519) AppendBigEndian(time, blob);
  blob.insert(blob.end(), signature.view().begin(), signature.view().end());
  return "\u2014 " + std::string(verifier_.name()) + " " + Base64(blob) + "\n";
}

std::string Base64(ByteView bytes) {
  std::string text(Base64Size(bytes.size()), ' ');
  EncodeBase64(bytes, text);
  return text;
}

std::string CheckpointText(const std::string& origin, std::uint64_t size, const Digest& root) {
  return origin + "\n" + std::to_string(size) + "\n" + Base64(root.view()) + "\n";
}

std::string NoteOf(const std::string& text, const std::vector<std::string>& lines) {
  std::string note = text + "\n";
  for (const std::string& line : lines) note += line;
  return note;
}

}  // namespace edgekeep::release::log
