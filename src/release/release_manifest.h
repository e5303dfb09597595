// release.json on a device (spec/release-metadata.md §2). Its digest comes first: what is read here, approvers signed.
#pragma once
#include "edgekeep/json/document.h"

namespace edgekeep::release {

Result<json::Document> ParseReleaseManifest(ByteView bytes);

// Among its files is this one.
bool NamesFile(json::Node manifest, std::string_view path, std::string_view kind, std::string_view sha256,
               std::uint64_t size);

}  // namespace edgekeep::release
