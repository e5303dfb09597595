// A device's owner: whose authority it believes, and the credential by which that owner's services know it
// (spec/owner-credential.md). The state's mutex is held.
#pragma once
#include <optional>

#include "edgekeep/base/secret.h"
#include "edgekeep/formats/evidence.h"
#include "edgekeep/formats/owner_credential.h"
#include "edgekeep/formats/ownership.h"
#include "state.h"

namespace edgekeep::keep {

struct StoredOwner {
  Bytes bytes;
  formats::OwnerRecord record;  // borrows from them
};

inline constexpr std::string_view kOwnerObject = "owner";

// None where nobody was named yet. A damaged one is an error, or who spoils it would be asked anew whose device this
// is.
Result<std::optional<StoredOwner>> ReadOwner(KeepState& state);
// As it is stored.
Result<Bytes> EncodeOwner(const formats::OwnerRecord& record);
Status WriteOwner(KeepState& state, const formats::OwnerRecord& record);

// Whether another authority is refused: a certificate of it counts, or the device was handed over to it.
bool OwnerIsSettled(const formats::OwnerRecord& record) noexcept;

// kUnsupported for a keep without them.
Result<ports::OwnerCertificates*> CertificatesOf(KeepState& state);

// The certificate that counts, and what its key is made of.
struct OwnerKey {
  Bytes bytes;
  formats::OwnerCredential credential;  // borrows from them
  SecretArray<32> salt;
};

// Fails with kNotFound, and with kExpired for one whose time is over.
Result<OwnerKey> OpenOwnerKey(KeepState& state);

// None where the device has no owner. Of a damaged record too.
Result<std::optional<formats::Ownership>> OwnershipOf(KeepState& state);

// By an order, whose payload has that digest: owner, certificate, key and authority are gone, whatever is stored of
// them; whoever is named next is the owner. The same order frees it once. Fails with kNotFound where it has none, with
// kWrongVersion where `from` is none of its ownership of now.
Status FreeFromOwner(KeepState& state, const formats::Ownership& from, const Digest& by);

// The key that a certificate was asked for, where an answer is awaited.
Status ClaimOwnerKey(KeepState& state, formats::Evidence& evidence);

// SHA-256.
Result<Digest> DigestOf(const KeepState& state, ByteView bytes);

}  // namespace edgekeep::keep
