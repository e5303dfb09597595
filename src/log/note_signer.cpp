#include "edgekeep/log/note_signer.h"

#include "edgekeep/base/base64.h"
#include "edgekeep/base/hex.h"

namespace edgekeep::log {
namespace {

using release::log::Checkpoint;
using release::log::SignatureType;
using release::log::VerifierKey;

void AppendTime(UnixTime time, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(time.value >> shift));
}

}  // namespace

Result<NoteSigner> NoteSigner::Create(const crypto::Provider& provider, std::string_view name, SignatureType type,
                                      const sealing::SigningKey& key) {
  EK_TRY_ASSIGN(const VerifierKey verifier, VerifierKey::Create(provider, name, type, key.public_key()));
  if (verifier.algorithm() != key.algorithm()) return Error(ErrorCode::kUnsupported, "log key: algorithm");
  return NoteSigner(key, verifier);
}

Result<std::string> NoteSigner::Sign(const crypto::Provider& provider, const Checkpoint& checkpoint,
                                     UnixTime time) const {
  EK_TRY_ASSIGN(const Bytes message, MessageFor(verifier_, checkpoint, time));
  EK_TRY_ASSIGN(const Bytes signature, key_->Sign(message.view()));
  EK_TRY(provider.Verify(verifier_.algorithm(), verifier_.public_key(), message.view(), signature.view()));
  std::string blob(AsText(verifier_.id().view()));
  if (verifier_.type() != SignatureType::kEd25519) AppendTime(time, blob);
  blob.append(AsText(signature.view()));
  return "\u2014 " + std::string(verifier_.name()) + " " + ToBase64(AsBytes(blob)) + "\n";
}

std::string ToVkey(const VerifierKey& key) {
  std::string bytes(1, static_cast<char>(key.type()));
  bytes.append(AsText(key.public_key()));
  return std::string(key.name()) + "+" + ToHex(key.id().view()).c_str() + "+" + ToBase64(AsBytes(bytes));
}

std::string ToBase64(ByteView bytes) {
  std::string text(Base64Size(bytes.size()), ' ');
  EncodeBase64(bytes, text);
  return text;
}

std::string CheckpointText(std::string_view origin, const release::log::TreeHead& head) {
  return std::string(origin) + "\n" + std::to_string(head.size) + "\n" + ToBase64(head.root.view()) + "\n";
}

Result<std::string> SignCheckpoint(const crypto::Provider& provider, const std::string& text,
                                   std::span<const NoteSigner> signers, UnixTime time) {
  EK_TRY_ASSIGN(const Checkpoint checkpoint, release::log::ParseCheckpoint(text));
  std::string note = text + "\n";
  for (const NoteSigner& signer : signers) {
    EK_TRY_ASSIGN(const std::string line, signer.Sign(provider, checkpoint, time));
    note += line;
  }
  return note;
}

}  // namespace edgekeep::log
