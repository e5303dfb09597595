// Orders to devices (spec/orders.md): what people whom the trust policy gives the authority for it have a device do.
#pragma once
#include <optional>
#include <string_view>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/formats/ownership.h"
#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxOrderSize = 4096;
inline constexpr std::size_t kMaxSignedOrder = 32 * 1024;
inline constexpr std::size_t kMaxOrderDevices = 64;
inline constexpr std::uint32_t kMaxOrderedSessions = 128;
inline constexpr std::uint64_t kMaxOrderTerm = 366ULL * 24 * 3600;
// An order of a kind is above the last one of that kind that the device obeyed, by at most so much: who may give one
// uses up no more of the numbers than that.
inline constexpr std::uint64_t kMaxOrderStep = 1'000'000;
inline constexpr std::size_t kMaxOrderPeople = 32;
inline constexpr std::size_t kMaxOrderKeys = 3 * kMaxHolderKeys;  // as a holder, as an approver, as an officer
inline constexpr std::size_t kMaxOrderAuthoritySize = 16384;

// What authority is given for. Numbers never change their meaning.
enum class OrderKind : std::uint8_t {
  kTelemetry = 1,
  kConfiguration = 2,
  kUpdate = 3,
  kControl = 4,
  kLicences = 5,
  kRetire = 6,
  kRekey = 7,
};

inline constexpr std::size_t kNumOrderKinds = 7;

enum class OrderAction : std::uint8_t {
  kReport = 1,         // telemetry: evidence of how the device is
  kBoundSessions = 2,  // configuration: at most so many sessions are open
  kHoldInstalls = 3,   // update
  kAllowInstalls = 4,  // update
  kSuspend = 5,        // control: nothing opens, and what is open ends
  kResume = 6,         // control
  kEndLicence = 7,     // licences: of one product, as if it had been given back
  kRetire = 8,         // retire: for good
  kRekey = 9,          // rekey: the key that licences are wrapped to is made anew
  kDisown = 10,        // retire: the device has no owner any more
};

OrderKind KindOf(OrderAction action) noexcept;

// A single person must not be able to give one.
constexpr bool IsDangerous(OrderKind kind) noexcept {
  return kind == OrderKind::kControl || kind == OrderKind::kRetire || kind == OrderKind::kRekey;
}

// "telemetry", "bound-sessions"; "unknown" for what has no number here.
const char* NameOf(OrderKind kind) noexcept;
const char* NameOf(OrderAction action) noexcept;
std::optional<OrderKind> FindOrderKind(std::string_view name) noexcept;
std::optional<OrderAction> FindOrderAction(std::string_view name) noexcept;

// The payload, typ "edgekeep/order". Views borrow from it.
struct Order {
  std::string_view authority;  // the publisher under whose trust policy it is given
  OrderAction action = OrderAction::kReport;
  InlineVector<DeviceId, kMaxOrderDevices> devices;  // ascending; kRetire and kDisown name one alone
  std::uint64_t sequence = 0;                        // from 1 on, of its kind
  UnixTime issued_at;
  UnixTime not_after;
  std::optional<ProductName> product;       // of kEndLicence
  std::optional<std::uint32_t> sessions;    // of kBoundSessions: at most; none: no bound any more
  std::optional<Ownership> ownership = {};  // of kDisown: whose the device is until then, by no other owner's time
};

// Fails with kMalformed, kTooLarge or kUnsupported.
Result<Order> DecodeOrder(ByteView payload);
Status EncodeOrder(const Order& order, CborWriter& out);

// One person who may give an order, and by which keys.
struct OrderSigner {
  std::string_view name;
  InlineVector<KeyId, kMaxOrderKeys> keys;  // ascending
};

// What a device answers who asks which people may give it an order. Views borrow from what was decoded.
struct OrderAuthority {
  OrderKind kind = OrderKind::kTelemetry;
  std::uint32_t quorum = 0;                           // so many of them have to sign; 0: nobody may give one
  InlineVector<std::uint8_t, 4> classes;              // in each of which everyone signs
  InlineVector<OrderSigner, kMaxOrderPeople> people;  // ascending by name
};

Result<OrderAuthority> DecodeOrderAuthority(ByteView bytes);
Status EncodeOrderAuthority(const OrderAuthority& authority, CborWriter& out);

}  // namespace edgekeep::formats
