#include "signing.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <array>

#include "ecdsa.h"
#include "keys.h"
#include "openssl_provider.h"

namespace edgekeep::crypto {
namespace {

// ECDSA and RSA-PSS hash the message with SHA-256 first; the others take it whole.
const char* DigestOf(AlgorithmId algorithm) {
  const bool prehashes = algorithm == AlgorithmId::kEcdsaP256Sha256 || algorithm == AlgorithmId::kRsaPss2048Sha256 ||
                         algorithm == AlgorithmId::kRsaPssSha256;
  return prehashes ? "SHA2-256" : nullptr;
}

// SHA-256 and MGF1 with SHA-256. kRsaPss2048Sha256 takes RFC 8017 §9.1's usual salt alone, as long as the digest;
// kRsaPssSha256 whatever is encoded, since signers elsewhere use the longest that fits as well.
int SaltSizeOf(AlgorithmId algorithm) {
  return algorithm == AlgorithmId::kRsaPss2048Sha256 ? 32 : RSA_PSS_SALTLEN_AUTO;
}

}  // namespace

Result<Bytes> SignMessage(const Library& library, const Algorithm& algorithm, ByteView private_key, ByteView message,
                          Hedging hedging) {
  EK_TRY_ASSIGN(const Pkey key, ImportPrivateKey(library, algorithm, private_key));
  int deterministic = 1;
  const std::array params = {OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_DETERMINISTIC, &deterministic),
                             OSSL_PARAM_construct_end()};
  const bool takes_params = algorithm.family == Family::kLattice && hedging == Hedging::kDeterministic;
  const bool is_ecdsa = algorithm.id == AlgorithmId::kEcdsaP256Sha256;
  EK_TRY_ASSIGN(Bytes signature, Bytes::Allocate(is_ecdsa ? kMaxEcdsaDerSize : algorithm.output_size));
  std::size_t size = signature.size();
  const MdContext context(EVP_MD_CTX_new());
  if (!context ||
      EVP_DigestSignInit_ex(context.get(), nullptr, DigestOf(algorithm.id), library.context(), nullptr, key.get(),
                            takes_params ? params.data() : nullptr) != 1 ||
      EVP_DigestSign(context.get(), signature.mutable_view().data(), &size, message.data(), message.size()) != 1) {
    return Refuse(ErrorCode::kInternal, "signing");
  }
  if (is_ecdsa) return EcdsaFromDer(signature.view().first(size));
  if (size != signature.size()) return Error(ErrorCode::kInternal, "signature size");
  return signature;
}

Result<KeyPair> OpenSslProvider::GenerateSigningKey(AlgorithmId signature) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(signature, Kind::kSignature));
  return GenerateKey(algorithm);
}

Result<Bytes> OpenSslProvider::Sign(AlgorithmId signature, ByteView private_key, ByteView message) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(signature, Kind::kSignature));
  return SignMessage(library_, algorithm, private_key, message, Hedging::kHedged);
}

Status OpenSslProvider::Verify(AlgorithmId signature, ByteView public_key, ByteView message, ByteView sig) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(signature, Kind::kSignature));
  // RSA signatures are as long as the key's modulus, which the library checks.
  if (sig.size() != algorithm.output_size && algorithm.output_size != 0) {
    return Error(ErrorCode::kBadSignature, "signature size");
  }
  EK_TRY_ASSIGN(const Pkey key, ImportPublicKey(library_, algorithm, public_key));
  Bytes der;
  if (signature == AlgorithmId::kEcdsaP256Sha256) {
    EK_TRY_ASSIGN(der, EcdsaToDer(sig));
    sig = der.view();
  }
  int salt_size = SaltSizeOf(signature);
  const std::array pss = {OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, const_cast<char*>("pss"), 0),
                          OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, &salt_size),
                          OSSL_PARAM_construct_end()};
  const MdContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit_ex(context.get(), nullptr, DigestOf(signature), library_.context(), nullptr,
                                          key.get(), algorithm.family == Family::kRsa ? pss.data() : nullptr) != 1) {
    return Refuse(ErrorCode::kInternal, "verification");
  }
  if (EVP_DigestVerify(context.get(), sig.data(), sig.size(), message.data(), message.size()) != 1) {
    return Refuse(ErrorCode::kBadSignature, "signature");
  }
  return {};
}

}  // namespace edgekeep::crypto
