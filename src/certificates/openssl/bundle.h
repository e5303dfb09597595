// AttestationBundle with one conceptual message.
#pragma once
#include <string_view>

#include "handles.h"

namespace edgekeep::certificates {

inline constexpr std::string_view kEvidenceType = "application/eat+cwt", kChallengeType = "application/cbor";

// DER. `type`: of the message, a media type.
Result<Bytes> EncodeBundle(std::string_view type, ByteView message);
// Certificates beside the statement are passed over. Fails with kMalformed.
Result<Bytes> ReadBundle(std::string_view type, const ASN1_TYPE& bundle);

}  // namespace edgekeep::certificates
