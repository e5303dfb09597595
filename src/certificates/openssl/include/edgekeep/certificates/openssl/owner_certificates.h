// The OwnerCertificates of OpenSSL ≥ 3.5.
#pragma once
#include <memory>

#include "edgekeep/ports/owner_certificates.h"

namespace edgekeep::certificates {

// The attribute of requests that has evidence (an OCTET STRING), and of csrattrs that has a challenge for it likewise.
inline constexpr const char* kEvidenceAttribute = "2.25.289801815433189696999273651295217373470";

// Fails with kNoMemory or kUnsupported.
Result<std::unique_ptr<ports::OwnerCertificates>> NewOpenSslCertificates();

}  // namespace edgekeep::certificates
