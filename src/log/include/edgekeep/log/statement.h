// Statements: signed objects over contents of entries (spec/log-entries.md §4).
#pragma once
#include <optional>
#include <span>
#include <string>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::log {

// The name of the holder who signed exactly this content in every required class. Nobody where the statement is
// missing, damaged, about another content, of one class only, or a stranger's: what is not proven was not said.
std::optional<std::string> SignerOf(const crypto::Provider& provider, ByteView content, ByteView statement,
                                    std::span<const formats::Holder> holders,
                                    std::span<const std::uint8_t> required_classes);

}  // namespace edgekeep::log
