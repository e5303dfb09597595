#include "public_keys.h"

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/subject_public_key.h"

namespace edgekeep::author {
namespace {

Result<std::string_view> TextOf(const json::Value* value) {
  if (value == nullptr) return Error(ErrorCode::kMalformed, "key");
  return value->AsText();
}

Result<std::string_view> PublicText(const json::Object& key) {
  const json::Value* const value = key.Find("keyval");
  if (value == nullptr) return Error(ErrorCode::kMalformed, "key");
  EK_TRY_ASSIGN(const json::Object* const pair, value->AsObject());
  return TextOf(pair->Find("public"));
}

Result<formats::PublicKey> ReadOne(const json::Object& key, std::vector<Bytes>& storage) {
  EK_TRY_ASSIGN(const std::string_view type, TextOf(key.Find("keytype")));
  EK_TRY_ASSIGN(const std::string_view text, PublicText(key));
  if (type == "ed25519") {
    EK_TRY_ASSIGN(Bytes raw, DecodeHex(text));
    const Bytes& kept = storage.emplace_back(std::move(raw));
    return formats::PublicKey{static_cast<std::uint16_t>(crypto::AlgorithmId::kEd25519), kept.view()};
  }
  EK_TRY_ASSIGN(Bytes der, crypto::DecodePublicKeyPem(text));
  const Bytes& kept = storage.emplace_back(std::move(der));
  EK_TRY_ASSIGN(const crypto::SubjectPublicKey found, crypto::ReadSubjectPublicKey(kept.view()));
  return formats::PublicKey{static_cast<std::uint16_t>(found.algorithm), found.key};
}

}  // namespace

Result<HolderWithKeys> ReadHolderKeys(const PublicHolder& holder) {
  HolderWithKeys read;
  read.holder.name = holder.name;
  for (const json::Object& key : holder.keys) {
    EK_TRY_ASSIGN(const formats::PublicKey found, ReadOne(key, read.storage));
    EK_TRY(read.holder.keys.PushBack(found));
  }
  return read;
}

}  // namespace edgekeep::author
