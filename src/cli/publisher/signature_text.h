// Signatures and what came of verifying them, in words and in JSON.
#pragma once
#include <string>

#include "edgekeep/author/inspect.h"
#include "edgekeep/json/value.h"

namespace edgekeep::cli::publisher {

json::Array ToJson(const std::vector<author::SignatureView>& signatures);
// One indented line for each.
std::string ToText(const std::vector<author::SignatureView>& signatures);

// False, or an object that names the trust bundle.
json::Value VerificationToJson(const std::optional<author::Verification>& verified);
// `role` is who had to sign: "author", "licensor".
std::string VerificationToText(const std::optional<author::Verification>& verified, const std::string& role);

}  // namespace edgekeep::cli::publisher
