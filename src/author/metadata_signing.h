// Signatures of release metadata as text.
#pragma once
#include "edgekeep/author/release_keys.h"
#include "metadata_json.h"

namespace edgekeep::author {

// An array of {"keyid", "sig"}: one of each of the holder's keys.
Outcome<json::Array> SignaturesOver(const Context& context, json::Node content, const ReleaseKeys& keys);

}  // namespace edgekeep::author
