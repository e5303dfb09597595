#include "edgekeep/formats/operations_policy.h"

#include <algorithm>
#include <array>

#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kOperationsType = "edgekeep/operations-policy";

enum OperationsField : std::int64_t {
  kOperationsVersion = 1,
  kOperationsAuthority = 2,
  kOperationsSessions = 3,
  kOperationsDemands = 4,
  kOperationsProducts = 5,
};

enum DemandField : std::int64_t { kDemandedFloor = 1, kDemandedThreads = 2, kDemandedMemory = 3, kExportForbidden = 4 };

Error SaidByAbsence() {
  return Malformed("operations policy: a field that says what its absence says");
}

Status CheckDemands(const OperationsDemands& demands) {
  EK_TRY(CheckEnum(demands.isolation_floor, Isolation::kTrustZone));
  if (demands.threads && (*demands.threads == 0 || *demands.threads > kMaxDemandedThreads))
    return Malformed("operations policy: threads");
  if (demands.memory_budget && *demands.memory_budget == 0) return Malformed("operations policy: memory budget");
  return {};
}

Status CheckProducts(const OperationsPolicy& policy) {
  std::string_view previous;
  for (const ProductDemands& one : policy.products) {
    const std::string_view product = one.product.view();
    EK_TRY(CheckProduct(one.product));
    if (one.product.publisher() != policy.authority.view()) return Malformed("operations policy: another's product");
    if (product <= previous) return Malformed("operations policy: order of products");
    if (one.demands == OperationsDemands()) return SaidByAbsence();
    EK_TRY(CheckDemands(one.demands));
    previous = product;
  }
  return {};
}

Status CheckPolicy(const OperationsPolicy& policy) {
  if (policy.version == 0) return Malformed("operations policy: version 0");
  if (!IsName(policy.authority.view())) return Malformed("operations policy: authority");
  if (policy.sessions && (*policy.sessions == 0 || *policy.sessions > kMaxDemandedSessions))
    return Malformed("operations policy: sessions");
  EK_TRY(CheckDemands(policy.demands));
  return CheckProducts(policy);
}

template <std::unsigned_integral T>
Result<std::optional<T>> ReadLimit(FieldReader& fields, std::int64_t key, CborReader& in) {
  EK_TRY_ASSIGN(const bool present, fields.Has(key));
  if (!present) return std::optional<T>();
  EK_TRY_ASSIGN(const std::uint64_t value, in.ReadUnsigned());
  if (value > std::numeric_limits<T>::max()) return Malformed("number out of range");
  return std::optional<T>(static_cast<T>(value));
}

Result<Isolation> ReadFloor(FieldReader& fields, CborReader& in) {
  EK_TRY_ASSIGN(const auto number, ReadLimit<std::uint64_t>(fields, kDemandedFloor, in));
  if (!number) return Isolation::kProcess;
  if (*number == std::to_underlying(Isolation::kProcess)) return SaidByAbsence();
  if (*number > std::to_underlying(Isolation::kTrustZone)) return Error(ErrorCode::kUnsupported, "unknown kind");
  return static_cast<Isolation>(*number);
}

Result<OperationsDemands> ReadDemands(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OperationsDemands demands;
  EK_TRY_ASSIGN(demands.isolation_floor, ReadFloor(fields, in));
  EK_TRY_ASSIGN(demands.threads, ReadLimit<std::uint32_t>(fields, kDemandedThreads, in));
  EK_TRY_ASSIGN(demands.memory_budget, ReadLimit<std::uint64_t>(fields, kDemandedMemory, in));
  EK_TRY_ASSIGN(const bool has_export, fields.Has(kExportForbidden));
  if (has_export) {
    EK_TRY_ASSIGN(demands.forbids_export, in.ReadBool());
    if (!demands.forbids_export) return SaidByAbsence();
  }
  EK_TRY(fields.End());
  if (demands == OperationsDemands()) return SaidByAbsence();
  return demands;
}

Status ReadProducts(CborReader& in, OperationsPolicy& policy) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count == 0) return SaidByAbsence();
  for (std::size_t i = 0; i < count; ++i) {
    ProductDemands one;
    EK_TRY(in.ExpectArray(2));
    EK_TRY_ASSIGN(const std::string_view product, in.ReadText());
    EK_TRY_ASSIGN(one.product, ProductName::Parse(product));
    EK_TRY_ASSIGN(one.demands, ReadDemands(in));
    EK_TRY(policy.products.PushBack(one));
  }
  return {};
}

