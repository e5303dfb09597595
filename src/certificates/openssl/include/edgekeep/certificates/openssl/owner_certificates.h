// The OwnerCertificates of OpenSSL ≥ 3.5.
#pragma once
#include <memory>

#include "edgekeep/ports/owner_certificates.h"

namespace edgekeep::certificates {

// id-aa-attestation: the attribute of requests that has evidence, and of csrattrs that has a challenge for it likewise.
inline constexpr const char* kEvidenceAttribute = "1.2.840.113549.1.9.16.2.59";

// Fails with kNoMemory or kUnsupported.
Result<std::unique_ptr<ports::OwnerCertificates>> NewOpenSslCertificates();

}  // namespace edgekeep::certificates
