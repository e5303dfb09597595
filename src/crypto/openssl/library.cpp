#include "library.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <cstddef>

namespace edgekeep::crypto {
namespace {

constexpr std::array kMds = {AlgorithmId::kSha256, AlgorithmId::kSha384, AlgorithmId::kSha512, AlgorithmId::kSha3_256,
                             AlgorithmId::kSha3_512};
constexpr std::array kCiphers = {AlgorithmId::kAes256Gcm, AlgorithmId::kChaCha20Poly1305, AlgorithmId::kAes128Gcm};
constexpr std::array kKeyTypes = {"Ed25519",   "X25519",    "EC",         "RSA",        "ML-DSA-44",
                                  "ML-DSA-65", "ML-DSA-87", "ML-KEM-768", "ML-KEM-1024"};

}  // namespace

Error Refuse(ErrorCode code, const char* where) noexcept {
  ERR_clear_error();
  return Error(code, where);
}

Result<PrivateContext> PrivateContext::Open() {
  // NO_ATEXIT: a provider may outlive main's statics; the process's end frees everything anyway.
  if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr) != 1) {
    return Refuse(ErrorCode::kNoMemory, "OpenSSL start");
  }
  PrivateContext own;
  own.context.reset(OSSL_LIB_CTX_new());
  if (!own.context) return Refuse(ErrorCode::kNoMemory, "OpenSSL context");
  own.provider.reset(OSSL_PROVIDER_load(own.context.get(), "default"));
  if (!own.provider) return Refuse(ErrorCode::kUnsupported, "OpenSSL default provider");
  return own;
}

Result<Library> Library::Open() {
  Library library;
  EK_TRY_ASSIGN(library.own_, PrivateContext::Open());
  EK_TRY(library.FetchDigestsAndCiphers());
  EK_TRY(library.FetchTheRest());
  EK_TRY(library.CheckKeyTypes());
  return library;
}

Status Library::FetchDigestsAndCiphers() {
  for (std::size_t i = 0; i < kMds.size(); ++i) {
    EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(kMds[i], Kind::kHash));
    mds_[i] = {kMds[i], Md(EVP_MD_fetch(context(), algorithm.name, nullptr))};
    if (!mds_[i].md) return Refuse(ErrorCode::kUnsupported, "OpenSSL hash");
  }
  for (std::size_t i = 0; i < kCiphers.size(); ++i) {
    EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(kCiphers[i], Kind::kAead));
    ciphers_[i] = {kCiphers[i], Cipher(EVP_CIPHER_fetch(context(), algorithm.name, nullptr))};
    if (!ciphers_[i].cipher) return Refuse(ErrorCode::kUnsupported, "OpenSSL cipher");
  }
  return {};
}

Status Library::FetchTheRest() {
  hmac_.reset(EVP_MAC_fetch(context(), "HMAC", nullptr));
  argon2id_.reset(EVP_KDF_fetch(context(), "ARGON2ID", nullptr));
  p256_.reset(EC_GROUP_new_by_curve_name_ex(context(), nullptr, NID_X9_62_prime256v1));
  p521_.reset(EC_GROUP_new_by_curve_name_ex(context(), nullptr, NID_secp521r1));
  if (!hmac_ || !argon2id_ || !p256_ || !p521_) return Refuse(ErrorCode::kUnsupported, "OpenSSL algorithm");
  return {};
}

Status Library::CheckKeyTypes() const {
  for (const char* type : kKeyTypes) {
    const PkeyContext probe(EVP_PKEY_CTX_new_from_name(context(), type, nullptr));
    if (!probe) return Refuse(ErrorCode::kUnsupported, "OpenSSL key type");
  }
  return {};
}

Result<const EVP_MD*> Library::FindMd(AlgorithmId hash) const {
  for (const NamedMd& entry : mds_) {
    if (entry.id == hash) return entry.md.get();
  }
  return Error(ErrorCode::kUnsupported, "hash");
}

Result<const EVP_CIPHER*> Library::FindCipher(AlgorithmId aead) const {
  for (const NamedCipher& entry : ciphers_) {
    if (entry.id == aead) return entry.cipher.get();
  }
  return Error(ErrorCode::kUnsupported, "AEAD");
}

}  // namespace edgekeep::crypto
