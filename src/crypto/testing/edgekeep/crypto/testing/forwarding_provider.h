// A Provider that asks another one: fakes override what they change.
#pragma once
#include "edgekeep/crypto/provider.h"

namespace edgekeep::crypto::test {

class ForwardingProvider : public Provider {
 public:
  explicit ForwardingProvider(const Provider& real) : real_(real) {}

  Status Random(MutableByteView out) const override { return real_.Random(out); }

  Result<std::unique_ptr<HashState>> NewHash(AlgorithmId hash) const override { return real_.NewHash(hash); }

  Result<std::unique_ptr<HashState>> NewHmac(AlgorithmId hash, ByteView key) const override {
    return real_.NewHmac(hash, key);
  }

  Result<std::unique_ptr<AeadState>> NewAead(AlgorithmId aead, ByteView key) const override {
    return real_.NewAead(aead, key);
  }

  Status HkdfExtract(AlgorithmId kdf, ByteView salt, ByteView input_key, MutableByteView prk) const override {
    return real_.HkdfExtract(kdf, salt, input_key, prk);
  }

  Status HkdfExpand(AlgorithmId kdf, ByteView prk, ByteView info, MutableByteView out) const override {
    return real_.HkdfExpand(kdf, prk, info, out);
  }

  Status Argon2id(ByteView password, ByteView salt, std::uint32_t memory_kib, std::uint32_t passes, std::uint32_t lanes,
                  MutableByteView out) const override {
    return real_.Argon2id(password, salt, memory_kib, passes, lanes, out);
  }

  Result<KeyPair> GenerateSigningKey(AlgorithmId signature) const override {
    return real_.GenerateSigningKey(signature);
  }

  Result<Bytes> PublicKeyOf(AlgorithmId algorithm, ByteView private_key) const override {
    return real_.PublicKeyOf(algorithm, private_key);
  }

  Result<Bytes> Sign(AlgorithmId signature, ByteView private_key, ByteView message) const override {
    return real_.Sign(signature, private_key, message);
  }

  Status Verify(AlgorithmId signature, ByteView public_key, ByteView message, ByteView sig) const override {
    return real_.Verify(signature, public_key, message, sig);
  }

  Result<KeyPair> GenerateDhKey(AlgorithmId kem) const override { return real_.GenerateDhKey(kem); }

  Result<SecretBytes> Dh(AlgorithmId kem, ByteView private_key, ByteView peer_public_key) const override {
    return real_.Dh(kem, private_key, peer_public_key);
  }

  Status CheckDhPublicKey(AlgorithmId kem, ByteView public_key) const override {
    return real_.CheckDhPublicKey(kem, public_key);
  }

  Result<KeyPair> GenerateKemKey(AlgorithmId kem) const override { return real_.GenerateKemKey(kem); }

  Result<Encapsulation> Encapsulate(AlgorithmId kem, ByteView public_key) const override {
    return real_.Encapsulate(kem, public_key);
  }

  Result<SecretBytes> Decapsulate(AlgorithmId kem, ByteView private_key, ByteView ciphertext) const override {
    return real_.Decapsulate(kem, private_key, ciphertext);
  }

 protected:
  const Provider& real_;
};

}  // namespace edgekeep::crypto::test
