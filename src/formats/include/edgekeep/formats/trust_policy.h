// The trust policy of releases (spec/trust-policy.md): what a device demands before anything is installed, and the
// repair of a device's time. Both are signed by a quorum of the root's holders.
#pragma once
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxTrustPolicySize = 65536;
inline constexpr std::size_t kMaxSignedTrustPolicy = MaxSignedObjectSize(kMaxTrustPolicySize, kMaxSignatures);
inline constexpr std::size_t kMaxPolicyLogText = 32768;
inline constexpr std::size_t kMaxNotaries = 4;
inline constexpr std::size_t kMaxDependentCosigners = 8;
inline constexpr std::uint32_t kMaxPolicyApprovers = 32;
inline constexpr std::uint32_t kMaxPolicyWitnesses = 32;
inline constexpr std::uint64_t kMaxPolicyDelay = 366ULL * 24 * 3600;
inline constexpr std::uint64_t kMinTimeStep = 24ULL * 3600;
inline constexpr std::uint64_t kMaxTimeStep = 3660ULL * 24 * 3600;
inline constexpr std::size_t kMaxTimeRepairSize = 64;
inline constexpr std::size_t kMaxOfficers = 8;
inline constexpr std::size_t kMaxOrderCredentials = 8;  // of each sort, in one rule
inline constexpr std::size_t kMaxChipClasses = 16;

enum class PolicyProfile : std::uint8_t {
  kDevelopment = 1,
  kProduction = 2,  // a notary, an independent witness, two approvers and two classes at the least
};

enum class OrderRole : std::uint8_t { kRoot = 1, kApprovers = 2 };

// Who may give orders of a kind: so many distinct people of those named here, whichever way they are named.
struct OrderRule {
  OrderKind kind = OrderKind::kTelemetry;
  std::uint32_t quorum = 0;                                       // two at the least of a dangerous kind
  InlineVector<OrderRole, 2> roles;                               // of the root that the device has, ascending
  InlineVector<std::string_view, kMaxOrderCredentials> officers;  // of the policy, ascending
  InlineVector<KeyId, kMaxOrderCredentials> keys;                 // whoever of all these people has one; ascending
};

// Chips of a maker whose firmware is in the range, both ends included.
struct QuarantinedClass {
  std::uint32_t manufacturer = 0;
  std::uint64_t first_firmware = 0;
  std::uint64_t last_firmware = 0;
  std::optional<Isolation> floor;  // what is opened there has at least this protection; never kProcess
  // Devices whose KEM key was made anew by an order of then or later get licences again.
  std::optional<UnixTime> until_rekeyed;
};

// The payload, typ "edgekeep/trust-policy".
struct TrustPolicy {
  std::uint64_t version = 0;   // from 1 on
  std::string_view authority;  // the publisher whose products it is about
  PolicyProfile profile = PolicyProfile::kProduction;
  InlineVector<std::uint8_t, 4> required_classes;  // crypto::Class numbers, ascending; everyone signs in each
  std::uint32_t min_approvers = 0;                 // of whatever names targets, its author not counted
  std::uint64_t delay = 0;                         // seconds from when a device sees the next policy until it counts
  std::uint64_t max_time_step = 0;                 // seconds that cosignatures may be ahead of a device's time
  UnixTime issued_at;
  InlineVector<Holder, kMaxNotaries> notaries;  // one of them gives the verdict; none: no verdict is demanded
  std::uint32_t min_independent_witnesses = 0;
  InlineVector<std::string_view, kMaxDependentCosigners> dependent_cosigners;  // names of keys, ascending
  std::string_view log_policy;                                                 // spec/log.md §8
  InlineVector<Holder, kMaxOfficers> officers;                                 // people who have no role in the root
  InlineVector<OrderRule, kNumOrderKinds> orders;              // ascending kinds; what no rule names nobody may order
  InlineVector<QuarantinedClass, kMaxChipClasses> quarantine;  // classes of chips with a flaw, ascending
};

const OrderRule* FindRule(const TrustPolicy& policy, OrderKind kind) noexcept;
// Null where chips of this class are as good as any.
const QuarantinedClass* FindQuarantine(const TrustPolicy& policy, std::uint32_t manufacturer,
                                       std::uint64_t firmware) noexcept;

// Whether a device with this chip gets no licence, nor a renewal of one.
bool KeepsFromLicences(const TrustPolicy& policy, std::uint32_t manufacturer, std::uint64_t firmware,
                       const std::optional<UnixTime>& rekeyed_at) noexcept;

// Fails with kMalformed, kTooLarge or kUnsupported. Views borrow from `payload`.
Result<TrustPolicy> DecodeTrustPolicy(ByteView payload);
Status EncodeTrustPolicy(const TrustPolicy& policy, CborWriter& out);

// The payload, typ "edgekeep/time-repair": what the time floor of some devices is to be, of no others.
struct TimeRepair {
  std::uint64_t number = 0;  // from 1 on; a device sees each number once, and none below one that it saw
  UnixTime time;
  std::uint64_t root_version = 0;  // of the root under which it holds
  // Back, where the floor is at or after this, which is later than `time`; none: forward, where it is before `time`.
  std::optional<UnixTime> ahead_from;
};

Result<TimeRepair> DecodeTimeRepair(ByteView payload);
Status EncodeTimeRepair(const TimeRepair& repair, CborWriter& out);

}  // namespace edgekeep::formats
