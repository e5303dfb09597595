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
  // `secret`: the salt of the anchor's half || the seed of ML-KEM-768. Fails with kMalformed when it is none.
  static Result<DeviceKem> Create(const crypto::Provider& provider, ports::Anchor& anchor, const SecretBytes& secret);
  // A secret that was never used.
  static Result<SecretBytes> MakeSecret(const crypto::Provider& provider);

  ByteView public_key() const override { return public_key_.view(); }

  Result<SecretBytes> Dh(ByteView peer) const override;
  Result<SecretBytes> DecapsulateMlKem(ByteView ciphertext) const override;

 private:
  DeviceKem(const crypto::Provider& provider, ports::Anchor& anchor, SecretArray<32> salt, SecretBytes seed,
            Bytes public_key) noexcept
      : provider_(&provider),
        anchor_(&anchor),
        salt_(std::move(salt)),
        seed_(std::move(seed)),
        public_key_(std::move(public_key)) {}

  const crypto::Provider* provider_;
  ports::Anchor* anchor_;
  SecretArray<32> salt_;
  SecretBytes seed_;
  Bytes public_key_;
};

}  // namespace edgekeep::core
