// Owners of the objects of OpenSSL that certificates are made of, and what several files do with them.
#pragma once
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/openssl/owned.h"

namespace edgekeep::certificates {

inline void FreeValues(ASN1_SEQUENCE_ANY* values) noexcept {
  sk_ASN1_TYPE_pop_free(values, ASN1_TYPE_free);
}

inline void FreeExtensions(STACK_OF(X509_EXTENSION) * extensions) noexcept {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

inline void FreeBorrowed(STACK_OF(X509) * certificates) noexcept {
  sk_X509_free(certificates);
}

using Certificate = crypto::Owned<X509, X509_free>;
using Object = crypto::Owned<ASN1_OBJECT, ASN1_OBJECT_free>;
using Values = crypto::Owned<ASN1_SEQUENCE_ANY, FreeValues>;
using crypto::Pkey;

Result<Certificate> ReadCertificate(OSSL_LIB_CTX* context, ByteView der);
Result<Bytes> ToDer(X509& certificate);
// False for another kind of key than P-256, or another key.
bool HasKey(const X509& certificate, ByteView point) noexcept;
Result<Object> EvidenceAttribute();

}  // namespace edgekeep::certificates
