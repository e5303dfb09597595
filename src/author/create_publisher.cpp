// Making a publisher: fresh keys, their files, and the trust bundle that all of them sign.
#include <sys/stat.h>

#include <cerrno>

#include "edgekeep/author/publisher.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/formats/signed_object.h"
#include "key_names.h"

namespace edgekeep::author {
namespace {

struct Kit {
  const Context& context;
  const NewPublisher& wanted;
  const SecretBytes& passphrase;
  std::string directory;  // where the files go until all of them are there
};

// Failures name the directory that was asked for: the one in use is gone by then.
Done WriteKey(const Kit& kit, const std::string& path, const signer::StoredKey& key) {
  if (kit.context.stop_requested()) return Describe(Error(ErrorCode::kPeerGone), kit.wanted.directory);
  return At(kit.wanted.directory,
            signer::CreateKeyFile(kit.context.provider, path, key, kit.passphrase, kit.context.key_file_costs));
}

Outcome<signer::StoredKey> NewSigningKey(const Kit& kit, std::string_view holder, crypto::AlgorithmId algorithm) {
  EK_TRY_ASSIGN(crypto::KeyPair pair, At("key", kit.context.provider.GenerateSigningKey(algorithm)));
  signer::StoredKey key{std::string(holder), algorithm, std::move(pair.public_key), std::move(pair.private_key)};
  EK_TRY(WriteKey(kit, SigningKeyPath(kit.directory, holder, algorithm), key));
  return key;
}

Outcome<std::vector<signer::FileSigningKey>> NewHolder(const Kit& kit, std::string_view holder) {
  const ProfileAlgorithms algorithms = AlgorithmsOf(kit.wanted.profile);
  std::vector<signer::FileSigningKey> keys;
  for (const crypto::AlgorithmId algorithm : {algorithms.classical, algorithms.post_quantum}) {
    EK_TRY_ASSIGN(signer::StoredKey stored, NewSigningKey(kit, holder, algorithm));
    EK_TRY_ASSIGN(signer::FileSigningKey key,
                  At("key", signer::FileSigningKey::Create(kit.context.provider, std::move(stored))));
    keys.push_back(std::move(key));
  }
  return keys;
}

Outcome<Bytes> NewKemKey(const Kit& kit) {
  EK_TRY_ASSIGN(const auto recipient,
                At("key", crypto::SoftwareHpkeRecipient::Generate(kit.context.provider, kKemAlgorithm)));
  EK_TRY_ASSIGN(SecretBytes secret, At("key", SecretBytes::CopyOf(recipient.private_key().Reveal())));
  EK_TRY_ASSIGN(Bytes public_key, At("key", Bytes::Copy(recipient.public_key())));
  const signer::StoredKey key{std::string(kLicensorKem), kKemAlgorithm, std::move(public_key), std::move(secret)};
  EK_TRY(WriteKey(kit, KemKeyPath(kit.directory), key));
  return At("key", Bytes::Copy(key.public_key.view()));
}

Result<formats::Holder> HolderOf(std::string_view name, const std::vector<signer::FileSigningKey>& keys) {
  formats::Holder holder{name, {}};
  for (const signer::FileSigningKey& key : keys) {
    EK_TRY(holder.keys.PushBack({static_cast<std::uint16_t>(key.algorithm()), key.public_key()}));
  }
  return holder;
}

Result<Bytes> SignBundle(const Kit& kit, const std::vector<signer::FileSigningKey>& author,
                         const std::vector<signer::FileSigningKey>& licensor, ByteView kem_key) {
  formats::TrustBundle bundle;
  bundle.publisher = kit.wanted.name;
  EK_TRY(bundle.required_classes.PushBack(static_cast<std::uint8_t>(crypto::Class::kClassical)));
  EK_TRY(bundle.required_classes.PushBack(static_cast<std::uint8_t>(crypto::Class::kPostQuantum)));
  EK_TRY_ASSIGN(const formats::Holder authors, HolderOf(kAuthor, author));
  EK_TRY_ASSIGN(const formats::Holder licensors, HolderOf(kLicensor, licensor));
  EK_TRY(bundle.authors.PushBack(authors));
  EK_TRY(bundle.licensors.PushBack(licensors));
  bundle.licensor_kem = {static_cast<std::uint16_t>(kKemAlgorithm), kem_key};
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(formats::kMaxTrustBundleSize));
  CborWriter payload(buffer.mutable_view());
  EK_TRY(formats::EncodeTrustBundle(bundle, payload));
  std::vector<const sealing::SigningKey*> keys;
  for (const auto* holder : {&author, &licensor}) {
    for (const signer::FileSigningKey& key : *holder) keys.push_back(&key);
  }
  return sealing::SignObject(kit.context.provider, formats::typ::kTrustBundle, payload.written(), keys);
}

Done CheckName(const std::string& name) {
  if (IsName(name)) return {};
  return Failure{ErrorCode::kBadArgument, "no name of a publisher", "'" + name + "'",
                 "take 1 to 63 characters of a-z, 0-9 and '-'"};
}

Done Fill(const Kit& kit) {
  EK_TRY_ASSIGN(const auto author, NewHolder(kit, kAuthor));
  EK_TRY_ASSIGN(const auto licensor, NewHolder(kit, kLicensor));
  EK_TRY_ASSIGN(const Bytes kem_key, NewKemKey(kit));
  EK_TRY_ASSIGN(const Bytes bundle, At("trust bundle", SignBundle(kit, author, licensor, kem_key.view())));
  const std::string epochs = kit.directory + "/epochs";
  if (::mkdir(epochs.c_str(), 0700) != 0) return Describe(files::FromErrno(errno, ""), kit.wanted.directory);
  const std::string path = kit.directory + "/" + std::string(kTrustBundleFile);
  return At(kit.wanted.directory, files::WriteNewFile(path, files::Access::kPublic, bundle.view()));
}

}  // namespace

Outcome<Publisher> Publisher::Create(const Context& context, const NewPublisher& wanted,
                                     const SecretBytes& passphrase) {
  EK_TRY(CheckName(wanted.name));
  EK_TRY_ASSIGN(files::NewDirectory directory, At(wanted.directory, files::NewDirectory::Create(wanted.directory)));
  EK_TRY(Fill({context, wanted, passphrase, directory.path()}));
  EK_TRY(At(wanted.directory, directory.Commit()));
  return Open(context, wanted.directory);
}

}  // namespace edgekeep::author
