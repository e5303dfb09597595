#include "authority_fields.h"

#include <algorithm>
#include <tuple>

#include "holder_fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::int64_t kOfficers = 13;
constexpr std::int64_t kOrders = 14;
constexpr std::int64_t kQuarantine = 15;
constexpr std::int64_t kRoles = 3;
constexpr std::int64_t kNames = 4;
constexpr std::int64_t kKeys = 5;
constexpr std::int64_t kFloor = 4;
constexpr std::int64_t kUntilRekeyed = 5;

template <typename List>
Status CheckAscending(const List& list) {
  for (std::size_t i = 1; i < list.size(); ++i) {
    if (!(list[i - 1] < list[i])) return Malformed("trust policy: who may order is not ascending");
  }
  return {};
}

Status CheckNamed(const TrustPolicy& policy, const OrderRule& rule) {
  for (const OrderRole role : rule.roles) EK_TRY(CheckEnum(role, OrderRole::kApprovers));
  EK_TRY(CheckAscending(rule.roles));
  EK_TRY(CheckAscending(rule.officers));
  EK_TRY(CheckAscending(rule.keys));
  for (const std::string_view name : rule.officers) {
    if (std::ranges::find(policy.officers, name, &Holder::name) == policy.officers.end())
      return Malformed("trust policy: an officer who is nowhere");
  }
  return {};
}

// An object has room for so many signatures, and everybody makes one in every class.
bool FitsAnObject(const TrustPolicy& policy, const OrderRule& rule) {
  return rule.quorum * policy.required_classes.size() <= kMaxSignatures;
}

Status CheckRule(const TrustPolicy& policy, const OrderRule& rule) {
  EK_TRY(CheckEnum(rule.kind, OrderKind::kRekey));
  EK_TRY(CheckNamed(policy, rule));
  if (rule.quorum == 0 || rule.quorum > kMaxOrderPeople) return Malformed("trust policy: quorum of an order");
  if (!FitsAnObject(policy, rule)) return Malformed("trust policy: an order by more people than sign one object");
  if (IsDangerous(rule.kind) && rule.quorum < 2) return Malformed("trust policy: one person for a dangerous order");
  const std::size_t named = rule.officers.size() + rule.keys.size();
  // How many people a role has is the root's to say.
  return rule.roles.empty() && named < rule.quorum ? Malformed("trust policy: a quorum that nobody reaches") : Status();
}

auto OrderOf(const QuarantinedClass& chips) {
  return std::tuple(chips.manufacturer, chips.first_firmware);
}

Status CheckClass(const QuarantinedClass& chips) {
  if (chips.first_firmware > chips.last_firmware) return Malformed("trust policy: firmware of a class of chips");
  if (chips.until_rekeyed) EK_TRY(CheckTime(*chips.until_rekeyed));
  if (!chips.floor) return {};
  EK_TRY(CheckEnum(*chips.floor, Isolation::kTrustZone));
  return *chips.floor == Isolation::kProcess ? Malformed("trust policy: a floor that demands nothing") : Status();
}

template <typename T, std::size_t N, typename Read>
Status ReadList(CborReader& in, InlineVector<T, N>& list, Read read) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count == 0) return Malformed("trust policy: an empty list");
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const T item, read(in));
    EK_TRY(list.PushBack(item));
  }
  return {};
}

Result<OrderRole> ReadRole(CborReader& in) {
  EK_TRY_ASSIGN(const std::uint64_t number, in.ReadUnsigned());
  if (number > std::to_underlying(OrderRole::kApprovers)) return Error(ErrorCode::kUnsupported, "unknown kind");
  return static_cast<OrderRole>(number);
}

Result<KeyId> ReadKeyId(CborReader& in) {
  EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString(KeyId::kSize));
  return KeyId::From(bytes);
}

