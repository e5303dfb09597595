#include "edgekeep/author/release_keys.h"

#include <dirent.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "edgekeep/author/holder_keys.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/json/text.h"
#include "key_names.h"
#include "metadata_json.h"
#include "open_key.h"
#include "token_file.h"

namespace edgekeep::author {
namespace {

constexpr std::string_view kSuffix = ".holder.json";
constexpr std::size_t kMaxHolderFile = 32 * 1024;

std::string PurposeOf(std::string_view holder) {
  return "holder:" + std::string(holder);
}

Failure NoHolderFile(const std::string& path) {
  return {ErrorCode::kMalformed, "no holder's public keys", path, "name the NAME.holder.json of one person"};
}

Outcome<json::Object> NewKey(const Context& context, const NewReleaseKeys& wanted, const std::string& directory,
                             crypto::AlgorithmId algorithm, const SecretBytes& passphrase) {
  if (context.stop_requested()) return Describe(Error(ErrorCode::kPeerGone), wanted.directory);
  EK_TRY_ASSIGN(crypto::KeyPair pair, At("key", context.provider.GenerateSigningKey(algorithm)));
  const json::Object shown = KeyObject(algorithm, pair.public_key.view(), wanted.holder);
  const signer::StoredKey key{PurposeOf(wanted.holder), algorithm, std::move(pair.public_key),
                              std::move(pair.private_key)};
  EK_TRY(
      At(wanted.directory, signer::CreateKeyFile(context.provider, SigningKeyPath(directory, wanted.holder, algorithm),
                                                 key, passphrase, context.key_file_costs)));
  return shown;
}

Outcome<json::Object> NewTokenKey(const Context& context, const NewReleaseKeys& wanted, const std::string& directory,
                                  crypto::AlgorithmId algorithm) {
  EK_TRY_ASSIGN(const auto key, MakeTokenKey(context, wanted.token, algorithm));
  const std::string path = TokenFilePath(directory, wanted.holder, algorithm);
  EK_TRY(At(wanted.directory, files::WriteNewFile(path, files::Access::kPublic, AsBytes(wanted.token + "\n"))));
  return KeyObject(algorithm, key->public_key(), wanted.holder);
}

json::Object ToJson(const PublicHolder& holder) {
  json::Array keys;
  for (const json::Object& key : holder.keys) keys.emplace_back(key);
  return json::Object().Set("holder", holder.name).Set("keys", keys);
}

Result<std::string> TextAt(const json::Object& object, std::string_view name) {
  const json::Value* found = object.Find(name);
  if (found == nullptr) return Error(ErrorCode::kMalformed);
  EK_TRY_ASSIGN(const std::string_view text, found->AsText());
  return std::string(text);
}

Result<PublicHolder> Parse(std::string_view text) {
  EK_TRY_ASSIGN(const json::Value value, json::Parse(text));
  EK_TRY_ASSIGN(const json::Object* object, value.AsObject());
  PublicHolder holder;
  EK_TRY_ASSIGN(holder.name, TextAt(*object, "holder"));
  const json::Value* keys = object->Find("keys");
  if (keys == nullptr || !IsName(holder.name)) return Error(ErrorCode::kMalformed);
  EK_TRY_ASSIGN(const json::Array* list, keys->AsArray());
  for (const json::Value& entry : *list) {
    EK_TRY_ASSIGN(const json::Object* key, entry.AsObject());
    EK_TRY_ASSIGN(const std::string owner, TextAt(*key, "x-edgekeep-holder"));
    if (owner != holder.name) return Error(ErrorCode::kMalformed);
    holder.keys.push_back(*key);
  }
  return holder;
}

// One of each class: the first kind of the pair or of the other profile's.
bool HasBothClasses(const PublicHolder& holder) {
  constexpr std::array<std::string_view, 2> kClassical = {"ed25519", "ecdsa"};
  if (holder.keys.size() != 2) return false;
  std::size_t num_classical = 0;
  std::size_t num_post_quantum = 0;
  for (const json::Object& key : holder.keys) {
    const Result<std::string> type = TextAt(key, "keytype");
    if (!type) return false;
    num_classical += *type == kClassical[0] || *type == kClassical[1] ? 1U : 0U;
    num_post_quantum += *type == "ml-dsa" ? 1U : 0U;
  }
  return num_classical == 1 && num_post_quantum == 1;
}

Outcome<std::string> FindHolderFile(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), ::closedir);
  if (!open) return Describe(files::FromErrno(errno, "directory"), directory);
  std::string found;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string name = entry->d_name;
    if (!name.ends_with(kSuffix)) continue;
    if (!found.empty()) return NoHolderFile(directory);
    found = directory + "/" + name;
  }
  if (found.empty()) return NoHolderFile(directory);
  return found;
}

