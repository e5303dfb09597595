// Private keys at rest: a file under a passphrase (spec/key-file.md).
#pragma once
#include <string>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/key_file.h"

namespace edgekeep::signer {

// What new key files cost to open where nobody chose: 48 MiB and 4 passes of Argon2id (docs/decisions/0006).
inline constexpr formats::Argon2Costs kDefaultCosts{.memory_kib = 48U * 1024, .passes = 4, .lanes = 1};

// A private key, or a symmetric secret (algorithm kNone, no public key), and what it is for.
struct StoredKey {
  std::string purpose;
  crypto::AlgorithmId algorithm = crypto::AlgorithmId::kNone;
  Bytes public_key;
  SecretBytes secret;
};

// Creates `path` with mode 0600; kAlreadyExists where something stands.
Status CreateKeyFile(const crypto::Provider& provider, const std::string& path, const StoredKey& key,
                     const SecretBytes& passphrase, const formats::Argon2Costs& costs = kDefaultCosts);

// As CreateKeyFile in place of the key file at `path`, atomically.
Status ReplaceKeyFile(const crypto::Provider& provider, const std::string& path, const StoredKey& key,
                      const SecretBytes& passphrase, const formats::Argon2Costs& costs = kDefaultCosts);

// What the key file at `path` costs to open. Needs no passphrase; nothing vouches for the answer until the file opens.
Result<formats::Argon2Costs> CostsOfKeyFile(const std::string& path);

// Opens a key file that only this user may read (files::ReadPrivateFile). Fails with kDenied for a wrong passphrase or
// altered contents, kWrongProduct when the key is for something other than `purpose`, kMalformed when its public key is
// not its own.
Result<StoredKey> OpenKeyFile(const crypto::Provider& provider, const std::string& path, std::string_view purpose,
                              const SecretBytes& passphrase);

}  // namespace edgekeep::signer
