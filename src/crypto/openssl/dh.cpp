#include <array>

#include "ec.h"
#include "keys.h"
#include "openssl_provider.h"

namespace edgekeep::crypto {
namespace {

Result<Algorithm> FindDh(AlgorithmId kem) {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(kem, Kind::kKem));
  if (algorithm.family != Family::kEcc) return Error(ErrorCode::kUnsupported, "Diffie-Hellman");
  return algorithm;
}

Result<SecretBytes> Agree(const Library& library, const Pkey& own, const Pkey& peer, std::size_t size) {
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(size));
  const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(library.context(), own.get(), nullptr));
  if (!context || EVP_PKEY_derive_init(context.get()) != 1) return Refuse(ErrorCode::kNoMemory, "Diffie-Hellman");
  // OpenSSL refuses the all-zero X25519 result here (RFC 7748 §6.1).
  std::size_t written = size;
  if (EVP_PKEY_derive_set_peer_ex(context.get(), peer.get(), 0) != 1 ||
      EVP_PKEY_derive(context.get(), secret.RevealForWriting().data(), &written) != 1 || written != size) {
    return Refuse(ErrorCode::kMalformed, "Diffie-Hellman peer");
  }
  return secret;
}

}  // namespace

Result<KeyPair> OpenSslProvider::GenerateDhKey(AlgorithmId kem) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindDh(kem));
  return GenerateKey(algorithm);
}

Result<SecretBytes> OpenSslProvider::Dh(AlgorithmId kem, ByteView private_key, ByteView peer_public_key) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindDh(kem));
  EK_TRY_ASSIGN(const Pkey peer, ImportPublicKey(library_, algorithm, peer_public_key));
  EK_TRY_ASSIGN(const Pkey own, ImportPrivateKey(library_, algorithm, private_key));
  // The x-coordinate is as long as the scalar on every curve here.
  return Agree(library_, own, peer, algorithm.private_size);
}

Status OpenSslProvider::CheckDhPublicKey(AlgorithmId kem, ByteView public_key) const {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindDh(kem));
  EK_TRY_ASSIGN(const Pkey peer, ImportPublicKey(library_, algorithm, public_key));
  if (kem != AlgorithmId::kDhKemX25519) return {};
  // Clamping makes every scalar a multiple of the cofactor, so any scalar at all meets zero exactly on low-order
  // points.
  static constexpr std::array<std::uint8_t, 32> kAnyScalar = {1};
  EK_TRY_ASSIGN(const Pkey any, ImportPrivateKey(library_, algorithm, kAnyScalar));
  EK_TRY(Agree(library_, any, peer, algorithm.private_size));
  return {};
}

}  // namespace edgekeep::crypto