Result<OrderRule> ReadRule(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OrderRule rule;
  EK_TRY_ASSIGN(rule.kind, fields.EnumOf<OrderKind>(1));
  EK_TRY_ASSIGN(rule.quorum, fields.Unsigned<std::uint32_t>(2));
  EK_TRY_ASSIGN(const bool has_roles, fields.Has(kRoles));
  if (has_roles) EK_TRY(ReadList(in, rule.roles, ReadRole));
  EK_TRY_ASSIGN(const bool has_names, fields.Has(kNames));
  if (has_names) EK_TRY(ReadList(in, rule.officers, [](CborReader& from) { return from.ReadText(); }));
  EK_TRY_ASSIGN(const bool has_keys, fields.Has(kKeys));
  if (has_keys) EK_TRY(ReadList(in, rule.keys, ReadKeyId));
  EK_TRY(fields.End());
  return rule;
}

Result<QuarantinedClass> ReadClass(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  QuarantinedClass chips;
  EK_TRY_ASSIGN(chips.manufacturer, fields.Unsigned<std::uint32_t>(1));
  EK_TRY_ASSIGN(chips.first_firmware, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(chips.last_firmware, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(const bool has_floor, fields.Has(kFloor));
  if (has_floor) {
    EK_TRY_ASSIGN(const std::uint64_t floor, in.ReadUnsigned());
    if (floor > std::to_underlying(Isolation::kTrustZone)) return Error(ErrorCode::kUnsupported, "unknown kind");
    chips.floor = static_cast<Isolation>(floor);
  }
  EK_TRY_ASSIGN(const bool has_end, fields.Has(kUntilRekeyed));
  if (has_end) {
    EK_TRY_ASSIGN(const std::uint64_t rekeyed, in.ReadUnsigned());
    chips.until_rekeyed = UnixTime{rekeyed};
  }
  EK_TRY(fields.End());
  return chips;
}

Status WriteRule(const OrderRule& rule, CborWriter& out) {
  const auto count = [](const auto& list) { return list.empty() ? 0U : 1U; };
  EK_TRY_ASSIGN(FieldWriter fields,
                FieldWriter::Enter(out, 2U + count(rule.roles) + count(rule.officers) + count(rule.keys)));
  EK_TRY(fields.Unsigned(1, std::to_underlying(rule.kind)));
  EK_TRY(fields.Unsigned(2, rule.quorum));
  if (!rule.roles.empty()) {
    EK_TRY(fields.At(kRoles));
    EK_TRY(out.Array(rule.roles.size()));
    for (const OrderRole role : rule.roles) EK_TRY(out.Unsigned(std::to_underlying(role)));
  }
  if (!rule.officers.empty()) {
    EK_TRY(fields.At(kNames));
    EK_TRY(out.Array(rule.officers.size()));
    for (const std::string_view name : rule.officers) EK_TRY(out.Text(name));
  }
  if (rule.keys.empty()) return {};
  EK_TRY(fields.At(kKeys));
  EK_TRY(out.Array(rule.keys.size()));
  for (const KeyId& key : rule.keys) EK_TRY(out.ByteString(key.view()));
  return {};
}

Status WriteClass(const QuarantinedClass& chips, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields,
                FieldWriter::Enter(out, 3U + (chips.floor ? 1U : 0U) + (chips.until_rekeyed ? 1U : 0U)));
  EK_TRY(fields.Unsigned(1, chips.manufacturer));
  EK_TRY(fields.Unsigned(2, chips.first_firmware));
  EK_TRY(fields.Unsigned(3, chips.last_firmware));
  if (chips.floor) EK_TRY(fields.Unsigned(kFloor, std::to_underlying(*chips.floor)));
  return chips.until_rekeyed ? fields.Unsigned(kUntilRekeyed, chips.until_rekeyed->value) : Status();
}

}  // namespace

