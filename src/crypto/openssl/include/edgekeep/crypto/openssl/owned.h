// Owners of OpenSSL's objects, a context of one's own, and the one way a failed call becomes an Error. For the modules
// that speak to OpenSSL, and no other.
#pragma once
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <memory>

#include "edgekeep/base/result.h"

namespace edgekeep::crypto {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};

template <typename T, auto kFree>
using Owned = std::unique_ptr<T, FreeWith<kFree>>;

using LibraryContext = Owned<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
using LoadedProvider = Owned<OSSL_PROVIDER, OSSL_PROVIDER_unload>;
using Pkey = Owned<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

// OpenSSL's default provider in a context that nobody else has. No configuration file is read.
struct PrivateContext {
  static Result<PrivateContext> Open();

  LibraryContext context;  // first, so that it goes last
  LoadedProvider provider;
};

// Empties OpenSSL's error queue of this thread and returns Error(code, where): what OpenSSL thought stays inside.
Error Refuse(ErrorCode code, const char* where) noexcept;

}  // namespace edgekeep::crypto
