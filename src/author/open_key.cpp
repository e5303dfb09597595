#include "open_key.h"

namespace edgekeep::author {

Outcome<signer::StoredKey> OpenKey(const Context& context, const std::string& path, std::string_view purpose,
                                   const SecretBytes& passphrase) {
  Result<signer::StoredKey> key = signer::OpenKeyFile(context.provider, path, purpose, passphrase);
  if (key) return *std::move(key);
  if (key.error().code() == ErrorCode::kDenied) {
    return Failure{ErrorCode::kDenied, "wrong passphrase, or an altered key file", path, "try the passphrase again"};
  }
  return Describe(key.error(), path);
}

}  // namespace edgekeep::author
