#include "edgekeep/formats/order.h"

#include <algorithm>
#include <array>

#include "fields.h"
#include "holder_fields.h"
#include "ownership_fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::int64_t kOrderProduct = 7;
constexpr std::int64_t kOrderSessions = 8;
constexpr std::int64_t kOrderOwnership = 9;

struct ActionRow {
  OrderKind kind;
  const char* name;
};

// By number; the first is none.
constexpr std::array<ActionRow, 11> kActions = {{{OrderKind{}, "unknown"},
                                                 {OrderKind::kTelemetry, "report"},
                                                 {OrderKind::kConfiguration, "bound-sessions"},
                                                 {OrderKind::kUpdate, "hold-installs"},
                                                 {OrderKind::kUpdate, "allow-installs"},
                                                 {OrderKind::kControl, "suspend"},
                                                 {OrderKind::kControl, "resume"},
                                                 {OrderKind::kLicences, "end-licence"},
                                                 {OrderKind::kRetire, "retire"},
                                                 {OrderKind::kRekey, "rekey"},
                                                 {OrderKind::kRetire, "disown"}}};

constexpr std::array<const char*, kNumOrderKinds + 1> kKinds = {"unknown", "telemetry", "configuration", "update",
                                                                "control", "licences",  "retire",        "rekey"};

const ActionRow& RowOf(OrderAction action) noexcept {
  const auto number = std::to_underlying(action);
  return kActions[number < kActions.size() ? number : 0];
}

template <typename Names>
std::size_t PlaceOf(const Names& names, std::string_view wanted) noexcept {
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (std::string_view(names[i]) == wanted) return i;
  }
  return 0;
}

Status CheckDevices(const Order& order) {
  if (order.devices.empty()) return Malformed("order: for no device");
  for (std::size_t i = 1; i < order.devices.size(); ++i) {
    if (!(order.devices[i - 1] < order.devices[i])) return Malformed("order: order of devices");
  }
  // What cannot be undone is not done by the dozen.
  const bool is_one = order.devices.size() == 1;
  const bool is_final = KindOf(order.action) == OrderKind::kRetire;
  return !is_final || is_one ? Status() : Malformed("order: retires or frees more than one device");
}

Status CheckParameters(const Order& order) {
  if (order.product.has_value() != (order.action == OrderAction::kEndLicence))
    return Malformed("order: a product belongs to the end of a licence");
  if (order.product) EK_TRY(CheckProduct(*order.product));
  if (order.ownership.has_value() != (order.action == OrderAction::kDisown))
    return Malformed("order: an ownership belongs to an order to disown");
  if (!order.sessions) return {};
  if (order.action != OrderAction::kBoundSessions) return Malformed("order: a number of sessions");
  const bool is_number = *order.sessions >= 1 && *order.sessions <= kMaxOrderedSessions;
  return is_number ? Status() : Malformed("order: number of sessions");
}

Status CheckOrder(const Order& order) {
  if (!IsName(order.authority)) return Malformed("order: authority");
  EK_TRY(CheckEnum(order.action, OrderAction::kDisown));
  EK_TRY(CheckDevices(order));
  if (order.sequence == 0) return Malformed("order: sequence 0");
  EK_TRY(CheckTime(order.not_after));
  if (order.not_after <= order.issued_at) return Malformed("order: over before it was issued");
  if (order.not_after.value - order.issued_at.value > kMaxOrderTerm) return Malformed("order: for more than a year");
  return CheckParameters(order);
}

Result<InlineVector<DeviceId, kMaxOrderDevices>> ReadDevices(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  InlineVector<DeviceId, kMaxOrderDevices> devices;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString(DeviceId::kSize));
    EK_TRY_ASSIGN(const DeviceId device, DeviceId::From(bytes));
    EK_TRY(devices.PushBack(device));
  }
  return devices;
}

Status ReadSessions(FieldReader& fields, CborReader& in, Order& order) {
  EK_TRY_ASSIGN(const bool has_sessions, fields.Has(kOrderSessions));
  if (!has_sessions) return {};
  EK_TRY_ASSIGN(const std::uint64_t sessions, in.ReadUnsigned());
  if (sessions > kMaxOrderedSessions) return Malformed("order: number of sessions");
  order.sessions = static_cast<std::uint32_t>(sessions);
  return {};
}

Status ReadParameters(FieldReader& fields, CborReader& in, Order& order) {
  EK_TRY_ASSIGN(const bool has_product, fields.Has(kOrderProduct));
  if (has_product) {
    EK_TRY_ASSIGN(const std::string_view text, in.ReadText());
    EK_TRY_ASSIGN(order.product, ProductName::Parse(text));
  }
  EK_TRY(ReadSessions(fields, in, order));
  EK_TRY_ASSIGN(const bool has_ownership, fields.Has(kOrderOwnership));
  if (has_ownership) {
    EK_TRY_ASSIGN(order.ownership, ReadOwnership(in));
  }
  return {};
}

