// Owners of the objects of OpenSSL that cryptography is made of.
#pragma once
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "edgekeep/crypto/openssl/owned.h"

namespace edgekeep::crypto {

using Md = Owned<EVP_MD, EVP_MD_free>;
using MdContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Cipher = Owned<EVP_CIPHER, EVP_CIPHER_free>;
using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Mac = Owned<EVP_MAC, EVP_MAC_free>;
using MacContext = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using Kdf = Owned<EVP_KDF, EVP_KDF_free>;
using KdfContext = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;
using BigNumber = Owned<BIGNUM, BN_clear_free>;
using EcGroup = Owned<EC_GROUP, EC_GROUP_free>;
using EcPoint = Owned<EC_POINT, EC_POINT_clear_free>;
using EcdsaSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

}  // namespace edgekeep::crypto
