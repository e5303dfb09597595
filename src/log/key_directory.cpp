#include "edgekeep/log/key_directory.h"

#include <array>

#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/release/log/policy.h"
#include "edgekeep/signer/file_signing_key.h"

namespace edgekeep::log {
namespace {

using crypto::AlgorithmId;
using release::log::SignatureType;

struct KeyKind {
  AlgorithmId algorithm;
  const char* name;
};

constexpr std::array kKinds = {KeyKind{AlgorithmId::kEd25519, "ed25519"}, KeyKind{AlgorithmId::kMlDsa44, "ml-dsa-44"}};

SignatureType TypeOf(NoteRole role, AlgorithmId algorithm) {
  if (algorithm == AlgorithmId::kMlDsa44) return SignatureType::kMlDsa44Cosignature;
  return role == NoteRole::kLog ? SignatureType::kEd25519 : SignatureType::kEd25519Cosignature;
}

const char* PurposeOf(NoteRole role) {
  return role == NoteRole::kLog ? "log" : "witness";
}

std::string PathOf(const std::string& directory, const KeyKind& kind) {
  return directory + "/" + kind.name + ".ekk";
}

Result<release::log::Policy> KeyPolicyIn(const crypto::Provider& provider, const std::string& directory) {
  EK_TRY_ASSIGN(const Bytes text, files::ReadFile(directory + "/" + kKeyPolicy, release::log::kMaxPolicySize));
  EK_TRY_ASSIGN(auto policy, release::log::Policy::Parse(provider, AsText(text.view())));
  if (policy.keys().empty()) return Error(ErrorCode::kMalformed, "log keys");
  return policy;
}

// A key whose secret half stays in its file.
class PublicHalf final : public sealing::SigningKey {
 public:
  PublicHalf(crypto::AlgorithmId algorithm, Bytes public_key) noexcept
      : algorithm_(algorithm), public_key_(std::move(public_key)) {}

  crypto::AlgorithmId algorithm() const override { return algorithm_; }

  ByteView public_key() const override { return public_key_.view(); }

  Result<Bytes> Sign(ByteView) const override { return Error(ErrorCode::kBadState, "log keys: opened to verify"); }

 private:
  crypto::AlgorithmId algorithm_;
  Bytes public_key_;
};

}  // namespace

std::string PolicyLinesOf(NoteRole role, std::span<const NoteSigner> signers) {
  std::string lines;
  for (std::size_t i = 0; i < signers.size(); ++i) {
    const std::string vkey = ToVkey(signers[i].verifier());
    lines +=
        role == NoteRole::kLog ? "log " + vkey + "\n" : std::string("witness ") + kKinds[i].name + " " + vkey + "\n";
  }
  return lines + (role == NoteRole::kLog ? "quorum none\n" : "group both all ed25519 ml-dsa-44\nquorum both\n");
}

Status NoteKeys::AddSigners(const crypto::Provider& provider, NoteRole role, const std::string& name) {
  for (const auto& key : keys_) {
    EK_TRY_ASSIGN(const NoteSigner signer, NoteSigner::Create(provider, name, TypeOf(role, key->algorithm()), *key));
    signers_.push_back(signer);
  }
  return {};
}

Result<NoteKeys> NoteKeys::Create(const crypto::Provider& provider, const std::string& directory,
                                  const NoteIdentity& identity, const SecretBytes& passphrase,
                                  const formats::Argon2Costs& costs) {
  const auto& [role, name] = identity;
  if (!release::log::IsKeyName(name) || name.size() > release::log::kMaxKeyNameSize) {
    return Error(ErrorCode::kBadArgument, "name of a log or witness");
  }
  NoteKeys keys;
  for (const KeyKind& kind : kKinds) {
    EK_TRY_ASSIGN(crypto::KeyPair pair, provider.GenerateSigningKey(kind.algorithm));
    signer::StoredKey stored{.purpose = PurposeOf(role),
                             .algorithm = kind.algorithm,
                             .public_key = std::move(pair.public_key),
                             .secret = std::move(pair.private_key)};
    EK_TRY(signer::CreateKeyFile(provider, PathOf(directory, kind), stored, passphrase, costs));
    EK_TRY_ASSIGN(auto key, signer::FileSigningKey::Create(provider, std::move(stored)));
    keys.keys_.push_back(std::make_unique<signer::FileSigningKey>(std::move(key)));
  }
  EK_TRY(keys.AddSigners(provider, role, name));
  EK_TRY(files::WriteNewFile(directory + "/" + kKeyPolicy, files::Access::kPublic,
                             AsBytes(PolicyLinesOf(role, keys.signers_))));
  return keys;
}

Result<NoteKeys> NoteKeys::Open(const crypto::Provider& provider, const std::string& directory, NoteRole role,
                                const SecretBytes& passphrase) {
  // A policy is what says the name: the one that stands in every signature.
  EK_TRY_ASSIGN(const release::log::Policy policy, KeyPolicyIn(provider, directory));
  NoteKeys keys;
  for (const KeyKind& kind : kKinds) {
    EK_TRY_ASSIGN(auto stored, signer::OpenKeyFile(provider, PathOf(directory, kind), PurposeOf(role), passphrase));
    EK_TRY_ASSIGN(auto key, signer::FileSigningKey::Create(provider, std::move(stored)));
    keys.keys_.push_back(std::make_unique<signer::FileSigningKey>(std::move(key)));
  }
  EK_TRY(keys.AddSigners(provider, role, std::string(policy.keys().front().name())));
  return keys;
}

Result<NoteKeys> NoteKeys::OpenPublic(const crypto::Provider& provider, const std::string& directory, NoteRole role) {
  EK_TRY_ASSIGN(const release::log::Policy policy, KeyPolicyIn(provider, directory));
  NoteKeys keys;
  for (const release::log::VerifierKey& key : policy.keys()) {
    EK_TRY_ASSIGN(Bytes public_key, Bytes::Copy(key.public_key()));
    keys.keys_.push_back(std::make_unique<PublicHalf>(key.algorithm(), std::move(public_key)));
  }
  EK_TRY(keys.AddSigners(provider, role, std::string(policy.keys().front().name())));
  return keys;
}

}  // namespace edgekeep::log
