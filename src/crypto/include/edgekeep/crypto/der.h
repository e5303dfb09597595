// The little DER (X.690) that public keys and signatures come in; every length and integer in its shortest form.
#pragma once
#include <array>
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/reader.h"

namespace edgekeep::crypto {

enum class DerTag : std::uint8_t {
  kInteger = 0x02,
  kBitString = 0x03,
  kNull = 0x05,
  kObjectIdentifier = 0x06,
  kSequence = 0x30,
};

// Returns the contents of the element that comes next, which must have this tag and fewer than 65536 bytes. Fails with
// kMalformed.
Result<ByteView> ReadDer(Reader& reader, DerTag tag);

// Returns the magnitude of a positive INTEGER, without the sign octet. Fails with kMalformed, for zero too.
Result<ByteView> ReadDerPositive(Reader& reader);

// ECDSA-Sig-Value (RFC 3279 §2.2.3) of P-256 as r || s. Fails with kMalformed.
Result<std::array<std::uint8_t, 64>> ReadDerEcdsaP256(ByteView der);

}  // namespace edgekeep::crypto
