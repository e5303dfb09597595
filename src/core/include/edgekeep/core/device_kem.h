// The device's hybrid KEM key (HPKE 0x0050 MLKEM768-P256): the P-256 half in the anchor, the ML-KEM half sealed by it.
#pragma once
#include "edgekeep/crypto/hpke.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/ports/anchor.h"

namespace edgekeep::core {

inline constexpr crypto::AlgorithmId kDeviceKemAlgorithm = crypto::AlgorithmId::kMlKem768P256;

// Provider and anchor outlive it.
class DeviceKem final : public crypto::HpkeRecipient {
 public:
  // Fails with kMalformed when `ml_kem_seed` is no seed of ML-KEM-768.
  static Result<DeviceKem> Create(const crypto::Provider& provider, ports::Anchor& anchor, SecretBytes ml_kem_seed);

  ByteView public_key() const override { return public_key_.view(); }

  Result<SecretBytes> Dh(ByteView peer) const override;
  Result<SecretBytes> DecapsulateMlKem(ByteView ciphertext) const override;

 private:
  DeviceKem(const crypto::Provider& provider, ports::Anchor& anchor, SecretBytes seed, Bytes public_key) noexcept
      : provider_(&provider), anchor_(&anchor), seed_(std::move(seed)), public_key_(std::move(public_key)) {}

  const crypto::Provider* provider_;
  ports::Anchor* anchor_;
  SecretBytes seed_;
  Bytes public_key_;
};

}  // namespace edgekeep::core
