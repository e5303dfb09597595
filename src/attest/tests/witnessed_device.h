// A device and its chip in a test's memory: every byte that it says can be bent.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "edgekeep/attest/enrolment.h"
#include "edgekeep/attest/evidence.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::attest {

using Octets = std::vector<std::uint8_t>;

const crypto::Provider& TestProvider();

inline Octets OctetsOf(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

class SoftKey final : public sealing::SigningKey {
 public:
  SoftKey();

  crypto::AlgorithmId algorithm() const override { return crypto::AlgorithmId::kEcdsaP256Sha256; }

  ByteView public_key() const override { return pair_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override;

  formats::PublicKey as_public() const { return {0x0102, public_key()}; }

 private:
  crypto::KeyPair pair_;
};

// What a chip says in TPMS_ATTEST, field by field.
struct ChipSays {
  std::uint32_t magic = 0xff544347;
  std::uint16_t type = 0x8018;
  Octets qualifying_data;
  formats::ChipClock clock{900'000, 12, 3};
  std::uint64_t firmware = 0x0007'0002;
  Octets attested;  // what follows
};

Octets AttestOf(const ChipSays& says);
Octets QuoteOf(std::uint32_t selected, ByteView digest);
Octets CertifiedOf(ByteView name);
Octets CounterOf(ByteView name, std::uint64_t value);
Octets IdentityNameOf(ByteView point);
Octets CounterName();

// One answer while it is made: what is set in the claims before Seal is quoted, what is changed after it is not.
struct WitnessedDevice {
  WitnessedDevice();

  // Signs by `chip` for the claims as they are.
  void Quote();
  // The evidence's bytes, signed by `identity`.
  Octets Signed() const;

  Octets Answer(const formats::AttestationNonce& nonce) {
    evidence.nonce = nonce;
    Quote();
    return Signed();
  }

  formats::Enrolment Enrolment() const;

  SoftKey identity;
  SoftKey chip;
  SoftKey endorsement;
  ChipSays says;
  // Bend what the chip is asked to say.
  std::function<void(ChipSays& quote, ChipSays& identity, ChipSays& counter)> bend;
  const SoftKey* signs_evidence = &identity;
  const SoftKey* signs_quote = &chip;
  const SoftKey* signs_identity = &chip;
  const SoftKey* signs_counter = &chip;
  formats::Evidence evidence;

 private:
  struct Kept {
    Octets attest, signature;
  };

  formats::TpmStatementView Statement(Kept& kept, const ChipSays& says, const SoftKey& signer);

  Kept quote_, certified_, counter_;
};

DeviceId DeviceIdOf(const SoftKey& identity);

// The values' digest as a quote has it.
Digest DigestOf(const formats::TpmEvidence& tpm);
// Makes the measured PCR's value what the events lead to.
void Measure(formats::Evidence& evidence);

template <typename Object>
Octets EncodedBy(Status (*encode)(const Object&, CborWriter&), const Object& object) {
  Octets bytes(65536);
  CborWriter out(bytes);
  encode(object, out).value();
  bytes.resize(out.written().size());
  return bytes;
}

// The names of the checks that failed.
std::vector<std::string> FailedOf(const Appraisal& appraisal);

}  // namespace edgekeep::attest