Status CheckOrderRules(const TrustPolicy& policy) {
  // Who reads or writes a rule would take their name for the role's.
  for (const Holder& officer : policy.officers) {
    if (officer.name == "root" || officer.name == "approvers")
      return Malformed("trust policy: an officer with the name of a role");
  }
  std::uint8_t previous = 0;
  for (const OrderRule& rule : policy.orders) {
    EK_TRY(CheckRule(policy, rule));
    if (std::to_underlying(rule.kind) <= previous) return Malformed("trust policy: order of kinds");
    previous = std::to_underlying(rule.kind);
  }
  return {};
}

Status CheckQuarantine(const TrustPolicy& policy) {
  for (std::size_t i = 0; i < policy.quarantine.size(); ++i) {
    EK_TRY(CheckClass(policy.quarantine[i]));
    if (i > 0 && !(OrderOf(policy.quarantine[i - 1]) < OrderOf(policy.quarantine[i])))
      return Malformed("trust policy: order of classes of chips");
  }
  return {};
}

Status ReadAuthority(FieldReader& fields, CborReader& in, TrustPolicy& policy) {
  EK_TRY_ASSIGN(const bool has_officers, fields.Has(kOfficers));
  if (has_officers) EK_TRY(ReadList(in, policy.officers, ReadHolder));
  EK_TRY_ASSIGN(const bool has_orders, fields.Has(kOrders));
  if (has_orders) EK_TRY(ReadList(in, policy.orders, ReadRule));
  EK_TRY_ASSIGN(const bool has_quarantine, fields.Has(kQuarantine));
  return has_quarantine ? ReadList(in, policy.quarantine, ReadClass) : Status();
}

std::size_t CountAuthorityFields(const TrustPolicy& policy) noexcept {
  return (policy.officers.empty() ? 0U : 1U) + (policy.orders.empty() ? 0U : 1U) +
         (policy.quarantine.empty() ? 0U : 1U);
}

Status WriteAuthority(const TrustPolicy& policy, FieldWriter& fields, CborWriter& out) {
  if (!policy.officers.empty()) {
    EK_TRY(fields.At(kOfficers));
    EK_TRY(WriteHolders(policy.officers.view(), out));
  }
  if (!policy.orders.empty()) {
    EK_TRY(fields.At(kOrders));
    EK_TRY(out.Array(policy.orders.size()));
    for (const OrderRule& rule : policy.orders) EK_TRY(WriteRule(rule, out));
  }
  if (policy.quarantine.empty()) return {};
  EK_TRY(fields.At(kQuarantine));
  EK_TRY(out.Array(policy.quarantine.size()));
  for (const QuarantinedClass& chips : policy.quarantine) EK_TRY(WriteClass(chips, out));
  return {};
}

namespace {

bool IsOf(const QuarantinedClass& chips, std::uint32_t manufacturer, std::uint64_t firmware) noexcept {
  return chips.manufacturer == manufacturer && firmware >= chips.first_firmware && firmware <= chips.last_firmware;
}

}  // namespace

const OrderRule* FindRule(const TrustPolicy& policy, OrderKind kind) noexcept {
  const auto found = std::ranges::find(policy.orders, kind, &OrderRule::kind);
  return found == policy.orders.end() ? nullptr : &*found;
}

const QuarantinedClass* FindQuarantine(const TrustPolicy& policy, std::uint32_t manufacturer,
                                       std::uint64_t firmware) noexcept {
  const QuarantinedClass* strictest = nullptr;
  for (const QuarantinedClass& chips : policy.quarantine) {
    if (!IsOf(chips, manufacturer, firmware)) continue;
    if (strictest == nullptr || strictest->floor < chips.floor) strictest = &chips;
  }
  return strictest;
}

bool KeepsFromLicences(const TrustPolicy& policy, std::uint32_t manufacturer, std::uint64_t firmware,
                       const std::optional<UnixTime>& rekeyed_at) noexcept {
  return std::ranges::any_of(policy.quarantine, [&](const QuarantinedClass& chips) {
    const bool is_over = chips.until_rekeyed && rekeyed_at && *rekeyed_at >= *chips.until_rekeyed;
    return IsOf(chips, manufacturer, firmware) && !is_over;
  });
}

}  // namespace edgekeep::formats