Status CheckSigners(const OrderAuthority& authority) {
  if (authority.quorum == 0 && !authority.people.empty()) return Malformed("authority: quorum");
  std::string_view previous;
  for (const OrderSigner& signer : authority.people) {
    if (!IsName(signer.name) || signer.name <= previous) return Malformed("authority: names");
    previous = signer.name;
    if (signer.keys.empty()) return Malformed("authority: somebody without a key");
    for (std::size_t i = 1; i < signer.keys.size(); ++i) {
      if (!(signer.keys[i - 1] < signer.keys[i])) return Malformed("authority: order of keys");
    }
  }
  return {};
}

Status CheckAuthority(const OrderAuthority& authority) {
  EK_TRY(CheckEnum(authority.kind, OrderKind::kRekey));
  EK_TRY(CheckClasses(authority.classes.view()));
  return CheckSigners(authority);
}

Result<OrderSigner> ReadSigner(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OrderSigner signer;
  EK_TRY_ASSIGN(signer.name, fields.Text(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString(KeyId::kSize));
    EK_TRY_ASSIGN(const KeyId key, KeyId::From(bytes));
    EK_TRY(signer.keys.PushBack(key));
  }
  EK_TRY(fields.End());
  return signer;
}

Status WriteSigner(const OrderSigner& signer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.Text(1, signer.name));
  EK_TRY(fields.At(2));
  EK_TRY(out.Array(signer.keys.size()));
  for (const KeyId& key : signer.keys) EK_TRY(out.ByteString(key.view()));
  return {};
}

}  // namespace

OrderKind KindOf(OrderAction action) noexcept {
  return RowOf(action).kind;
}

const char* NameOf(OrderKind kind) noexcept {
  const auto number = std::to_underlying(kind);
  return kKinds[number < kKinds.size() ? number : 0];
}

const char* NameOf(OrderAction action) noexcept {
  return RowOf(action).name;
}

std::optional<OrderKind> FindOrderKind(std::string_view name) noexcept {
  const std::size_t place = PlaceOf(kKinds, name);
  return place == 0 ? std::nullopt : std::optional(static_cast<OrderKind>(place));
}

std::optional<OrderAction> FindOrderAction(std::string_view name) noexcept {
  for (std::size_t i = 1; i < kActions.size(); ++i) {
    if (kActions[i].name == name) return static_cast<OrderAction>(i);
  }
  return std::nullopt;
}

Result<Order> DecodeOrder(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxOrderSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  Order order;
  EK_TRY_ASSIGN(order.authority, fields.Text(1));
  EK_TRY_ASSIGN(order.action, fields.EnumOf<OrderAction>(2));
  EK_TRY(fields.At(3));
  EK_TRY_ASSIGN(order.devices, ReadDevices(in));
  EK_TRY_ASSIGN(order.sequence, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(order.issued_at, fields.NumberOf<UnixTime>(5));
  EK_TRY_ASSIGN(order.not_after, fields.NumberOf<UnixTime>(6));
  EK_TRY(ReadParameters(fields, in, order));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckOrder(order));
  return order;
}

Status EncodeOrder(const Order& order, CborWriter& out) {
  EK_TRY(CheckOrder(order));
  const std::size_t pairs = 6U + (order.product ? 1U : 0U) + (order.sessions ? 1U : 0U) + (order.ownership ? 1U : 0U);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, pairs));
  EK_TRY(fields.Text(1, order.authority));
  EK_TRY(fields.Unsigned(2, std::to_underlying(order.action)));
  EK_TRY(fields.At(3));
  EK_TRY(out.Array(order.devices.size()));
  for (const DeviceId& device : order.devices) EK_TRY(out.ByteString(device.view()));
  EK_TRY(fields.Unsigned(4, order.sequence));
  EK_TRY(fields.Unsigned(5, order.issued_at.value));
  EK_TRY(fields.Unsigned(6, order.not_after.value));
  if (order.product) EK_TRY(fields.Text(kOrderProduct, order.product->view()));
  if (order.sessions) EK_TRY(fields.Unsigned(kOrderSessions, *order.sessions));
  if (!order.ownership) return {};
  EK_TRY(fields.At(kOrderOwnership));
  return WriteOwnership(*order.ownership, out);
}

Result<OrderAuthority> DecodeOrderAuthority(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxOrderAuthoritySize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OrderAuthority authority;
  EK_TRY_ASSIGN(authority.kind, fields.EnumOf<OrderKind>(1));
  EK_TRY_ASSIGN(authority.quorum, fields.Unsigned<std::uint32_t>(2));
  EK_TRY(fields.At(3));
  EK_TRY_ASSIGN(authority.classes, ReadClasses(in));
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const OrderSigner signer, ReadSigner(in));
    EK_TRY(authority.people.PushBack(signer));
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckAuthority(authority));
  return authority;
}

Status EncodeOrderAuthority(const OrderAuthority& authority, CborWriter& out) {
  EK_TRY(CheckAuthority(authority));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.Unsigned(1, std::to_underlying(authority.kind)));
  EK_TRY(fields.Unsigned(2, authority.quorum));
  EK_TRY(fields.At(3));
  EK_TRY(WriteClasses(authority.classes.view(), out));
  EK_TRY(fields.At(4));
  EK_TRY(out.Array(authority.people.size()));
  for (const OrderSigner& signer : authority.people) EK_TRY(WriteSigner(signer, out));
  return {};
}

}  // namespace edgekeep::formats
