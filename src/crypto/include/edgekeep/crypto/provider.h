// Provider: the cryptographic primitives that a library (crypto/openssl) or a TEE (crypto/gp) supplies.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/algorithm.h"

namespace edgekeep::crypto {

// A running hash or HMAC. One thread at a time; Finish ends it.
class HashState {
 public:
  virtual ~HashState() = default;
  virtual Status Update(ByteView bytes) = 0;
  // Requires out.size() == the digest's size.
  virtual Status Finish(MutableByteView out) = 0;
};

// One AEAD key, ready for many messages. One thread at a time: make one per thread.
// `nonce` has kAeadNonceSize bytes. In-place use (equal data pointers) is allowed.
class AeadState {
 public:
  virtual ~AeadState() = default;
  // Requires ciphertext.size() == plaintext.size() + kAeadTagSize; the tag comes last.
  virtual Status Seal(ByteView nonce, ByteView aad, ByteView plaintext, MutableByteView ciphertext) = 0;
  // Requires plaintext.size() + kAeadTagSize == ciphertext.size(). Fails with kDenied, and wipes `plaintext`.
  Status Open(ByteView nonce, ByteView aad, ByteView ciphertext, MutableByteView plaintext);

  // Opening by pieces, as they are read: StartOpen, OpenPiece for each in their order, FinishOpen with the tag.
  // Plaintext comes out before its tag is known to be right: whoever takes it uses none of it before FinishOpen has
  // succeeded, and wipes all of it when something fails. FinishOpen fails with kDenied.
  virtual Status StartOpen(ByteView nonce, ByteView aad) = 0;
  // Requires plaintext.size() == ciphertext.size().
  virtual Status OpenPiece(ByteView ciphertext, MutableByteView plaintext) = 0;
  virtual Status FinishOpen(ByteView tag) = 0;
};

// A fresh key pair. Private keys are seeds or scalars: Ed25519 seed 32, P-256/P-521 big-endian scalar 32/66, X25519 32,
// ML-DSA seed 32 (FIPS 204 xi), ML-KEM seed 64 (FIPS 203 d || z). Public keys are raw: Ed25519/X25519 32,
// uncompressed SEC1 point for P-256/P-521, FIPS 203/204 encodings.
struct KeyPair {
  SecretBytes private_key;
  Bytes public_key;
};

struct Encapsulation {
  Bytes ciphertext;
  SecretBytes shared_secret;
};

// Thread-safe. Every function fails with kUnsupported for an algorithm it does not have.
class Provider {
 public:
  virtual ~Provider() = default;

  virtual Status Random(MutableByteView out) const = 0;

  virtual Result<std::unique_ptr<HashState>> NewHash(AlgorithmId hash) const = 0;
  virtual Result<std::unique_ptr<HashState>> NewHmac(AlgorithmId hash, ByteView key) const = 0;
  virtual Result<std::unique_ptr<AeadState>> NewAead(AlgorithmId aead, ByteView key) const = 0;

  // HKDF (RFC 5869). `kdf` is kHkdfSha256 or kHkdfSha512. An empty salt means HashLen zero bytes.
  virtual Status HkdfExtract(AlgorithmId kdf, ByteView salt, ByteView input_key, MutableByteView prk) const = 0;
  virtual Status HkdfExpand(AlgorithmId kdf, ByteView prk, ByteView info, MutableByteView out) const = 0;

  // Argon2id (RFC 9106), version 0x13. `memory_kib` of at most 1 GiB.
  virtual Status Argon2id(ByteView password, ByteView salt, std::uint32_t memory_kib, std::uint32_t passes,
                          std::uint32_t lanes, MutableByteView out) const = 0;

  virtual Result<KeyPair> GenerateSigningKey(AlgorithmId signature) const = 0;
  // Derives the public half of a private key made by GenerateSigningKey, GenerateDhKey or GenerateKemKey.
  virtual Result<Bytes> PublicKeyOf(AlgorithmId algorithm, ByteView private_key) const = 0;
  // Signs the message itself (ML-DSA: pure, empty context). ECDSA signatures are r || s.
  virtual Result<Bytes> Sign(AlgorithmId signature, ByteView private_key, ByteView message) const = 0;
  // Fails with kBadSignature, or kMalformed for a public key that is none.
  virtual Status Verify(AlgorithmId signature, ByteView public_key, ByteView message, ByteView sig) const = 0;

  // Diffie-Hellman for kDhKemP256, kDhKemP521 and kDhKemX25519. Off-curve and low-order points fail with kMalformed.
  virtual Result<KeyPair> GenerateDhKey(AlgorithmId kem) const = 0;
  virtual Result<SecretBytes> Dh(AlgorithmId kem, ByteView private_key, ByteView peer_public_key) const = 0;
  virtual Status CheckDhPublicKey(AlgorithmId kem, ByteView public_key) const = 0;

  // ML-KEM (FIPS 203) for kMlKem768 and kMlKem1024; input checks of FIPS 203 §7.2 and §7.3 fail with kMalformed.
  virtual Result<KeyPair> GenerateKemKey(AlgorithmId kem) const = 0;
  virtual Result<Encapsulation> Encapsulate(AlgorithmId kem, ByteView public_key) const = 0;
  virtual Result<SecretBytes> Decapsulate(AlgorithmId kem, ByteView private_key, ByteView ciphertext) const = 0;
};

}  // namespace edgekeep::crypto
