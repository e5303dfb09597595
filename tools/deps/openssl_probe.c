// Shows that a static OpenSSL links on this machine and has the algorithms that Edgekeep cannot do without.
// Prints one line and exits 0, or names the first algorithm that is missing and exits 1.
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static EVP_PKEY* Generate(const char* name) {
  EVP_PKEY* key = NULL;
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
  if (context && EVP_PKEY_keygen_init(context) > 0) EVP_PKEY_generate(context, &key);
  EVP_PKEY_CTX_free(context);
  return key;
}

static int Signs(const char* name) {
  static unsigned char signature[8192];
  size_t signature_len = sizeof signature;
  const unsigned char message[] = "edgekeep";
  EVP_PKEY* key = Generate(name);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  int good = key && EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) > 0 &&
             EVP_DigestSign(context, signature, &signature_len, message, sizeof message) > 0;
  EVP_MD_CTX_free(context);
  context = EVP_MD_CTX_new();
  good = good && EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) > 0 &&
         EVP_DigestVerify(context, signature, signature_len, message, sizeof message) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return good;
}

static int Encapsulates(const char* name) {
  static unsigned char wrapped[4096];
  unsigned char sent[64];
  unsigned char received[64];
  size_t wrapped_len = sizeof wrapped;
  size_t sent_len = sizeof sent;
  size_t received_len = sizeof received;
  EVP_PKEY* key = Generate(name);
  EVP_PKEY_CTX* context = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
  int good = context && EVP_PKEY_encapsulate_init(context, NULL) > 0 &&
             EVP_PKEY_encapsulate(context, wrapped, &wrapped_len, sent, &sent_len) > 0 &&
             EVP_PKEY_decapsulate_init(context, NULL) > 0 &&
             EVP_PKEY_decapsulate(context, received, &received_len, wrapped, wrapped_len) > 0 &&
             sent_len == received_len && memcmp(sent, received, sent_len) == 0;
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  return good;
}

static int DerivesArgon2id(void) {
  unsigned char key[32];
  uint32_t lanes = 1;
  uint32_t memory_kib = 64;
  uint32_t iterations = 1;
  EVP_KDF* kdf = EVP_KDF_fetch(NULL, "ARGON2ID", NULL);
  EVP_KDF_CTX* context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, "password", 8),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, "0123456789abcdef", 16),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_LANES, &lanes),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ARGON2_MEMCOST, &memory_kib),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ITER, &iterations),
      OSSL_PARAM_construct_end(),
  };
  int good = context && EVP_KDF_derive(context, key, sizeof key, parameters) > 0;
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return good;
}

static int SpeaksTls(void) {
  SSL_CTX* context = SSL_CTX_new(TLS_method());
  int good = context && SSL_CTX_set1_groups_list(context, "X25519MLKEM768") == 1;
  SSL_CTX_free(context);
  return good;
}

static int Report(const char* name, int good) {
  if (!good) printf("%s does not work\n", name);
  return good;
}

int main(void) {
  int good = Report("ML-DSA-65", Signs("ML-DSA-65")) && Report("ML-KEM-768", Encapsulates("ML-KEM-768")) &&
             Report("ARGON2ID", DerivesArgon2id()) && Report("X25519MLKEM768", SpeaksTls());
  if (good) printf("%s: ML-DSA-65, ML-KEM-768, ARGON2ID and X25519MLKEM768 work\n", OpenSSL_version(OPENSSL_VERSION));
  return good ? 0 : 1;
}
