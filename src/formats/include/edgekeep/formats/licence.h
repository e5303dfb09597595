// The licence: what lets one device use one product (spec/licence.md). CWT claims (RFC 8392) with private ones below
// -65536.
#pragma once
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxLicenceSize = 32768;

using LicenceId = StrongBytes<struct LicenceIdTag, 16>;

enum class Isolation : std::uint8_t { kProcess = 1, kVm = 2, kTrustZone = 3 };

struct LicenceTerms {
  Sequence first_sequence;  // inclusive
  Sequence last_sequence;   // inclusive; UINT64_MAX: any later version
  UnixTime not_before;
  std::optional<UnixTime> expires;  // first second at which it no longer holds; absent: perpetual
  Isolation isolation_floor = Isolation::kProcess;
  bool allows_export = false;  // the plaintext may be handed to a program outside of cells
  // Both at least 1 where present; absent: no bound.
  std::optional<std::uint64_t> call_budget;       // calls in the licence's whole life, counted by its id
  std::optional<std::uint32_t> calls_per_minute;  // on average, and at once
};

// The payload the licensor signs, typ "edgekeep/licence".
struct Licence {
  LicenceId id;             // cti
  InlineString<63> issuer;  // iss: the publisher
  DeviceId device;          // sub: 64 lower-case hex characters
  UnixTime issued_at;
  ProductName product;
  Epoch epoch;
  LicenceTerms terms;
  std::uint16_t hpke_suite = 0;
  ByteView enc;                // HPKE encapsulated key
  ByteView wrapped_epoch_key;  // HPKE ciphertext of K_epoch
};

Result<Licence> DecodeLicence(ByteView payload);
Status EncodeLicence(const Licence& licence, CborWriter& out);
// Everything but enc and the wrapped key, as CBOR: HPKE's associated data, so that terms and key cannot be parted.
Status EncodeLicenceBinding(const Licence& licence, CborWriter& out);

}  // namespace edgekeep::formats
