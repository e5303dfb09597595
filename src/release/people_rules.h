// What metadata may say about people, whoever signed it (spec/release-metadata.md §1).
#pragma once
#include "edgekeep/crypto/provider.h"
#include "metadata_file.h"

namespace edgekeep::release {

// Nobody's where the key says none, or something that is no name.
std::string_view HolderNamedBy(json::Node key);

// Of a root: each of its keys is one that a role lists; no key has two holders in whatever roles; recovery keys have
// the role `root` alone, and fewer holders than its threshold. Fails with kMalformed, kTooLarge.
Status CheckPeopleOfRoot(const crypto::Provider& provider, const MetadataFile& root);

// Of targets that delegate: no key has two holders in whatever roles, recovery keys have none.
Status CheckPeopleOfDelegations(const crypto::Provider& provider, const MetadataFile& targets);

}  // namespace edgekeep::release
