// The OwnerCertificates of OpenSSL ≥ 3.5.
#pragma once
#include <memory>

#include "edgekeep/ports/owner_certificates.h"

namespace edgekeep::certificates {

// The attribute of requests that has evidence (an OCTET STRING), and of csrattrs that has a challenge for it likewise.
inline constexpr const char* kEvidenceAttribute = "1.3.6.1.4.1.99999.2.1";

// Fails with kNoMemory or kUnsupported.
Result<std::unique_ptr<ports::OwnerCertificates>> NewOpenSslCertificates();

}  // namespace edgekeep::certificates
