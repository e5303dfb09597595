#include "edgekeep/attest/credential.h"

#include <algorithm>

#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"

namespace edgekeep::attest {
namespace {

constexpr crypto::AlgorithmId kCurve = crypto::AlgorithmId::kDhKemP256;
constexpr crypto::AlgorithmId kHash = crypto::AlgorithmId::kSha256;
constexpr std::size_t kSecretSize = 32;
constexpr std::array<std::uint8_t, 1> kEndOfText = {0};

Status Mac(const crypto::Provider& provider, ByteView key, std::initializer_list<ByteView> parts, MutableByteView out) {
  EK_TRY_ASSIGN(const auto mac, provider.NewHmac(kHash, key));
  for (const ByteView part : parts) EK_TRY(mac->Update(part));
  return mac->Finish(out);
}

// KDFa for at most one block: HMAC(key, 1 || label || 0 || context || bits).
Result<SecretArray<32>> KdfA(const crypto::Provider& provider, ByteView key, std::string_view label, ByteView context,
                             std::uint32_t bits) {
  std::array<std::uint8_t, 4> counter{}, size{};
  EK_TRY(Writer(counter).WriteU32BigEndian(1));
  EK_TRY(Writer(size).WriteU32BigEndian(bits));
  SecretArray<32> out;
  EK_TRY(Mac(provider, key, {counter, AsBytes(label), kEndOfText, context, size}, out.RevealForWriting()));
  return out;
}

// KDFe for one block: H(1 || Z || use || 0 || x of the ephemeral key || x of the other one).
Result<SecretArray<32>> KdfE(const crypto::Provider& provider, const SecretBytes& z, ByteView ephemeral,
                             ByteView peer) {
  std::array<std::uint8_t, 4> counter{};
  EK_TRY(Writer(counter).WriteU32BigEndian(1));
  SecretArray<32> out;
  EK_TRY(crypto::HashParts(
      provider, kHash,
      {counter, z.Reveal(), AsBytes("IDENTITY"), kEndOfText, ephemeral.subspan(1, 32), peer.subspan(1, 32)},
      out.RevealForWriting()));
  return out;
}

Result<Bytes> SeedBlob(ByteView ephemeral) {
  EK_TRY_ASSIGN(Bytes blob, Bytes::Allocate(2 * (2 + 32)));
  Writer out(blob.mutable_view());
  for (const ByteView number : {ephemeral.subspan(1, 32), ephemeral.last(32)}) {
    EK_TRY(out.WriteU16BigEndian(32));
    EK_TRY(out.WriteBytes(number));
  }
  return blob;
}

// The integrity value with its size, then the secret with its size, encrypted.
Result<Bytes> CredentialBlob(const crypto::Provider& provider, const crypto::CredentialCipher& cipher,
                             const SecretArray<32>& seed, const ChipName& name, const SecretBytes& secret) {
  EK_TRY_ASSIGN(Bytes blob, Bytes::Allocate(2 + 32 + 2 + kSecretSize));
  const MutableByteView encrypted = blob.mutable_view().last(2 + kSecretSize);
  EK_TRY_ASSIGN(const SecretArray<32> key, KdfA(provider, seed.Reveal(), "STORAGE", name, 128));
  Writer inner(encrypted);
  EK_TRY(inner.WriteU16BigEndian(kSecretSize));
  EK_TRY(inner.WriteBytes(secret.Reveal()));
  EK_TRY(cipher.Encrypt(key.Reveal().first(16), encrypted));
  EK_TRY_ASSIGN(const SecretArray<32> mac_key, KdfA(provider, seed.Reveal(), "INTEGRITY", {}, 256));
  EK_TRY(Writer(blob.mutable_view().first(2)).WriteU16BigEndian(32));
  EK_TRY(Mac(provider, mac_key.Reveal(), {encrypted, name}, blob.mutable_view().subspan(2, 32)));
  return blob;
}

}  // namespace

Result<MadeCredential> MakeCredential(const crypto::Provider& provider, const crypto::CredentialCipher& cipher,
                                      ByteView endorsement_key, const ChipName& name, const SecretBytes& secret) {
  if (secret.size() != kSecretSize) return Error(ErrorCode::kBadArgument, "credential: size of the secret");
  EK_TRY(provider.CheckDhPublicKey(kCurve, endorsement_key));
  EK_TRY_ASSIGN(const crypto::KeyPair ephemeral, provider.GenerateDhKey(kCurve));
  EK_TRY_ASSIGN(const SecretBytes z, provider.Dh(kCurve, ephemeral.private_key.Reveal(), endorsement_key));
  EK_TRY_ASSIGN(const SecretArray<32> seed, KdfE(provider, z, ephemeral.public_key.view(), endorsement_key));
  MadeCredential made;
  EK_TRY_ASSIGN(made.blob, CredentialBlob(provider, cipher, seed, name, secret));
  EK_TRY_ASSIGN(made.seed, SeedBlob(ephemeral.public_key.view()));
  return made;
}

}  // namespace edgekeep::attest
