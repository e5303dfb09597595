// Library: a private OpenSSL context and everything fetched from it once, because fetching is slow.
#pragma once
#include <array>
#include <string_view>

#include "edgekeep/crypto/algorithm.h"
#include "handles.h"

namespace edgekeep::crypto {

// Read-only after Open, and therefore safe to share between threads. No configuration file is read, no other program's
// default context is touched.
class Library {
 public:
  // Fails with kNoMemory, or kUnsupported when this OpenSSL lacks a registered algorithm.
  static Result<Library> Open();

  // Pointers borrowed from this Library. Fail with kUnsupported for another kind of algorithm.
  Result<const EVP_MD*> FindMd(AlgorithmId hash) const;
  Result<const EVP_CIPHER*> FindCipher(AlgorithmId aead) const;

  EVP_MAC* hmac() const noexcept { return hmac_.get(); }

  EVP_KDF* argon2id() const noexcept { return argon2id_.get(); }

  const EC_GROUP* p256() const noexcept { return p256_.get(); }

  const EC_GROUP* p521() const noexcept { return p521_.get(); }

  OSSL_LIB_CTX* context() const noexcept { return own_.context.get(); }

 private:
  Library() = default;
  Status FetchDigestsAndCiphers();
  Status FetchTheRest();
  Status CheckKeyTypes() const;

  struct NamedMd {
    AlgorithmId id;
    Md md;
  };

  struct NamedCipher {
    AlgorithmId id;
    Cipher cipher;
  };

  PrivateContext own_;  // first, so that it goes last
  std::array<NamedMd, 5> mds_{};
  std::array<NamedCipher, 3> ciphers_{};
  Mac hmac_;
  Kdf argon2id_;
  EcGroup p256_;
  EcGroup p521_;
};

}  // namespace edgekeep::crypto
