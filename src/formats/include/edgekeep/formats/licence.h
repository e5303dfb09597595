// The licence: what lets one device use one product (spec/licence.md). CWT claims (RFC 8392) with private ones below
// -65536.
#pragma once
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxLicenceSize = 32768;

using LicenceId = StrongBytes<struct LicenceIdTag, 16>;

enum class Isolation : std::uint8_t { kProcess = 1, kVm = 2, kTrustZone = 3 };

// What follows where the system's clock is behind the time that the device knows.
enum class ClockBehind : std::uint8_t {
  kNote = 1,
  kCharge = 2,  // it costs the lease what a start costs
  kDeny = 3,    // nothing opens until the clock is right
};

// For how long a device may use a licence without hearing of its publisher again.
struct Lease {
  std::uint32_t seconds = 0;               // at least 1
  std::uint32_t grace_seconds = 0;         // after those; it still opens, and warns
  std::uint32_t start_charge_seconds = 0;  // what each power-up costs at least, for the time without power
  ClockBehind clock_behind = ClockBehind::kNote;
  std::uint64_t counted_seconds = 0;  // under this licence's id when it was renewed: the lease begins there

  bool operator==(const Lease&) const = default;
};

inline constexpr std::size_t kMaxFeatures = 16;
inline constexpr std::size_t kMaxFeatureLength = 32;
// What an application may ask for by name: each [a-z0-9.-]{1,32}, ascending, each once.
using Features = InlineVector<InlineString<kMaxFeatureLength>, kMaxFeatures>;

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
  std::optional<Lease> lease;                     // absent: the term alone bounds it
  Features features;
  bool processor_only = false;  // no accelerator, whatever the product's policy says
  bool transferable = false;    // given back, it may be issued to another device
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
