// What certificates travel in: PEM for people's files, base64 with line ends over EST (RFC 7030 §4), DER.
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

// Base64 in lines of 64 characters, between lines that name it where there is a name ("CERTIFICATE").
std::string Armour(std::string_view name, ByteView der);

}  // namespace edgekeep::cli::device
