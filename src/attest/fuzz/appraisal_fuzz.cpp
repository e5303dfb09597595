// Whatever comes in for evidence or for a chip's statement: an error or checks that fail, never an abort or a hang. No
// key is known by which anything could be signed rightly.
#include <cstddef>
#include <cstdint>

#include "edgekeep/attest/enrolment.h"
#include "edgekeep/attest/tpm_statement.h"
#include "edgekeep/base/check.h"
#include "edgekeep/crypto/openssl/provider.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  static const auto provider = crypto::NewOpenSslProvider().value();
  static const auto key = provider->GenerateSigningKey(crypto::AlgorithmId::kEcdsaP256Sha256).value();
  const ByteView bytes(data, size);
  static_cast<void>(attest::DecodeTpmStatement(bytes).has_value());
  static_cast<void>(attest::VerifyAttestationKeys(*provider, bytes).has_value());
  const formats::Challenge challenge{};
  const formats::Enrolment enrolment{
      .anchor = formats::AnchorKind::kTpm2,
      .identity = {0x0102, key.public_key.view()},
      .chip = formats::EnrolledChip{.attestation = key.public_key.view(), .endorsement = key.public_key.view()}};
  static const formats::AppraisalPolicy policy;
  const auto appraisal = attest::Appraise(*provider, {bytes, challenge, enrolment, policy, {}});
  if (appraisal) EK_CHECK(!(*appraisal)->Believe());
  return 0;
}
