#include "signatures.h"

#include <algorithm>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/release/limits.h"
#include "edgekeep/release/metadata_key.h"
#include "edgekeep/release/signed_message.h"

namespace edgekeep::release {

using json::Node;

bool ListsKey(Node role, std::string_view id) {
  const Node ids = role.Find("keyids");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (*ids[i].AsText() == id) return true;
  }
  return false;
}

Result<Digest> DigestOfKeys(const crypto::Provider& provider, const Signers& signers) {
  EK_TRY_ASSIGN(const std::uint64_t threshold, signers.role.Find("threshold").AsUnsigned());
  InlineVector<KeyId, kMaxSignatures> ids;
  const Node named = signers.role.Find("keyids");
  for (std::size_t i = 0; i < named.size(); ++i) {
    const Result<MetadataKey> key = ReadMetadataKey(signers.keys.Find(*named[i].AsText()));
    if (!key) continue;  // it signs nothing
    EK_TRY_ASSIGN(const KeyId id, crypto::KeyIdOf(provider, key->algorithm, key->key));
    EK_TRY(ids.PushBack(id));
  }
  std::ranges::sort(ids);
  std::array<std::uint8_t, sizeof threshold + kMaxSignatures * KeyId::kSize> bytes;
  Writer out(bytes);
  EK_TRY(out.WriteU64BigEndian(threshold));
  for (const KeyId& id : ids) EK_TRY(out.WriteBytes(id.view()));
  return crypto::Sha256(provider, {out.written()});
}

Status CheckSigned(const crypto::Provider& provider, const MetadataFile& file, const Signers& signers) {
  EK_TRY_ASSIGN(const std::uint64_t threshold, signers.role.Find("threshold").AsUnsigned());
  EK_TRY_ASSIGN(const SignedMessage message, SignedMessage::Of(provider, file.content()));
  InlineVector<KeyId, kMaxSignatures> counted;
  const Node signatures = file.signatures();
  for (std::size_t i = 0; i < signatures.size() && counted.size() < threshold; ++i) {
    EK_TRY_ASSIGN(const std::string_view id, signatures[i].Find("keyid").AsText());
    EK_TRY_ASSIGN(const std::string_view hex, signatures[i].Find("sig").AsText());
    const Node key = signers.keys.Find(id);
    if (!key || !ListsKey(signers.role, id)) continue;
    const Result<MetadataSigner> signer = VerifySignature(provider, message, key, hex);
    if (signer && std::ranges::find(counted, signer->id) == counted.end()) EK_TRY(counted.PushBack(signer->id));
  }
  return counted.size() >= threshold ? Status() : Status(Error(ErrorCode::kBadSignature, "signatures of a role"));
}

}  // namespace edgekeep::release
