// Whether enough distinct keys of a role signed a file.
#pragma once
#include <string_view>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/json/document.h"
#include "metadata_file.h"

namespace edgekeep::release {

// Whose signatures a file needs: "keys" of whoever delegates, and the role's "keyids" and "threshold". Borrows from
// the delegating file.
struct Signers {
  json::Node keys;
  json::Node role;
};

// Whether the role names the key with this id.
bool ListsKey(json::Node role, std::string_view id);

// Of the keys that may sign, and how many must: the same for the same ones, whatever their ids and order.
Result<Digest> DigestOfKeys(const crypto::Provider& provider, const Signers& signers);

// Keys count once, whatever ids they have: an id is a label that the delegating file gives. Signatures of others, of
// unknown types, and bad ones count for nothing. Fails with kBadSignature below the threshold.
Status CheckSigned(const crypto::Provider& provider, const MetadataFile& file, const Signers& signers);

}  // namespace edgekeep::release