crypto::AlgorithmId AlgorithmOf(const json::Object& key) {
  using enum crypto::AlgorithmId;
  constexpr std::array<std::pair<std::string_view, crypto::AlgorithmId>, 4> kSchemes = {
      {{"ed25519", kEd25519},
       {"ecdsa-sha2-nistp256", kEcdsaP256Sha256},
       {"ml-dsa-65/1", kMlDsa65},
       {"ml-dsa-87/1", kMlDsa87}}};
  const Result<std::string> scheme = TextAt(key, "scheme");
  for (const auto& [name, algorithm] : kSchemes) {
    if (scheme && *scheme == name) return algorithm;
  }
  return kNone;
}

struct OpenedKey {
  std::string file;
  std::unique_ptr<sealing::SigningKey> key;
};

Outcome<OpenedKey> OpenFileOrToken(const Context& context, const std::string& directory, const std::string& holder,
                                   crypto::AlgorithmId algorithm, const SecretBytes& passphrase) {
  OpenedKey opened{.file = TokenFilePath(directory, holder, algorithm), .key = nullptr};
  if (::access(opened.file.c_str(), F_OK) == 0) {
    EK_TRY_ASSIGN(opened.key, OpenTokenFile(context, opened.file, algorithm));
    return opened;
  }
  opened.file = SigningKeyPath(directory, holder, algorithm);
  EK_TRY_ASSIGN(signer::StoredKey stored, OpenKey(context, opened.file, PurposeOf(holder), passphrase));
  EK_TRY_ASSIGN(signer::FileSigningKey key,
                At(opened.file, signer::FileSigningKey::Create(context.provider, std::move(stored))));
  opened.key = std::make_unique<signer::FileSigningKey>(std::move(key));
  return opened;
}

}  // namespace

Outcome<PublicHolder> CreateReleaseKeys(const Context& context, const NewReleaseKeys& wanted,
                                        const SecretBytes& passphrase) {
  if (!IsName(wanted.holder)) {
    return Failure{ErrorCode::kBadArgument, "no name of a holder", "'" + wanted.holder + "'",
                   "take 1 to 63 characters of a-z, 0-9 and '-'"};
  }
  EK_TRY_ASSIGN(files::NewDirectory directory, At(wanted.directory, files::NewDirectory::Create(wanted.directory)));
  PublicHolder holder{wanted.holder, {}};
  const ProfileAlgorithms algorithms = AlgorithmsOf(wanted.profile);
  for (const crypto::AlgorithmId algorithm : {algorithms.classical, algorithms.post_quantum}) {
    const bool on_token = algorithm == algorithms.classical && !wanted.token.empty();
    EK_TRY_ASSIGN(json::Object key, on_token ? NewTokenKey(context, wanted, directory.path(), algorithm)
                                             : NewKey(context, wanted, directory.path(), algorithm, passphrase));
    holder.keys.push_back(std::move(key));
  }
  const std::string text = json::Write(ToJson(holder)) + "\n";
  EK_TRY(At(wanted.directory, files::WriteNewFile(directory.path() + "/" + wanted.holder + std::string(kSuffix),
                                                  files::Access::kPublic, AsBytes(text))));
  EK_TRY(At(wanted.directory, directory.Commit()));
  return holder;
}

Outcome<PublicHolder> ReadPublicHolder(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxHolderFile)));
  return ParsePublicHolder(AsText(bytes.view()), path);
}

Outcome<PublicHolder> ParsePublicHolder(std::string_view text, const std::string& place) {
  Result<PublicHolder> holder = Parse(text);
  if (!holder || !HasBothClasses(*holder) || !ToVerifyingHolder(*holder)) return NoHolderFile(place);
  return *std::move(holder);
}

Outcome<ReleaseKeys> OpenReleaseKeys(const Context& context, const std::string& directory,
                                     const SecretBytes& passphrase) {
  EK_TRY_ASSIGN(const std::string path, FindHolderFile(directory));
  ReleaseKeys opened;
  EK_TRY_ASSIGN(opened.holder, ReadPublicHolder(path));
  for (const json::Object& shown : opened.holder.keys) {
    const crypto::AlgorithmId algorithm = AlgorithmOf(shown);
    EK_TRY_ASSIGN(OpenedKey one, OpenFileOrToken(context, directory, opened.holder.name, algorithm, passphrase));
    const json::Object own = KeyObject(one.key->algorithm(), one.key->public_key(), opened.holder.name);
    EK_TRY_ASSIGN(const std::string own_id, KeyIdText(context, own));
    EK_TRY_ASSIGN(const std::string shown_id, KeyIdText(context, shown));
    if (own_id != shown_id) {
      return Failure{ErrorCode::kWrongProduct, "another key than the holder's public file names", one.file,
                     "put back what was made together: the files, and the key on its token"};
    }
    opened.keys.keys.push_back(std::move(one.key));
  }
  return opened;
}

}  // namespace edgekeep::author
