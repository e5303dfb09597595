// Owners of OpenSSL's objects, and the one way a failed call becomes an Error.
#pragma once
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
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
using Md = Owned<EVP_MD, EVP_MD_free>;
using MdContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Cipher = Owned<EVP_CIPHER, EVP_CIPHER_free>;
using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Mac = Owned<EVP_MAC, EVP_MAC_free>;
using MacContext = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using Kdf = Owned<EVP_KDF, EVP_KDF_free>;
using KdfContext = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;
using Pkey = Owned<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using BigNumber = Owned<BIGNUM, BN_clear_free>;
using EcGroup = Owned<EC_GROUP, EC_GROUP_free>;
using EcPoint = Owned<EC_POINT, EC_POINT_clear_free>;
using EcdsaSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

// Empties OpenSSL's error queue of this thread and returns Error(code, where): what OpenSSL thought stays inside.
Error Refuse(ErrorCode code, const char* where) noexcept;

}  // namespace edgekeep::crypto
