// Tpm2Attestation: what a TPM swears to others about itself, its keys, its counter and what was measured.
#pragma once
#include "edgekeep/anchor/tpm2/tpm2_anchor.h"
#include "edgekeep/ports/attestor.h"

namespace edgekeep::anchor {

enum class AttestedKey : std::uint8_t { kIdentity = 1, kKem = 2 };

// The attestation key is a primary key of the endorsement hierarchy: only so do statements say firmware and counts as
// they are. That it is in a genuine chip shows by activation: a credential that was made for its name and the
// endorsement key opens in that chip alone, and the endorsement key's certificate is the maker's word. Whoever verifies
// believes nothing of the rest before.
class Tpm2Attestation final : public ports::Attestor {
 public:
  static constexpr std::size_t kMaxQualifyingData = 32;

  // Makes the attestation key. The anchor outlives it.
  static Result<Tpm2Attestation> Create(Tpm2Anchor& anchor);
  Tpm2Attestation(Tpm2Attestation&& other) noexcept;
  ~Tpm2Attestation() override;

  Result<Bytes> AttestationKey() override;
  // The attestation key's name in the TPM's words, which credentials are made for.
  Result<Bytes> Name() const;
  Result<Bytes> EndorsementKey() override;
  Result<Bytes> EndorsementCertificate() override;
  Result<SecretBytes> Activate(ByteView credential, ByteView encrypted_seed) override;

  Result<ports::ChipFacts> Chip() override;
  Status MeasureEvent(ByteView event) override;
  Result<ports::Measurements> ReadMeasurements() override;
  Result<ports::SignedStatement> Quote(ByteView qualifying_data) override;

  Result<ports::SignedStatement> CertifyIdentity(ByteView qualifying_data) override {
    return CertifyKey(AttestedKey::kIdentity, qualifying_data);
  }

  Result<ports::SignedStatement> CertifyCounter(ByteView qualifying_data) override;

  // Measures something into a PCR until the machine is started anew. kBadArgument for one that can be reset or is not
  // this locality's (16 to 23), and for those that tell boot states apart: the vault would close.
  Status Measure(std::uint32_t pcr, const Digest& digest);
  Result<ports::SignedStatement> QuotePcrs(std::uint32_t pcrs, ByteView qualifying_data);
  // kBadState for a KEM key that nobody asked the anchor for.
  Result<ports::SignedStatement> CertifyKey(AttestedKey key, ByteView qualifying_data);

 private:
  struct Keys;

  Tpm2Attestation(Tpm2Anchor::Parts& anchor, std::unique_ptr<Keys> keys) noexcept;

  Status MakeEndorsementKey();
  Status ExtendPcr(std::uint32_t pcr, const Digest& digest);
  Result<std::uint32_t> BootPcrs();

  Tpm2Anchor::Parts* anchor_;
  std::unique_ptr<Keys> keys_;
};

}  // namespace edgekeep::anchor
