#include "keys.h"
#include "openssl_provider.h"

namespace edgekeep::crypto {
namespace {

Result<Algorithm> FindMlKem(AlgorithmId kem) {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(kem, Kind::kKem));
  if (algorithm.family != Family::kLattice) return Error(ErrorCode::kUnsupported, "ML-KEM");
  return algorithm;
}

}  // namespace

Result<KeyPair> OpenSslProvider::GenerateKemKey(AlgorithmId kem) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindMlKem(kem));
  return GenerateKey(algorithm);
}

Result<Encapsulation> OpenSslProvider::Encapsulate(AlgorithmId kem, ByteView public_key) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindMlKem(kem));
  EK_TRY_ASSIGN(const Pkey key, ImportPublicKey(library_, algorithm, public_key));
  Encapsulation made;
  EK_TRY_ASSIGN(made.ciphertext, Bytes::Allocate(algorithm.output_size));
  EK_TRY_ASSIGN(made.shared_secret, SecretBytes::Allocate(algorithm.secret_size));
  std::size_t ciphertext_size = made.ciphertext.size();
  std::size_t secret_size = made.shared_secret.size();
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(library_.context(), key.get(), nullptr));
  if (!context || EVP_PKEY_encapsulate_init(context.get(), nullptr) != 1 ||
      EVP_PKEY_encapsulate(context.get(), made.ciphertext.mutable_view().data(), &ciphertext_size,
                           made.shared_secret.RevealForWriting().data(), &secret_size) != 1 ||
      ciphertext_size != made.ciphertext.size() || secret_size != made.shared_secret.size()) {
    return Refuse(ErrorCode::kInternal, "ML-KEM encapsulation");
  }
  return made;
}

Result<SecretBytes> OpenSslProvider::Decapsulate(AlgorithmId kem, ByteView private_key, ByteView ciphertext) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindMlKem(kem));
  if (ciphertext.size() != algorithm.output_size) return Error(ErrorCode::kMalformed, "ML-KEM ciphertext size");
  EK_TRY_ASSIGN(const Pkey key, ImportPrivateKey(library_, algorithm, private_key));
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(algorithm.secret_size));
  std::size_t size = secret.size();
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(library_.context(), key.get(), nullptr));
  if (!context || EVP_PKEY_decapsulate_init(context.get(), nullptr) != 1 ||
      EVP_PKEY_decapsulate(context.get(), secret.RevealForWriting().data(), &size, ciphertext.data(),
                           ciphertext.size()) != 1 ||
      size != secret.size()) {
    return Refuse(ErrorCode::kInternal, "ML-KEM decapsulation");
  }
  return secret;
}

}  // namespace edgekeep::crypto
