// The trust bundle publisher.ekt: whom a device believes from its first day on (spec/trust-bundle.md).
#pragma once
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/formats/public_key.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxTrustBundleSize = 65536;
inline constexpr std::size_t kMaxHolders = 8;
inline constexpr std::size_t kMaxHolderKeys = 4;

// One person or role with one key per algorithm class. A holder has signed when every required class has.
struct Holder {
  std::string_view name;                         // [a-z0-9-]{1,63}
  InlineVector<PublicKey, kMaxHolderKeys> keys;  // at least one, no two of one algorithm
};

using Holders = InlineVector<Holder, kMaxHolders>;

// The payload, typ "edgekeep/trust-bundle", signed by every signature key it names: proof of possession and of
// wholeness; so it names at most kMaxSignatures of them (kTooLarge). Holders' names are unique in their list, keys in
// the whole bundle.
struct TrustBundle {
  std::string_view publisher;                      // [a-z0-9-]{1,63}
  InlineVector<std::uint8_t, 4> required_classes;  // crypto::Class numbers, ascending; at least one
  Holders authors;                                 // who may sign sealed files
  Holders licensors;                               // who may sign grants and licences
  PublicKey licensor_kem;                          // whom content keys are wrapped to
};

Result<TrustBundle> DecodeTrustBundle(ByteView payload);
Status EncodeTrustBundle(const TrustBundle& bundle, CborWriter& out);

}  // namespace edgekeep::formats
