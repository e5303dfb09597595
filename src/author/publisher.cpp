#include "edgekeep/author/publisher.h"

#include <sys/stat.h>

#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "key_names.h"
#include "open_key.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxSignedBundleSize =
    formats::MaxSignedObjectSize(formats::kMaxTrustBundleSize, formats::kMaxSignatures);

Failure NotTheOneNamed(const std::string& path) {
  return {ErrorCode::kWrongProduct, "another key than publisher.ekt names", path,
          "put back the key file that was made together with publisher.ekt"};
}

const formats::Holder* FindHolder(const formats::Holders& holders, std::string_view name) {
  for (const formats::Holder& holder : holders) {
    if (holder.name == name) return &holder;
  }
  return nullptr;
}

Outcome<HolderKeys> OpenHolder(const Context& context, const std::string& directory, const formats::Holders& holders,
                               std::string_view name, const SecretBytes& passphrase) {
  const formats::Holder* holder = FindHolder(holders, name);
  if (holder == nullptr) {
    return Failure{ErrorCode::kNotFound, "no holder of this name", std::string(name), "this publisher cannot do that"};
  }
  HolderKeys opened;
  for (const formats::PublicKey& named : holder->keys) {
    const auto algorithm = static_cast<crypto::AlgorithmId>(named.algorithm);
    const std::string path = SigningKeyPath(directory, name, algorithm);
    EK_TRY_ASSIGN(signer::StoredKey stored, OpenKey(context, path, name, passphrase));
    if (stored.algorithm != algorithm || !Equal(stored.public_key.view(), named.bytes)) return NotTheOneNamed(path);
    EK_TRY_ASSIGN(signer::FileSigningKey key,
                  At(path, signer::FileSigningKey::Create(context.provider, std::move(stored))));
    opened.keys.push_back(std::make_unique<signer::FileSigningKey>(std::move(key)));
  }
  return opened;
}

}  // namespace

std::vector<const sealing::SigningKey*> HolderKeys::pointers() const {
  std::vector<const sealing::SigningKey*> list;
  for (const auto& key : keys) list.push_back(key.get());
  return list;
}

Outcome<Publisher> Publisher::Open(const Context& context, const std::string& directory) {
  const std::string path = directory + "/" + std::string(kTrustBundleFile);
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSignedBundleSize)));
  EK_TRY_ASSIGN(sealing::TrustedPublisher trusted,
                At(path, sealing::VerifyTrustBundle(context.provider, bytes.view())));
  return Publisher(directory, std::move(trusted));
}

Outcome<HolderKeys> Publisher::OpenAuthor(const Context& context, const SecretBytes& passphrase) const {
  return OpenHolder(context, directory_, trust().authors, kAuthor, passphrase);
}

Outcome<HolderKeys> Publisher::OpenLicensor(const Context& context, const SecretBytes& passphrase) const {
  return OpenHolder(context, directory_, trust().licensors, kLicensor, passphrase);
}

Outcome<crypto::SoftwareHpkeRecipient> Publisher::OpenLicensorKem(const Context& context,
                                                                  const SecretBytes& passphrase) const {
  const std::string path = KemKeyPath(directory_);
  EK_TRY_ASSIGN(signer::StoredKey stored, OpenKey(context, path, kLicensorKem, passphrase));
  const formats::PublicKey& named = trust().licensor_kem;
  if (static_cast<std::uint16_t>(stored.algorithm) != named.algorithm ||
      !Equal(stored.public_key.view(), named.bytes)) {
    return NotTheOneNamed(path);
  }
  return At(path, crypto::SoftwareHpkeRecipient::FromPrivateKey(context.provider, stored.algorithm,
                                                                std::move(stored.secret)));
}

}  // namespace edgekeep::author
