// The OwnerCertificates of OpenSSL ≥ 3.5.
#pragma once
#include <memory>

#include "edgekeep/ports/owner_certificates.h"

namespace edgekeep::certificates {

// id-aa-attestation: the attribute of requests that has evidence, and of csrattrs that has a challenge for it likewise.
inline constexpr const char* kEvidenceAttribute = "1.2.840.113549.1.9.16.2.59";

// The extended key usage of who signs transfers for an owner's authority.
inline constexpr const char* kTransferUse = "1.3.6.1.4.1.99999.2.2";

// Fails with kNoMemory or kUnsupported.
Result<std::unique_ptr<ports::OwnerCertificates>> NewOpenSslCertificates();

}  // namespace edgekeep::certificates
