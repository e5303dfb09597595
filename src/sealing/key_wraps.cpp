#include "edgekeep/sealing/key_wraps.h"

#include <algorithm>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/commit_record.h"
#include "edgekeep/formats/labels.h"
#include "edgekeep/formats/limits.h"
#include "labelled_key.h"

namespace edgekeep::sealing {
namespace {

static_assert(kWrappedSlotKeySize == formats::kWrappedSlotKeySize);

using BindingBuffer = std::array<std::uint8_t, 1024>;

// Everything a wrap can fail with looks alike from outside once a secret key was used.
Error Denied(const char* where) {
  return Error(ErrorCode::kDenied, where);
}

// HPKE's associated data of the content key (spec/sealed-file.md §4).
Result<Digest> ContentKeyAad(const crypto::Provider& provider, const ProductName& product, Sequence sequence,
                             const formats::Salt& salt) {
  BindingBuffer buffer;
  CborWriter binding(buffer);
  EK_TRY(formats::EncodeContentKeyBinding(product, sequence, salt, binding));
  return crypto::Sha256(provider, {binding.written()});
}

// The cipher of slot keys: made by both keys together, so that neither the device nor the licence alone opens a slot.
Result<std::unique_ptr<crypto::AeadState>> SlotWrapCipher(const crypto::Provider& provider, const VaultKey& vault,
                                                          const EpochKey& epoch_key, const SlotBinding& binding) {
  SecretArray<64> both;
  std::ranges::copy(vault.key.Reveal(), both.RevealForWriting().begin());
  std::ranges::copy(epoch_key.key.Reveal(), both.RevealForWriting().begin() + 32);
  BindingBuffer buffer;
  CborWriter suffix(buffer);
  EK_TRY(formats::EncodeSlotBinding(binding.product, binding.slot, binding.sequence, suffix));
  EK_TRY_ASSIGN(const SecretArray<32> key,
                DeriveLabelledKey(provider, both.Reveal(), {}, formats::label::kSlot, suffix.written()));
  return provider.NewAead(crypto::AlgorithmId::kAes256Gcm, key.Reveal());
}

Result<std::unique_ptr<crypto::AeadState>> GrantCipher(const crypto::Provider& provider, const EpochKey& epoch_key,
                                                       const formats::Grant& grant) {
  const auto aead = static_cast<crypto::AlgorithmId>(grant.aead);
  EK_TRY_ASSIGN(const crypto::Algorithm algorithm, crypto::FindAlgorithm(aead, crypto::Kind::kAead));
  if (algorithm.secret_size != 32) return Error(ErrorCode::kUnsupported, "grant algorithm");
  EK_TRY_ASSIGN(const SecretArray<32> key,
                DeriveLabelledKey(provider, epoch_key.key.Reveal(), {}, formats::label::kGrantWrap));
  return provider.NewAead(aead, key.Reveal());
}

Result<SecretArray<32>> ToKey(const SecretBytes& bytes) {
  if (bytes.size() != 32) return Denied("wrapped key");
  return SecretArray<32>::CopyOf(bytes.Reveal().first<32>());
}

}  // namespace

Result<crypto::HpkeMessage> WrapContentKeyToLicensor(const crypto::Provider& provider, const crypto::HpkeSuite& suite,
                                                     ByteView licensor_public_key, const ProductName& product,
                                                     Sequence sequence, const formats::Salt& salt,
                                                     const ContentKey& content_key) {
  EK_TRY_ASSIGN(const Digest aad, ContentKeyAad(provider, product, sequence, salt));
  return crypto::HpkeSeal(provider, suite, licensor_public_key, AsBytes(formats::label::kContentKey), aad.view(),
                          content_key.key.Reveal());
}

Result<ContentKey> UnwrapContentKeyAsLicensor(const crypto::Provider& provider, const crypto::HpkeRecipient& licensor,
                                              const formats::SealedHeader& header) {
  EK_TRY_ASSIGN(const crypto::HpkeSuite suite,
                crypto::FindHpkeSuite(static_cast<crypto::HpkeSuiteId>(header.hpke_suite)));
  EK_TRY_ASSIGN(const Digest aad, ContentKeyAad(provider, header.product, header.version.sequence, header.salt));
  EK_TRY_ASSIGN(const SecretBytes opened,
                crypto::HpkeOpen(provider, suite, licensor, header.enc, AsBytes(formats::label::kContentKey),
                                 aad.view(), header.wrapped_key));
  EK_TRY_ASSIGN(SecretArray<32> key, ToKey(opened));
  return ContentKey{std::move(key)};
}

Status WrapContentKey(const crypto::Provider& provider, const EpochKey& epoch_key, const ContentKey& content_key,
                      formats::Grant& grant, std::array<std::uint8_t, 12>& nonce,
                      std::array<std::uint8_t, 48>& wrapped) {
  EK_TRY_ASSIGN(const auto cipher, GrantCipher(provider, epoch_key, grant));
  EK_TRY(provider.Random(nonce));
  BindingBuffer buffer;
  CborWriter binding(buffer);
  EK_TRY(formats::EncodeGrantBinding(grant, binding));
  EK_TRY(cipher->Seal(nonce, binding.written(), content_key.key.Reveal(), wrapped));
  grant.nonce = nonce;
  grant.wrapped_key = wrapped;
  return {};
}

Result<ContentKey> UnwrapContentKey(const crypto::Provider& provider, const EpochKey& epoch_key,
                                    const formats::Grant& grant) {
  if (grant.nonce.size() != crypto::kAeadNonceSize || grant.wrapped_key.size() != formats::kWrappedKeySize) {
    return Denied("grant");
  }
  EK_TRY_ASSIGN(const auto cipher, GrantCipher(provider, epoch_key, grant));
  BindingBuffer buffer;
  CborWriter binding(buffer);
  EK_TRY(formats::EncodeGrantBinding(grant, binding));
  ContentKey content_key;
  EK_TRY(cipher->Open(grant.nonce, binding.written(), grant.wrapped_key, content_key.key.RevealForWriting()));
  return content_key;
}

Result<crypto::HpkeMessage> WrapEpochKeyToDevice(const crypto::Provider& provider, const crypto::HpkeSuite& suite,
                                                 ByteView device_public_key, const formats::Licence& licence,
                                                 const EpochKey& epoch_key) {
  if (licence.hpke_suite != static_cast<std::uint16_t>(suite.id)) return Error(ErrorCode::kBadArgument, "hpke suite");
  BindingBuffer buffer;
  CborWriter binding(buffer);
  EK_TRY(formats::EncodeLicenceBinding(licence, binding));
  return crypto::HpkeSeal(provider, suite, device_public_key, AsBytes(formats::label::kEpochKey), binding.written(),
                          epoch_key.key.Reveal());
}

Result<EpochKey> UnwrapEpochKey(const crypto::Provider& provider, const crypto::HpkeRecipient& device,
                                const formats::Licence& licence) {
  EK_TRY_ASSIGN(const crypto::HpkeSuite suite,
                crypto::FindHpkeSuite(static_cast<crypto::HpkeSuiteId>(licence.hpke_suite)));
  BindingBuffer buffer;
  CborWriter binding(buffer);
  EK_TRY(formats::EncodeLicenceBinding(licence, binding));
  EK_TRY_ASSIGN(const SecretBytes opened,
                crypto::HpkeOpen(provider, suite, device, licence.enc, AsBytes(formats::label::kEpochKey),
                                 binding.written(), licence.wrapped_epoch_key));
  EK_TRY_ASSIGN(SecretArray<32> key, ToKey(opened));
  return EpochKey{std::move(key)};
}

Result<EpochKey> EarlierEpochKey(const crypto::Provider& provider, const EpochKey& from_key, Epoch from, Epoch to) {
  if (to > from || from > formats::kLastEpoch) return Denied("epoch");
  EpochKey key{from_key.key.Clone()};
  for (std::uint64_t epoch = from.value; epoch > to.value; --epoch) {
    std::array<std::uint8_t, 8> suffix;
    Writer writer(suffix);
    EK_TRY(writer.WriteU64BigEndian(epoch - 1));
    EK_TRY_ASSIGN(key.key, DeriveLabelledKey(provider, key.key.Reveal(), {}, formats::label::kEpochChain, suffix));
  }
  return key;
}

Result<std::array<std::uint8_t, kWrappedSlotKeySize>> WrapSlotKey(const crypto::Provider& provider,
                                                                  const VaultKey& vault, const EpochKey& epoch_key,
                                                                  const SlotBinding& binding, const SlotKey& slot_key) {
  EK_TRY_ASSIGN(const auto cipher, SlotWrapCipher(provider, vault, epoch_key, binding));
  std::array<std::uint8_t, kWrappedSlotKeySize> wrapped;
  const std::span<std::uint8_t> bytes(wrapped);
  const MutableByteView nonce = bytes.first(crypto::kAeadNonceSize);
  EK_TRY(provider.Random(nonce));
  EK_TRY(
      cipher->Seal(nonce, std::array{binding.file_kind}, slot_key.key.Reveal(), bytes.subspan(crypto::kAeadNonceSize)));
  return wrapped;
}

Result<SlotKey> UnwrapSlotKey(const crypto::Provider& provider, const VaultKey& vault, const EpochKey& epoch_key,
                              const SlotBinding& binding, ByteView wrapped) {
  if (wrapped.size() != kWrappedSlotKeySize) return Denied("slot key");
  EK_TRY_ASSIGN(const auto cipher, SlotWrapCipher(provider, vault, epoch_key, binding));
  SlotKey slot_key;
  EK_TRY(cipher->Open(wrapped.first(crypto::kAeadNonceSize), std::array{binding.file_kind},
                      wrapped.subspan(crypto::kAeadNonceSize), slot_key.key.RevealForWriting()));
  return slot_key;
}

}  // namespace edgekeep::sealing
