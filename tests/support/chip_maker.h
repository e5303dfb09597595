// A maker of chips: an authority of its own, by the tools with which swtpm's users make one, that gives simulated TPMs
// the certificate of their endorsement key (P-256, TCG's template and index).
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "simulated_tpm.h"

namespace edgekeep::test {

class ChipMaker {
 public:
  // In a directory that exists; makes the authority there where it is not yet.
  explicit ChipMaker(std::filesystem::path directory);

  // Its own certificate, PEM: whom a station believes.
  std::filesystem::path certificate() const { return directory_ / "maker.pem"; }

  // The certificate (DER) of an endorsement key, an uncompressed point.
  std::vector<std::uint8_t> Certify(const std::vector<std::uint8_t>& point) const;

  // Writes the certificate of the TPM's own endorsement key into it. Nobody else may be connected to it.
  void Endow(const std::filesystem::path& tpm_socket) const;

 private:
  std::filesystem::path directory_;
};

// The endorsement key of a TPM, as an uncompressed point.
std::vector<std::uint8_t> EndorsementPointOf(const std::filesystem::path& tpm_socket);
void WriteEndorsementCertificate(const std::filesystem::path& tpm_socket, const std::vector<std::uint8_t>& certificate);

}  // namespace edgekeep::test
