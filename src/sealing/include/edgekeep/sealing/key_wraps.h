// Wraps of one key under another; each binds what it is for (spec pages named below).
#pragma once
#include <array>
#include <cstdint>

#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/hpke.h"
#include "edgekeep/formats/grant.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/sealed_file.h"
#include "edgekeep/sealing/keys.h"

namespace edgekeep::sealing {

// spec/sealed-file.md §4: the content key to the licensor. Binds product, sequence and salt.
Result<crypto::HpkeMessage> WrapContentKeyToLicensor(const crypto::Provider& provider, const crypto::HpkeSuite& suite,
                                                     ByteView licensor_public_key, const ProductName& product,
                                                     Sequence sequence, const formats::Salt& salt,
                                                     const ContentKey& content_key);
Result<ContentKey> UnwrapContentKeyAsLicensor(const crypto::Provider& provider, const crypto::HpkeRecipient& licensor,
                                              const formats::SealedHeader& header);

// spec/grant.md §3: the content key under an epoch key. Wrapping fills `nonce` (12) and `wrapped` (48) and lets
// `grant.nonce` and `grant.wrapped_key` borrow from them.
Status WrapContentKey(const crypto::Provider& provider, const EpochKey& epoch_key, const ContentKey& content_key,
                      formats::Grant& grant, std::array<std::uint8_t, 12>& nonce,
                      std::array<std::uint8_t, 48>& wrapped);
// Fails with kDenied.
Result<ContentKey> UnwrapContentKey(const crypto::Provider& provider, const EpochKey& epoch_key,
                                    const formats::Grant& grant);

// spec/licence.md §4: the epoch key to one device. All other fields of `licence` must be final.
Result<crypto::HpkeMessage> WrapEpochKeyToDevice(const crypto::Provider& provider, const crypto::HpkeSuite& suite,
                                                 ByteView device_public_key, const formats::Licence& licence,
                                                 const EpochKey& epoch_key);
// Fails with kDenied.
Result<EpochKey> UnwrapEpochKey(const crypto::Provider& provider, const crypto::HpkeRecipient& device,
                                const formats::Licence& licence);

// spec/licence.md §5: K_to from K_from. Fails with kDenied when to > from.
Result<EpochKey> EarlierEpochKey(const crypto::Provider& provider, const EpochKey& from_key, Epoch from, Epoch to);

// What a wrapped slot key is for.
struct SlotBinding {
  ProductName product;
  std::uint8_t slot = 0;
  Sequence sequence;
  std::uint8_t file_kind = 0;  // formats::SlotFileKind
};

inline constexpr std::size_t kWrappedSlotKeySize = 12 + 32 + 16;

// spec/commit-record.md §4: a slot key under the vault key and the epoch key together.
Result<std::array<std::uint8_t, kWrappedSlotKeySize>> WrapSlotKey(const crypto::Provider& provider,
                                                                  const VaultKey& vault, const EpochKey& epoch_key,
                                                                  const SlotBinding& binding, const SlotKey& slot_key);
// Fails with kDenied.
Result<SlotKey> UnwrapSlotKey(const crypto::Provider& provider, const VaultKey& vault, const EpochKey& epoch_key,
                              const SlotBinding& binding, ByteView wrapped);

}  // namespace edgekeep::sealing
