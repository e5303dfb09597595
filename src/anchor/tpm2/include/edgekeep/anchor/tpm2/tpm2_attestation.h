// Tpm2Attestation: what a TPM swears to others about itself, its keys, its counter and what was measured.
#pragma once
#include "edgekeep/anchor/tpm2/tpm2_anchor.h"

namespace edgekeep::anchor {

struct TpmStatement {
  Bytes statement;  // TPMS_ATTEST, as it was signed; it holds the nonce
  Bytes signature;  // r || s of the attestation key over SHA-256 of the statement
};

enum class AttestedKey : std::uint8_t { kIdentity = 1, kKem = 2 };

// Any number of threads. Nonces have at most 32 bytes. That the attestation key is in a genuine chip shows by
// activation: a credential that was made for its name and the endorsement key opens in that chip alone, and the
// endorsement key's certificate is the maker's word. Whoever verifies believes nothing of the rest before.
class Tpm2Attestation {
 public:
  static constexpr std::size_t kMaxNonce = 32;

  // Makes the attestation key. The anchor outlives it.
  static Result<Tpm2Attestation> Create(Tpm2Anchor& anchor);
  Tpm2Attestation(Tpm2Attestation&& other) noexcept;
  ~Tpm2Attestation();

  // Points, and the attestation key's name in the TPM's words, which credentials are made for.
  Result<Bytes> PublicKey() const;
  Result<Bytes> Name() const;
  Result<Bytes> EndorsementKey();
  // DER of the P-256 endorsement key's certificate, as its maker put it into the chip. kNotFound where there is none.
  Result<Bytes> EndorsementCertificate();

  // The secret in a credential (TPM2_MakeCredential's two answers, without their sizes). kDenied for one that was made
  // for another key, another chip, or changed.
  Result<SecretBytes> Activate(ByteView credential, ByteView encrypted_seed);

  // Measures something into a PCR until the machine is started anew. kBadArgument for one that can be reset or is not
  // this locality's (16 to 23), and for those that tell boot states apart: the vault would close.
  Status Measure(std::uint32_t pcr, const Digest& digest);
  Result<TpmStatement> QuotePcrs(std::uint32_t pcrs, ByteView nonce);
  Result<TpmStatement> CertifyKey(AttestedKey key, ByteView nonce);
  // Value and name of the counter that the state root hangs on.
  Result<TpmStatement> CertifyCounter(ByteView nonce);

 private:
  struct Keys;

  Tpm2Attestation(Tpm2Anchor::Parts& anchor, std::unique_ptr<Keys> keys) noexcept;

  Status MakeEndorsementKey();

  Tpm2Anchor::Parts* anchor_;
  std::unique_ptr<Keys> keys_;
};

}  // namespace edgekeep::anchor
