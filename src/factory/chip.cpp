#include "edgekeep/factory/chip.h"

#include <algorithm>
#include <array>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"

namespace edgekeep::factory {
namespace {

constexpr std::size_t kPoint = 65;
constexpr std::uint32_t kFixedAndMadeHere = 0x0002 | 0x0010 | 0x0020;  // to its TPM, to its parent; by its own random
constexpr std::uint32_t kByPassword = 0x0040;
constexpr std::uint32_t kCountsNoFailures = 0x0400;
constexpr std::uint32_t kRestricted = 0x10000;
constexpr std::uint32_t kSigns = 0x40000;
constexpr std::uint32_t kOfTpm = 0xff544347;  // "TCG", which no restricted key signs otherwise
constexpr std::uint16_t kCertify = 0x8017;
constexpr std::size_t kClockInfo = 8 + 4 + 4 + 1;

Status CheckPoint(ByteView point) {
  return point.size() == kPoint && point[0] == 4 ? Status() : Error(ErrorCode::kMalformed, "a key of P-256");
}

Status WriteSized(Writer& out, ByteView bytes) {
  EK_TRY(out.WriteU16BigEndian(static_cast<std::uint16_t>(bytes.size())));
  return out.WriteBytes(bytes);
}

// TPMT_PUBLIC of a key that signs by ECDSA on P-256 over SHA-256, and its name: SHA-256 over that.
Result<Bytes> NameOf(const crypto::Provider& provider, std::uint32_t attributes, ByteView point) {
  EK_TRY(CheckPoint(point));
  std::array<std::uint8_t, 128> area;
  Writer out(area);
  EK_TRY(out.WriteU32BigEndian(0x0023000b));  // ECC, SHA-256
  EK_TRY(out.WriteU32BigEndian(attributes));
  EK_TRY(out.WriteU16BigEndian(0));           // no policy
  EK_TRY(out.WriteU16BigEndian(0x0010));      // no cipher
  EK_TRY(out.WriteU32BigEndian(0x0018000b));  // ECDSA with SHA-256
  EK_TRY(out.WriteU32BigEndian(0x00030010));  // P-256, no derivation
  EK_TRY(WriteSized(out, point.subspan(1, 32)));
  EK_TRY(WriteSized(out, point.last(32)));
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {out.written()}));
  EK_TRY_ASSIGN(Bytes name, Bytes::Allocate(34));
  name.mutable_view()[1] = 0x0b;
  std::ranges::copy(digest.view(), name.mutable_view().last(32).begin());
  return name;
}

std::array<std::uint8_t, 4> BigEndian(std::uint32_t number) {
  return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
          static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

// KDFe (part 1, §11.4.10.3) for one block.
Result<SecretArray<32>> SeedOf(const crypto::Provider& provider, const SecretBytes& shared, ByteView ephemeral,
                               ByteView endorsement) {
  constexpr std::string_view kLabel{"IDENTITY\0", 9};
  SecretArray<32> seed;
  EK_TRY(crypto::HashParts(
      provider, crypto::AlgorithmId::kSha256,
      {BigEndian(1), shared.Reveal(), AsBytes(kLabel), ephemeral.subspan(1, 32), endorsement.subspan(1, 32)},
      seed.RevealForWriting()));
  return seed;
}

// KDFa (part 1, §11.4.10.2) for one block, of which `bits` are taken. `label` ends with a zero.
Result<SecretArray<32>> KeyOf(const crypto::Provider& provider, const SecretArray<32>& seed, std::string_view label,
                              ByteView context, std::uint32_t bits) {
  EK_TRY_ASSIGN(const auto hmac, provider.NewHmac(crypto::AlgorithmId::kSha256, seed.Reveal()));
  EK_TRY(hmac->Update(BigEndian(1)));
  EK_TRY(hmac->Update(AsBytes(label)));
  EK_TRY(hmac->Update(context));
  EK_TRY(hmac->Update(BigEndian(bits)));
  SecretArray<32> key;
  EK_TRY(hmac->Finish(key.RevealForWriting()));
  return key;
}

Result<Bytes> SizedPoint(ByteView point) {
  EK_TRY_ASSIGN(Bytes sized, Bytes::Allocate(2 * (2 + 32)));
  Writer out(sized.mutable_view());
  EK_TRY(WriteSized(out, point.subspan(1, 32)));
  EK_TRY(WriteSized(out, point.last(32)));
  return sized;
}

// Integrity, then the secret, encrypted.
Result<Bytes> WrapSecret(const crypto::Provider& provider, const X509Library& library, const SecretArray<32>& seed,
                         ByteView name, ByteView secret) {
  std::array<std::uint8_t, 34> plain;
  Writer sized(plain);
  EK_TRY(WriteSized(sized, secret));
  EK_TRY_ASSIGN(const SecretArray<32> cipher_key, KeyOf(provider, seed, {"STORAGE\0", 8}, name, 128));
  EK_TRY_ASSIGN(const Bytes encrypted, EncryptCfb(library, ByteView(cipher_key.Reveal()).first(16), plain));
  Wipe(plain);
  EK_TRY_ASSIGN(const SecretArray<32> mac_key, KeyOf(provider, seed, {"INTEGRITY\0", 10}, {}, 256));
  EK_TRY_ASSIGN(const auto hmac, provider.NewHmac(crypto::AlgorithmId::kSha256, mac_key.Reveal()));
  EK_TRY(hmac->Update(encrypted.view()));
  EK_TRY(hmac->Update(name));
  std::array<std::uint8_t, 32> integrity;
  EK_TRY(hmac->Finish(integrity));
  EK_TRY_ASSIGN(Bytes wrapped, Bytes::Allocate(2 + integrity.size() + encrypted.size()));
  Writer out(wrapped.mutable_view());
  EK_TRY(WriteSized(out, integrity));
  EK_TRY(out.WriteBytes(encrypted.view()));
  return wrapped;
}

Result<ByteView> ReadSized(Reader& in) {
  EK_TRY_ASSIGN(const std::uint16_t size, in.ReadU16BigEndian());
  return in.ReadBytes(size);
}

}  // namespace

