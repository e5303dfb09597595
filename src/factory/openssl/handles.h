// Owners of OpenSSL's objects that certificates are made of.
#pragma once
#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "edgekeep/factory/openssl/certificates.h"

namespace edgekeep::factory {

template <auto kFree>
struct FreeBy {
  template <typename T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};

template <typename T, auto kFree>
using Handle = std::unique_ptr<T, FreeBy<kFree>>;

using X509Handle = Handle<X509, X509_free>;
using StoreHandle = Handle<X509_STORE, X509_STORE_free>;
using StoreContext = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;
using PkeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using BioHandle = Handle<BIO, BIO_free_all>;
using ConfHandle = Handle<CONF, NCONF_free>;
using ExtensionHandle = Handle<X509_EXTENSION, X509_EXTENSION_free>;
using CipherHandle = Handle<EVP_CIPHER, EVP_CIPHER_free>;
using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

struct OpenSsl {
  Handle<OSSL_LIB_CTX, OSSL_LIB_CTX_free> context;  // first, so that it goes last
  Handle<OSSL_PROVIDER, OSSL_PROVIDER_unload> provider;
};

// Empties this thread's error queue: what OpenSSL thought stays inside.
Error Refused(ErrorCode code, const char* where) noexcept;

Result<X509Handle> ReadDer(const X509Library& library, ByteView der);
// All of them. Fails with kMalformed where a block is something else, or damaged.
Result<std::vector<X509Handle>> ReadPem(const X509Library& library, const std::string& pem);
Result<Bytes> ToDer(X509& certificate);
// kUnsupported for another kind of key than P-256.
Result<Bytes> PointOf(const X509& certificate);
Result<PkeyHandle> ToPkey(const X509Library& library, ByteView point);

// Whether a certificate leads to one of the store's, each of which is believed by itself. Without a time none counts.
Status VerifyChain(const X509Library& library, X509_STORE& store, X509& certificate, const UnixTime* now);

}  // namespace edgekeep::factory
