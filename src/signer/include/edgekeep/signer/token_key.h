// Signature keys on PKCS#11 tokens: they are made there, used there, and never come out.
#pragma once
#include <memory>
#include <string>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::signer {

inline constexpr std::size_t kMaxTokenUri = 1024;

// Where a key lies. `module` is the path of the token's PKCS#11 module; empty for all that p11-kit is set up with.
struct TokenKeyAddress {
  std::string uri;  // RFC 7512, naming token and object; a query (PIN, module) is refused
  std::string module;
  crypto::AlgorithmId algorithm = crypto::AlgorithmId::kNone;  // kEcdsaP256Sha256 or kEd25519
};

// Opens the key. Fails with kDenied for a wrong PIN, kForbidden where the token would hand the private key out or has
// locked its PIN, kNotFound where token or key are missing, kBadArgument for an address that is none or names several.
// Each signature is checked before it is handed out: kDenied where the token made none, or a wrong one.
Result<std::unique_ptr<sealing::SigningKey>> OpenTokenKey(const crypto::Provider& provider,
                                                          const TokenKeyAddress& address, const SecretBytes& pin);

// As OpenTokenKey; makes the key where the token has none of this name.
Result<std::unique_ptr<sealing::SigningKey>> MakeTokenKey(const crypto::Provider& provider,
                                                          const TokenKeyAddress& address, const SecretBytes& pin);

}  // namespace edgekeep::signer
