// Names of metadata files: a role's name percent-encoded, so that no role can name a path.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "edgekeep/base/inline_string.h"
#include "edgekeep/ports/metadata_store.h"
#include "edgekeep/release/limits.h"

namespace edgekeep::release {

using EncodedRole = InlineString<kMaxEncodedRole>;
using StoredName = InlineString<ports::kMaxMetadataName>;
// A version has at most 19 digits.
using FetchedName = InlineString<ports::kMaxMetadataName + 20>;

// Everything but letters, digits and "-._~" becomes "%XX". Fails with kTooLarge, and with kMalformed for no name.
Result<EncodedRole> EncodeRole(std::string_view role);

// "role.json".
StoredName StoredNameOf(const EncodedRole& role);

// "12.role.json", or without a version "role.json".
FetchedName FetchedNameOf(std::optional<std::uint64_t> version, const EncodedRole& role);

}  // namespace edgekeep::release