Result<Bytes> NameOfAttestationKey(const crypto::Provider& provider, ByteView point) {
  return NameOf(provider, kFixedAndMadeHere | kByPassword | kCountsNoFailures | kRestricted | kSigns, point);
}

Result<Bytes> NameOfIdentityKey(const crypto::Provider& provider, ByteView point) {
  return NameOf(provider, kFixedAndMadeHere | kByPassword | kCountsNoFailures | kSigns, point);
}

Result<Credential> MakeCredential(const crypto::Provider& provider, const X509Library& library,
                                  ByteView endorsement_key, ByteView name, ByteView secret) {
  EK_TRY(CheckPoint(endorsement_key));
  if (secret.size() != 32) return Error(ErrorCode::kBadArgument, "a credential's secret");
  EK_TRY_ASSIGN(const crypto::KeyPair ephemeral, provider.GenerateDhKey(crypto::AlgorithmId::kDhKemP256));
  EK_TRY_ASSIGN(const SecretBytes shared,
                provider.Dh(crypto::AlgorithmId::kDhKemP256, ephemeral.private_key.Reveal(), endorsement_key));
  EK_TRY_ASSIGN(const SecretArray<32> seed, SeedOf(provider, shared, ephemeral.public_key.view(), endorsement_key));
  Credential made;
  EK_TRY_ASSIGN(made.encrypted_seed, SizedPoint(ephemeral.public_key.view()));
  EK_TRY_ASSIGN(made.credential, WrapSecret(provider, library, seed, name, secret));
  return made;
}

Status VerifyCertification(const crypto::Provider& provider, ByteView attestation_key,
                           const Certification& certification, ByteView name, ByteView nonce) {
  EK_TRY(provider.Verify(crypto::AlgorithmId::kEcdsaP256Sha256, attestation_key, certification.statement,
                         certification.signature));
  Reader in(certification.statement);
  EK_TRY_ASSIGN(const std::uint32_t magic, in.ReadU32BigEndian());
  EK_TRY_ASSIGN(const std::uint16_t type, in.ReadU16BigEndian());
  if (magic != kOfTpm || type != kCertify) return Error(ErrorCode::kUntrusted, "a statement that certifies no key");
  EK_TRY(ReadSized(in));  // by whom: the signature says it
  EK_TRY_ASSIGN(const ByteView said_nonce, ReadSized(in));
  EK_TRY(in.ReadBytes(kClockInfo + 8));  // clock and firmware, which are another's to judge
  EK_TRY_ASSIGN(const ByteView said_name, ReadSized(in));
  EK_TRY(ReadSized(in));  // below which parent
  EK_TRY(in.ExpectEnd());
  if (!Equal(said_nonce, nonce)) return Error(ErrorCode::kUntrusted, "a statement for another nonce");
  return Equal(said_name, name) ? Status() : Error(ErrorCode::kUntrusted, "a statement about another key");
}

}  // namespace edgekeep::factory
