// A device's owner: whose authority it believes, and the credential by which that owner's services know it
// (spec/owner-credential.md). The state's mutex is held.
#pragma once
#include "edgekeep/base/secret.h"
#include "edgekeep/formats/evidence.h"
#include "edgekeep/formats/owner_credential.h"
#include "state.h"

namespace edgekeep::keep {

// The owner, their credential, its key and whatever was asked of them are gone in one step, for good: for whoever has
// verified that the device changes hands. Nothing to do where there is none.
Status DropOwner(KeepState& state);

// The certificate that counts, and what its key is made of.
struct OwnerKey {
  Bytes bytes;
  formats::OwnerCredential credential;  // borrows from them
  SecretArray<32> salt;
};

// Fails with kNotFound, and with kExpired for one whose time is over.
Result<OwnerKey> OpenOwnerKey(KeepState& state);

// The key that a certificate was asked for, where an answer is awaited.
Status ClaimOwnerKey(KeepState& state, formats::Evidence& evidence);

// SHA-256.
Result<Digest> DigestOf(const KeepState& state, ByteView bytes);

}  // namespace edgekeep::keep
