// Objects with one signature: COSE_Sign1 (RFC 9052 §4.2), one fixed shape (spec/attestation.md §2).
#pragma once
#include <string_view>

#include "edgekeep/formats/signed_object.h"

namespace edgekeep::formats {

namespace typ {
inline constexpr std::string_view kEvidence = "edgekeep/evidence";
}  // namespace typ

// Views borrow from what was decoded.
struct Sign1 {
  ByteView payload;
  SignatureEntry entry;
};

// Decodes one COSE_Sign1 (tag 18) whose protected header is exactly {1: algorithm, 4: kid, 16: type}. Nothing is
// verified here. Fails with kMalformed, or kUnsupported for another type.
Result<Sign1> DecodeSign1(std::string_view type, ByteView bytes);
Status EncodeSign1(std::string_view type, const Sign1& object, CborWriter& out);

// Encodes the Sig_structure (RFC 9052 §4.4): what the key signs.
Status EncodeSign1ToBeSigned(std::string_view type, std::int64_t cose_algorithm, const KeyId& kid, ByteView payload,
                             CborWriter& out);

}  // namespace edgekeep::formats
