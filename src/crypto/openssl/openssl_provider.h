// The class behind NewOpenSslProvider; each .cpp of this directory defines the functions of one idea.
#pragma once
#include <memory>

#include "edgekeep/crypto/provider.h"
#include "library.h"

namespace edgekeep::crypto {

class OpenSslProvider final : public Provider {
 public:
  explicit OpenSslProvider(Library library) noexcept : library_(std::move(library)) {}

  Status Random(MutableByteView out) const override;

  Result<std::unique_ptr<HashState>> NewHash(AlgorithmId hash) const override;
  Result<std::unique_ptr<HashState>> NewHmac(AlgorithmId hash, ByteView key) const override;
  Result<std::unique_ptr<AeadState>> NewAead(AlgorithmId aead, ByteView key) const override;

  Status HkdfExtract(AlgorithmId kdf, ByteView salt, ByteView input_key, MutableByteView prk) const override;
  Status HkdfExpand(AlgorithmId kdf, ByteView prk, ByteView info, MutableByteView out) const override;
  Status Argon2id(ByteView password, ByteView salt, std::uint32_t memory_kib, std::uint32_t passes, std::uint32_t lanes,
                  MutableByteView out) const override;

  Result<KeyPair> GenerateSigningKey(AlgorithmId signature) const override;
  Result<Bytes> PublicKeyOf(AlgorithmId algorithm, ByteView private_key) const override;
  Result<Bytes> Sign(AlgorithmId signature, ByteView private_key, ByteView message) const override;
  Status Verify(AlgorithmId signature, ByteView public_key, ByteView message, ByteView sig) const override;

  Result<KeyPair> GenerateDhKey(AlgorithmId kem) const override;
  Result<SecretBytes> Dh(AlgorithmId kem, ByteView private_key, ByteView peer_public_key) const override;
  Status CheckDhPublicKey(AlgorithmId kem, ByteView public_key) const override;

  Result<KeyPair> GenerateKemKey(AlgorithmId kem) const override;
  Result<Encapsulation> Encapsulate(AlgorithmId kem, ByteView public_key) const override;
  Result<SecretBytes> Decapsulate(AlgorithmId kem, ByteView private_key, ByteView ciphertext) const override;

 private:
  Result<KeyPair> GenerateKey(const Algorithm& algorithm) const;

  Library library_;
};

}  // namespace edgekeep::crypto
