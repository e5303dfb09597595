#include "edgekeep/signer/key_file.h"

#include <array>

#include "edgekeep/crypto/hpke.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/files/replace_file.h"

namespace edgekeep::signer {
namespace {

constexpr auto kAead = crypto::AlgorithmId::kAes256Gcm;

Result<std::unique_ptr<crypto::AeadState>> CipherFor(const crypto::Provider& provider, const formats::KeyFile& file,
                                                     const SecretBytes& passphrase) {
  SecretArray<32> key;
  EK_TRY(provider.Argon2id(passphrase.Reveal(), file.salt, file.costs.memory_kib, file.costs.passes, file.costs.lanes,
                           key.RevealForWriting()));
  return provider.NewAead(static_cast<crypto::AlgorithmId>(file.aead), key.Reveal());
}

Result<Bytes> Encode(const formats::KeyFile& file) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxKeyFileSize));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeKeyFile(file, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Result<Bytes> Binding(const formats::KeyFile& file) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxKeyFileSize));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeKeyFileBinding(file, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Result<Bytes> Encrypt(const crypto::Provider& provider, const StoredKey& key, const SecretBytes& passphrase,
                      const formats::Argon2Costs& costs) {
  std::array<std::uint8_t, 16> salt;
  std::array<std::uint8_t, crypto::kAeadNonceSize> nonce;
  EK_TRY(provider.Random(salt));
  EK_TRY(provider.Random(nonce));
  formats::KeyFile file{.purpose = key.purpose,
                        .public_key = {static_cast<std::uint16_t>(key.algorithm), key.public_key.view()},
                        .costs = costs,
                        .salt = salt,
                        .aead = static_cast<std::uint16_t>(kAead),
                        .nonce = nonce};
  EK_TRY_ASSIGN(const auto cipher, CipherFor(provider, file, passphrase));
  EK_TRY_ASSIGN(const Bytes binding, Binding(file));
  EK_TRY_ASSIGN(Bytes ciphertext, Bytes::Allocate(key.secret.size() + crypto::kAeadTagSize));
  EK_TRY(cipher->Seal(nonce, binding.view(), key.secret.Reveal(), ciphertext.mutable_view()));
  file.ciphertext = ciphertext.view();
  return Encode(file);
}

Result<Bytes> PublicKeyOf(const crypto::Provider& provider, const StoredKey& key) {
  if (!crypto::FindAlgorithm(key.algorithm, crypto::Kind::kKem)) {
    return provider.PublicKeyOf(key.algorithm, key.secret.Reveal());
  }
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::CopyOf(key.secret.Reveal()));
  EK_TRY_ASSIGN(const auto recipient,
                crypto::SoftwareHpkeRecipient::FromPrivateKey(provider, key.algorithm, std::move(secret)));
  return Bytes::Copy(recipient.public_key());
}

// A file whose public half was exchanged would make its owner sign with one key and publish another.
Status CheckPublicKey(const crypto::Provider& provider, const StoredKey& key) {
  if (key.algorithm == crypto::AlgorithmId::kNone) return {};
  EK_TRY_ASSIGN(const Bytes own, PublicKeyOf(provider, key));
  if (!Equal(own.view(), key.public_key.view())) return Error(ErrorCode::kMalformed, "public key of a key file");
  return {};
}

}  // namespace

Status CreateKeyFile(const crypto::Provider& provider, const std::string& path, const StoredKey& key,
                     const SecretBytes& passphrase, const formats::Argon2Costs& costs) {
  EK_TRY_ASSIGN(const Bytes bytes, Encrypt(provider, key, passphrase, costs));
  return files::WriteNewFile(path, files::Access::kPrivate, bytes.view());
}

Status ReplaceKeyFile(const crypto::Provider& provider, const std::string& path, const StoredKey& key,
                      const SecretBytes& passphrase, const formats::Argon2Costs& costs) {
  EK_TRY_ASSIGN(const Bytes bytes, Encrypt(provider, key, passphrase, costs));
  return files::ReplaceFile(path, files::Access::kPrivate, bytes.view());
}

Result<formats::Argon2Costs> CostsOfKeyFile(const std::string& path) {
  EK_TRY_ASSIGN(const SecretBytes bytes, files::ReadPrivateFile(path, formats::kMaxKeyFileSize));
  EK_TRY_ASSIGN(const formats::KeyFile file, formats::DecodeKeyFile(bytes.Reveal()));
  return file.costs;
}

Result<StoredKey> OpenKeyFile(const crypto::Provider& provider, const std::string& path, std::string_view purpose,
                              const SecretBytes& passphrase) {
  EK_TRY_ASSIGN(const SecretBytes bytes, files::ReadPrivateFile(path, formats::kMaxKeyFileSize));
  EK_TRY_ASSIGN(const formats::KeyFile file, formats::DecodeKeyFile(bytes.Reveal()));
  if (file.purpose != purpose) return Error(ErrorCode::kWrongProduct, "key file for another purpose");
  EK_TRY_ASSIGN(const auto cipher, CipherFor(provider, file, passphrase));
  EK_TRY_ASSIGN(const Bytes binding, Binding(file));
  StoredKey key{.purpose = std::string(purpose),
                .algorithm = static_cast<crypto::AlgorithmId>(file.public_key.algorithm)};
  EK_TRY_ASSIGN(key.secret, SecretBytes::Allocate(file.ciphertext.size() - crypto::kAeadTagSize));
  if (!cipher->Open(file.nonce, binding.view(), file.ciphertext, key.secret.RevealForWriting())) {
    return Error(ErrorCode::kDenied, "passphrase");
  }
  EK_TRY_ASSIGN(key.public_key, Bytes::Copy(file.public_key.bytes));
  EK_TRY(CheckPublicKey(provider, key));
  return key;
}

}  // namespace edgekeep::signer
