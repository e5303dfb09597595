// The Provider that tests run on: OpenSSL's, made once.
#pragma once
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::crypto::test {

inline const Provider& TestProvider() {
  static const std::unique_ptr<Provider> provider = NewOpenSslProvider().value();
  return *provider;
}

}  // namespace edgekeep::crypto::test
