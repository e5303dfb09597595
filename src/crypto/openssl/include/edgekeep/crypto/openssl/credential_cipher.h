// The CredentialCipher of OpenSSL.
#pragma once
#include <memory>

#include "edgekeep/crypto/credential_cipher.h"

namespace edgekeep::crypto {

// Fails with kNoMemory, or kUnsupported when this OpenSSL lacks it.
Result<std::unique_ptr<CredentialCipher>> NewOpenSslCredentialCipher();

}  // namespace edgekeep::crypto
