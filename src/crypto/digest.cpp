#include "edgekeep/crypto/digest.h"

#include <array>

namespace edgekeep::crypto {

Status HashParts(const Provider& provider, AlgorithmId hash, std::initializer_list<ByteView> parts,
                 MutableByteView out) {
  EK_TRY_ASSIGN(const auto state, provider.NewHash(hash));
  for (const ByteView part : parts) EK_TRY(state->Update(part));
  return state->Finish(out);
}

Result<Digest> Sha256(const Provider& provider, std::initializer_list<ByteView> parts) {
  Digest digest;
  EK_TRY(HashParts(provider, AlgorithmId::kSha256, parts, digest.mutable_view()));
  return digest;
}

Result<SecretArray<32>> DeriveKey(const Provider& provider, ByteView input_key, ByteView salt, ByteView info) {
  SecretArray<32> prk;
  SecretArray<32> key;
  EK_TRY(provider.HkdfExtract(AlgorithmId::kHkdfSha256, salt, input_key, prk.RevealForWriting()));
  EK_TRY(provider.HkdfExpand(AlgorithmId::kHkdfSha256, prk.Reveal(), info, key.RevealForWriting()));
  return key;
}

Result<KeyId> KeyIdOf(const Provider& provider, AlgorithmId algorithm, ByteView public_key) {
  const auto number = static_cast<std::uint16_t>(algorithm);
  const std::array<std::uint8_t, 2> prefix = {static_cast<std::uint8_t>(number >> 8),
                                              static_cast<std::uint8_t>(number & 0xff)};
  EK_TRY_ASSIGN(const Digest digest, Sha256(provider, {prefix, public_key}));
  return KeyId::From(digest.view());
}

}  // namespace edgekeep::crypto