Status WriteDemands(const OperationsDemands& demands, CborWriter& out) {
  const bool has_floor = demands.isolation_floor != Isolation::kProcess;
  const std::array present = {has_floor, demands.threads.has_value(), demands.memory_budget.has_value(),
                              demands.forbids_export};
  EK_TRY_ASSIGN(FieldWriter fields,
                FieldWriter::Enter(out, static_cast<std::size_t>(std::ranges::count(present, true))));
  if (has_floor) EK_TRY(fields.Unsigned(kDemandedFloor, std::to_underlying(demands.isolation_floor)));
  if (demands.threads) EK_TRY(fields.Unsigned(kDemandedThreads, *demands.threads));
  if (demands.memory_budget) EK_TRY(fields.Unsigned(kDemandedMemory, *demands.memory_budget));
  if (!demands.forbids_export) return {};
  EK_TRY(fields.At(kExportForbidden));
  return out.Bool(true);
}

Status WriteProducts(const OperationsPolicy& policy, CborWriter& out) {
  EK_TRY(out.Array(policy.products.size()));
  for (const ProductDemands& one : policy.products) {
    EK_TRY(out.Array(2));
    EK_TRY(out.Text(one.product.view()));
    EK_TRY(WriteDemands(one.demands, out));
  }
  return {};
}

template <typename T>
std::optional<T> Lower(const std::optional<T>& a, const std::optional<T>& b) {
  return a && b ? std::min(*a, *b) : (a ? a : b);
}

OperationsDemands StricterOf(const OperationsDemands& a, const OperationsDemands& b) {
  return {.isolation_floor = std::max(a.isolation_floor, b.isolation_floor),
          .threads = Lower(a.threads, b.threads),
          .memory_budget = Lower(a.memory_budget, b.memory_budget),
          .forbids_export = a.forbids_export || b.forbids_export};
}

}  // namespace

Result<OperationsPolicy> DecodeOperationsPolicy(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxOperationsPolicySize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kOperationsType));
  OperationsPolicy policy;
  EK_TRY_ASSIGN(policy.version, fields.Unsigned<std::uint64_t>(kOperationsVersion));
  EK_TRY_ASSIGN(const std::string_view authority, fields.Text(kOperationsAuthority));
  if (!IsName(authority)) return Malformed("operations policy: authority");
  policy.authority = InlineString<63>::Truncated(authority);
  EK_TRY_ASSIGN(policy.sessions, ReadLimit<std::uint32_t>(fields, kOperationsSessions, in));
  EK_TRY_ASSIGN(const bool has_demands, fields.Has(kOperationsDemands));
  if (has_demands) {
    EK_TRY_ASSIGN(policy.demands, ReadDemands(in));
  }
  EK_TRY_ASSIGN(const bool has_products, fields.Has(kOperationsProducts));
  if (has_products) EK_TRY(ReadProducts(in, policy));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckPolicy(policy));
  return policy;
}

Status EncodeOperationsPolicy(const OperationsPolicy& policy, CborWriter& out) {
  EK_TRY(CheckPolicy(policy));
  const bool has_demands = !(policy.demands == OperationsDemands());
  const std::size_t optional =
      std::size_t{policy.sessions.has_value()} + std::size_t{has_demands} + std::size_t{!policy.products.empty()};
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3 + optional));
  EK_TRY(fields.Text(kTypeKey, kOperationsType));
  EK_TRY(fields.Unsigned(kOperationsVersion, policy.version));
  EK_TRY(fields.Text(kOperationsAuthority, policy.authority.view()));
  if (policy.sessions) EK_TRY(fields.Unsigned(kOperationsSessions, *policy.sessions));
  if (has_demands) {
    EK_TRY(fields.At(kOperationsDemands));
    EK_TRY(WriteDemands(policy.demands, out));
  }
  if (policy.products.empty()) return {};
  EK_TRY(fields.At(kOperationsProducts));
  return WriteProducts(policy, out);
}

Status CheckOperationsStep(std::uint64_t last, std::uint64_t next) {
  if (next <= last) return Error(ErrorCode::kWrongVersion, "operations policy: not newer than the last one");
  if (next - last > kMaxOperationsStep)
    return Error(ErrorCode::kWrongVersion, "operations policy: its version is more than 1000 above the last one's");
  return {};
}

bool IsOperationsPolicy(ByteView bytes) {
  CborReader in(bytes);
  Result<FieldReader> fields = FieldReader::Enter(in);
  return fields && fields->Type(kOperationsType);
}

OperationsDemands DemandsOn(const OperationsPolicy& policy, const ProductName& product) {
  const auto* const own = std::ranges::find(policy.products, product, &ProductDemands::product);
  return own == policy.products.end() ? policy.demands : StricterOf(policy.demands, own->demands);
}

Result<ProductName> OperationsProductOf(std::string_view authority) {
  std::array<char, ProductName::kMaxLength> text;
  const std::size_t size = authority.size() + 1 + kOperationsProduct.size();
  if (!IsName(authority) || size > text.size()) return Malformed("operations policy: authority");
  std::ranges::copy(authority, text.begin());
  text[authority.size()] = '/';
  std::ranges::copy(kOperationsProduct, text.begin() + static_cast<std::ptrdiff_t>(authority.size() + 1));
  return ProductName::Parse({text.data(), size});
}

}  // namespace edgekeep::formats
