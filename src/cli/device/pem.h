// What certificates travel in: PEM for people's files, base64 over EST (RFC 7030 §4, RFC 8951 §3), DER.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::cli::device {

// The bytes of one object in any of them. Fails with kMalformed.
Result<std::vector<std::uint8_t>> ReadArmoured(ByteView bytes);

// Base64 between lines that name it ("CERTIFICATE"), or, where there is no name, in one piece: that is what every EST
// server and client can read (strongSwan's reads no line ends).
std::string Armour(std::string_view name, ByteView der);

}  // namespace edgekeep::cli::device
