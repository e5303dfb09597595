#include "edgekeep/author/fingerprint.h"

#include <algorithm>

#include "edgekeep/author/holder_keys.h"
#include "edgekeep/crypto/digest.h"
#include "metadata_json.h"

namespace edgekeep::author {
namespace {

constexpr std::string_view kFirstLine = "edgekeep holder\n";

Failure NotYours(const std::string& what, const std::string& place) {
  return {ErrorCode::kUntrusted, what, place, "do not sign it; ask whoever made it, by another channel"};
}

}  // namespace

Outcome<Fingerprint> FingerprintOf(const Context& context, const formats::Holder& holder) {
  const std::string name(holder.name);
  Fingerprint made;
  for (const formats::PublicKey& key : holder.keys) {
    const auto algorithm = static_cast<crypto::AlgorithmId>(key.algorithm);
    EK_TRY_ASSIGN(const KeyId id, At(name, crypto::KeyIdOf(context.provider, algorithm, key.bytes)));
    made.keys.insert(HexText(id.view()));
  }
  std::string record = std::string(kFirstLine) + name + "\n";
  for (const std::string& id : made.keys) record += id + "\n";
  EK_TRY_ASSIGN(made.digest, At(name, crypto::Sha256(context.provider, {AsBytes(record)})));
  return made;
}

Outcome<Fingerprint> FingerprintOf(const Context& context, const PublicHolder& holder) {
  EK_TRY_ASSIGN(const VerifyingHolder keys, ToVerifyingHolder(holder));
  return FingerprintOf(context, keys.view());
}

std::string ShortText(const Fingerprint& fingerprint) {
  constexpr std::size_t kDigits = 20;
  constexpr std::size_t kGroup = 4;
  const std::string hex = HexText(fingerprint.digest.view());
  std::string text;
  for (std::size_t at = 0; at < kDigits; at += kGroup) text += (at == 0 ? "" : " ") + hex.substr(at, kGroup);
  return text;
}

Done CheckOwnKeys(const std::vector<ListedHolder>& listed, const std::string& name, const Fingerprint& own,
                  const std::string& place) {
  for (const ListedHolder& one : listed) {
    if (one.name == name && !(one.fingerprint == own)) {
      return NotYours("it lists other keys than yours under your name " + name + ", " + ShortText(one.fingerprint),
                      place);
    }
    const auto is_own = [&](const std::string& key) { return own.keys.contains(key); };
    if (one.name != name && std::ranges::any_of(one.fingerprint.keys, is_own)) {
      return NotYours("it lists your keys under the name " + one.name, place);
    }
  }
  return {};
}

}  // namespace edgekeep::author
