#include <algorithm>

#include "edgekeep/crypto/hpke.h"
#include "hpke_numbers.h"

namespace edgekeep::crypto {
namespace {

// The halves of a private key: ML-KEM seed (empty for a classical KEM), then the scalar.
struct PrivateHalves {
  ByteView seed;
  ByteView scalar;
};

Result<PrivateHalves> Split(const HpkeKem& kem, const SecretBytes& private_key) {
  if (private_key.size() != kem.algorithm.private_size) return Error(ErrorCode::kMalformed, "HPKE private key size");
  EK_TRY_ASSIGN(const Algorithm dh, FindAlgorithm(kem.dh));
  const ByteView bytes = private_key.Reveal();
  return PrivateHalves{.seed = bytes.first(bytes.size() - dh.private_size), .scalar = bytes.last(dh.private_size)};
}

Result<Bytes> PublicKeyOf(const Provider& provider, const HpkeKem& kem, const SecretBytes& private_key) {
  EK_TRY_ASSIGN(const PrivateHalves halves, Split(kem, private_key));
  EK_TRY_ASSIGN(Bytes point, provider.PublicKeyOf(kem.dh, halves.scalar));
  if (kem.ml_kem == AlgorithmId::kNone) return point;
  EK_TRY_ASSIGN(const Bytes lattice, provider.PublicKeyOf(kem.ml_kem, halves.seed));
  EK_TRY_ASSIGN(Bytes joined, Bytes::Allocate(lattice.size() + point.size()));
  const ByteView first = lattice.view();
  const ByteView second = point.view();
  const auto middle = std::copy(first.begin(), first.end(), joined.mutable_view().begin());
  std::copy(second.begin(), second.end(), middle);
  return joined;
}

}  // namespace

Result<SoftwareHpkeRecipient> SoftwareHpkeRecipient::FromPrivateKey(const Provider& provider, AlgorithmId kem,
                                                                    SecretBytes private_key) {
  EK_TRY_ASSIGN(const HpkeKem found, FindHpkeKem(kem));
  EK_TRY_ASSIGN(Bytes public_key, PublicKeyOf(provider, found, private_key));
  return SoftwareHpkeRecipient(provider, kem, std::move(private_key), std::move(public_key));
}

Result<SoftwareHpkeRecipient> SoftwareHpkeRecipient::Generate(const Provider& provider, AlgorithmId kem) {
  EK_TRY_ASSIGN(const HpkeKem found, FindHpkeKem(kem));
  EK_TRY_ASSIGN(KeyPair classical, provider.GenerateDhKey(found.dh));
  if (found.ml_kem == AlgorithmId::kNone) return FromPrivateKey(provider, kem, std::move(classical.private_key));
  EK_TRY_ASSIGN(const KeyPair lattice, provider.GenerateKemKey(found.ml_kem));
  EK_TRY_ASSIGN(SecretBytes joined, SecretBytes::Allocate(found.algorithm.private_size));
  const ByteView seed = lattice.private_key.Reveal();
  const ByteView scalar = classical.private_key.Reveal();
  const MutableByteView out = joined.RevealForWriting();
  if (seed.size() + scalar.size() != out.size()) return Error(ErrorCode::kInternal, "HPKE private key size");
  std::copy(scalar.begin(), scalar.end(), std::copy(seed.begin(), seed.end(), out.begin()));
  return FromPrivateKey(provider, kem, std::move(joined));
}

Result<SecretBytes> SoftwareHpkeRecipient::Dh(ByteView peer) const {
  EK_TRY_ASSIGN(const HpkeKem kem, FindHpkeKem(kem_));
  EK_TRY_ASSIGN(const PrivateHalves halves, Split(kem, private_key_));
  return provider_->Dh(kem.dh, halves.scalar, peer);
}

Result<SecretBytes> SoftwareHpkeRecipient::DecapsulateMlKem(ByteView ciphertext) const {
  EK_TRY_ASSIGN(const HpkeKem kem, FindHpkeKem(kem_));
  if (kem.ml_kem == AlgorithmId::kNone) return Error(ErrorCode::kUnsupported, "ML-KEM half");
  EK_TRY_ASSIGN(const PrivateHalves halves, Split(kem, private_key_));
  return provider_->Decapsulate(kem.ml_kem, halves.seed, ciphertext);
}

}  // namespace edgekeep::crypto
