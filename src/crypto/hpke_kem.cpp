#include "hpke_kem.h"

#include <algorithm>
#include <array>

#include "edgekeep/crypto/digest.h"
#include "hpke_kdf.h"

namespace edgekeep::crypto {
namespace {

// P-521's, uncompressed.
constexpr std::size_t kMaxPointSize = 133;

// Both the public key and the encapsulated key of a hybrid are the ML-KEM part, then the P-256 point.
struct Halves {
  ByteView ml_kem;
  ByteView point;
};

// Requires bytes.size() >= the size of the KEM's point.
Halves Split(const HpkeKem& kem, ByteView bytes, std::size_t point_size) {
  if (kem.ml_kem == AlgorithmId::kNone) return {.ml_kem = {}, .point = bytes};
  return {.ml_kem = bytes.first(bytes.size() - point_size), .point = bytes.last(point_size)};
}

Result<std::size_t> PointSize(const HpkeKem& kem) {
  EK_TRY_ASSIGN(const Algorithm dh, FindAlgorithm(kem.dh));
  return std::size_t{dh.public_size};
}

// RFC 9180 §7.1.4 for X25519; on the other curves a zero coordinate has negligible probability. Looks at every byte.
Status RefuseZero(ByteView secret) {
  std::uint8_t seen = 0;
  for (const std::uint8_t byte : secret) seen = static_cast<std::uint8_t>(seen | byte);
  if (seen == 0) return Error(ErrorCode::kMalformed, "zero shared secret");
  return {};
}

// RFC 9180 §4.1 ExtractAndExpand with kem_context = enc || pkR.
Result<SecretBytes> ExtractAndExpand(const Provider& provider, const HpkeKem& kem, ByteView dh, ByteView enc,
                                     ByteView public_key) {
  EK_TRY_ASSIGN(const HpkeKdf kdf, HpkeKdf::ForKem(provider, kem.kdf, kem.number));
  SecretArray<kMaxDigestSize> extracted;
  const MutableByteView prk = MutableByteView(extracted.RevealForWriting()).first(kdf.hash_size());
  EK_TRY(kdf.LabeledExtract({}, "eae_prk", dh, prk));
  std::array<std::uint8_t, 2 * kMaxPointSize> kem_context{};
  const auto middle = std::copy(enc.begin(), enc.end(), kem_context.begin());
  std::copy(public_key.begin(), public_key.end(), middle);
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(kem.algorithm.secret_size));
  EK_TRY(kdf.LabeledExpand(prk, "shared_secret", ByteView(kem_context).first(enc.size() + public_key.size()),
                           secret.RevealForWriting()));
  return secret;
}

// The combiner of MLKEM768-P256: SHA3-256(ss_PQ || ss_T || ct_T || ek_T || label).
Result<SecretBytes> Combine(const Provider& provider, ByteView ml_kem_secret, ByteView dh, ByteView ephemeral_point,
                            ByteView static_point) {
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(32));
  EK_TRY(HashParts(provider, AlgorithmId::kSha3_256,
                   {ml_kem_secret, dh, ephemeral_point, static_point, AsBytes("MLKEM768-P256")},
                   secret.RevealForWriting()));
  return secret;
}

Result<Encapsulation> EncapsulateHybrid(const Provider& provider, const HpkeKem& kem, const Halves& recipient,
                                        const KeyPair& ephemeral, const SecretBytes& dh) {
  EK_TRY_ASSIGN(const Encapsulation ml_kem, provider.Encapsulate(kem.ml_kem, recipient.ml_kem));
  Encapsulation made;
  EK_TRY_ASSIGN(made.ciphertext, Bytes::Allocate(kem.algorithm.output_size));
  const ByteView ciphertext = ml_kem.ciphertext.view();
  const ByteView point = ephemeral.public_key.view();
  if (ciphertext.size() + point.size() != made.ciphertext.size()) return Error(ErrorCode::kInternal, "KEM size");
  const auto middle = std::copy(ciphertext.begin(), ciphertext.end(), made.ciphertext.mutable_view().begin());
  std::copy(point.begin(), point.end(), middle);
  EK_TRY_ASSIGN(made.shared_secret,
                Combine(provider, ml_kem.shared_secret.Reveal(), dh.Reveal(), point, recipient.point));
  return made;
}

}  // namespace

Result<Encapsulation> HpkeEncapsulate(const Provider& provider, const HpkeKem& kem, ByteView public_key) {
  if (public_key.size() != kem.algorithm.public_size) return Error(ErrorCode::kMalformed, "HPKE public key size");
  EK_TRY_ASSIGN(const std::size_t point_size, PointSize(kem));
  const Halves recipient = Split(kem, public_key, point_size);
  EK_TRY_ASSIGN(KeyPair ephemeral, provider.GenerateDhKey(kem.dh));
  EK_TRY_ASSIGN(const SecretBytes dh, provider.Dh(kem.dh, ephemeral.private_key.Reveal(), recipient.point));
  EK_TRY(RefuseZero(dh.Reveal()));
  if (kem.ml_kem != AlgorithmId::kNone) return EncapsulateHybrid(provider, kem, recipient, ephemeral, dh);
  Encapsulation made;
  EK_TRY_ASSIGN(made.shared_secret,
                ExtractAndExpand(provider, kem, dh.Reveal(), ephemeral.public_key.view(), public_key));
  made.ciphertext = std::move(ephemeral.public_key);
  return made;
}

Status CheckEncapsulatedKey(const Provider& provider, const HpkeKem& kem, ByteView enc) {
  if (enc.size() != kem.algorithm.output_size) return Error(ErrorCode::kMalformed, "HPKE encapsulated key size");
  EK_TRY_ASSIGN(const std::size_t point_size, PointSize(kem));
  return provider.CheckDhPublicKey(kem.dh, Split(kem, enc, point_size).point);
}

Result<SecretBytes> HpkeDecapsulate(const Provider& provider, const HpkeKem& kem, const HpkeRecipient& recipient,
                                    ByteView enc) {
  EK_TRY_ASSIGN(const std::size_t point_size, PointSize(kem));
  const Halves sent = Split(kem, enc, point_size);
  EK_TRY_ASSIGN(const SecretBytes dh, recipient.Dh(sent.point));
  EK_TRY(RefuseZero(dh.Reveal()));
  if (kem.ml_kem == AlgorithmId::kNone) {
    return ExtractAndExpand(provider, kem, dh.Reveal(), enc, recipient.public_key());
  }
  EK_TRY_ASSIGN(const SecretBytes ml_kem, recipient.DecapsulateMlKem(sent.ml_kem));
  return Combine(provider, ml_kem.Reveal(), dh.Reveal(), sent.point,
                 Split(kem, recipient.public_key(), point_size).point);
}

}  // namespace edgekeep::crypto
