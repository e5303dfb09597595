// Objects with one signature, by one key that hardware holds (spec/attestation.md §2).
#pragma once
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::sealing {

// Signs `payload` as `type` (formats::typ).
Result<Bytes> SignByOneKey(const crypto::Provider& provider, std::string_view type, ByteView payload,
                           const SigningKey& key);

// Returns the payload, which borrows from `bytes`. Fails with kUntrusted (another key signed), kBadSignature, or as
// formats::DecodeSign1 does.
Result<ByteView> VerifyByOneKey(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                const formats::PublicKey& key);

}  // namespace edgekeep::sealing
