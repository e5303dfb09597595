// Owners of OpenSSL's objects, and what several files do with them.
#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::certificates {

template <auto kFree>
struct FreedBy {
  template <typename T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};

template <typename T, auto kFree>
using Held = std::unique_ptr<T, FreedBy<kFree>>;

inline void FreeValues(ASN1_SEQUENCE_ANY* values) noexcept {
  sk_ASN1_TYPE_pop_free(values, ASN1_TYPE_free);
}

inline void FreeExtensions(STACK_OF(X509_EXTENSION) * extensions) noexcept {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

inline void FreeBorrowed(STACK_OF(X509) * certificates) noexcept {
  sk_X509_free(certificates);
}

using Context = Held<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
using LoadedProvider = Held<OSSL_PROVIDER, OSSL_PROVIDER_unload>;
using Certificate = Held<X509, X509_free>;
using Object = Held<ASN1_OBJECT, ASN1_OBJECT_free>;
using Values = Held<ASN1_SEQUENCE_ANY, FreeValues>;
using Pkey = Held<EVP_PKEY, EVP_PKEY_free>;

// Empties this thread's error queue: what OpenSSL thought stays inside.
Error Refused(ErrorCode code, const char* where) noexcept;

Result<Certificate> ReadCertificate(OSSL_LIB_CTX* context, ByteView der);
Result<Bytes> ToDer(X509& certificate);
// False for another kind of key than P-256, or another key.
bool HasKey(const X509& certificate, ByteView point) noexcept;
Result<Object> EvidenceAttribute();

}  // namespace edgekeep::certificates
