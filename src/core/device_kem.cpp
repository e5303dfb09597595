#include "edgekeep/core/device_kem.h"

#include <algorithm>

namespace edgekeep::core {

namespace {

constexpr std::size_t kSaltSize = 32;

}  // namespace

Result<SecretBytes> DeviceKem::MakeSecret(const crypto::Provider& provider) {
  EK_TRY_ASSIGN(const crypto::KeyPair pair, provider.GenerateKemKey(crypto::AlgorithmId::kMlKem768));
  const ByteView seed = pair.private_key.Reveal();
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(kSaltSize + seed.size()));
  EK_TRY(provider.Random(secret.RevealForWriting().first(kSaltSize)));
  std::ranges::copy(seed, secret.RevealForWriting().subspan(kSaltSize).begin());
  return secret;
}

Result<DeviceKem> DeviceKem::Create(const crypto::Provider& provider, ports::Anchor& anchor,
                                    const SecretBytes& secret) {
  if (secret.size() <= kSaltSize) return Error(ErrorCode::kMalformed, "device KEM key: secret");
  SecretArray<32> salt = SecretArray<32>::CopyOf(secret.Reveal().first<kSaltSize>());
  EK_TRY_ASSIGN(SecretBytes ml_kem_seed, SecretBytes::CopyOf(secret.Reveal().subspan(kSaltSize)));
  EK_TRY_ASSIGN(const crypto::Algorithm hybrid, crypto::FindAlgorithm(kDeviceKemAlgorithm, crypto::Kind::kKem));
  EK_TRY_ASSIGN(const Bytes post_quantum, provider.PublicKeyOf(crypto::AlgorithmId::kMlKem768, ml_kem_seed.Reveal()));
  EK_TRY_ASSIGN(const Bytes classical, anchor.KemPublicKey(salt));
  if (post_quantum.size() + classical.size() != hybrid.public_size) {
    return Error(ErrorCode::kMalformed, "device KEM key: size");
  }
  EK_TRY_ASSIGN(Bytes public_key, Bytes::Allocate(hybrid.public_size));
  const auto rest = std::ranges::copy(post_quantum.view(), public_key.mutable_view().begin()).out;
  std::ranges::copy(classical.view(), rest);
  return DeviceKem(provider, anchor, std::move(salt), std::move(ml_kem_seed), std::move(public_key));
}

Result<SecretBytes> DeviceKem::Dh(ByteView peer) const {
  return anchor_->KemDh(salt_, peer);
}

Result<SecretBytes> DeviceKem::DecapsulateMlKem(ByteView ciphertext) const {
  return provider_->Decapsulate(crypto::AlgorithmId::kMlKem768, seed_.Reveal(), ciphertext);
}

}  // namespace edgekeep::core
