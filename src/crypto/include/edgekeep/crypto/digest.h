// One-shot hashing and key derivation over a Provider.
#pragma once
#include <initializer_list>
#include <span>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"

namespace edgekeep::crypto {

// SHA-256 over the parts, one after the other.
Result<Digest> Sha256(const Provider& provider, std::initializer_list<ByteView> parts);

// A hash of any size: requires out.size() == the digest's size.
Status HashParts(const Provider& provider, AlgorithmId hash, std::initializer_list<ByteView> parts,
                 MutableByteView out);

// HKDF-SHA256, extract and expand in one (RFC 5869), to 32 bytes.
Result<SecretArray<32>> DeriveKey(const Provider& provider, ByteView input_key, ByteView salt, ByteView info);

// The KeyId of a public key: SHA-256(u16 big-endian algorithm || public key).
Result<KeyId> KeyIdOf(const Provider& provider, AlgorithmId algorithm, ByteView public_key);

}  // namespace edgekeep::crypto
