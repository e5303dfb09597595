// Owners of OpenSSL's objects that certificates are made of.
#pragma once
#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "edgekeep/crypto/openssl/owned.h"
#include "edgekeep/factory/openssl/certificates.h"

namespace edgekeep::factory {

using X509Handle = crypto::Owned<X509, X509_free>;
using StoreHandle = crypto::Owned<X509_STORE, X509_STORE_free>;
using StoreContext = crypto::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using BioHandle = crypto::Owned<BIO, BIO_free_all>;
using ConfHandle = crypto::Owned<CONF, NCONF_free>;

struct OpenSsl : crypto::PrivateContext {};

Result<X509Handle> ReadDer(const X509Library& library, ByteView der);
// All of them. Fails with kMalformed where a block is something else, or damaged.
Result<std::vector<X509Handle>> ReadPem(const X509Library& library, const std::string& pem);
Result<Bytes> ToDer(X509& certificate);
// kUnsupported for another kind of key than P-256.
Result<Bytes> PointOf(const X509& certificate);
Result<crypto::Pkey> ToPkey(const X509Library& library, ByteView point);

// Whether a certificate leads to one of the store's, each of which is believed by itself. Without a time none counts.
Status VerifyChain(const X509Library& library, X509_STORE& store, X509& certificate, const UnixTime* now);

}  // namespace edgekeep::factory
