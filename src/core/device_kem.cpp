#include "edgekeep/core/device_kem.h"

#include <algorithm>

namespace edgekeep::core {

Result<DeviceKem> DeviceKem::Create(const crypto::Provider& provider, ports::Anchor& anchor, SecretBytes ml_kem_seed) {
  EK_TRY_ASSIGN(const crypto::Algorithm hybrid, crypto::FindAlgorithm(kDeviceKemAlgorithm, crypto::Kind::kKem));
  EK_TRY_ASSIGN(const Bytes post_quantum, provider.PublicKeyOf(crypto::AlgorithmId::kMlKem768, ml_kem_seed.Reveal()));
  EK_TRY_ASSIGN(const Bytes classical, anchor.KemPublicKey());
  if (post_quantum.size() + classical.size() != hybrid.public_size) {
    return Error(ErrorCode::kMalformed, "device KEM key: size");
  }
  EK_TRY_ASSIGN(Bytes public_key, Bytes::Allocate(hybrid.public_size));
  const auto rest = std::ranges::copy(post_quantum.view(), public_key.mutable_view().begin()).out;
  std::ranges::copy(classical.view(), rest);
  return DeviceKem(provider, anchor, std::move(ml_kem_seed), std::move(public_key));
}

Result<SecretBytes> DeviceKem::Dh(ByteView peer) const {
  return anchor_->KemDh(peer);
}

Result<SecretBytes> DeviceKem::DecapsulateMlKem(ByteView ciphertext) const {
  return provider_->Decapsulate(crypto::AlgorithmId::kMlKem768, seed_.Reveal(), ciphertext);
}

}  // namespace edgekeep::core
