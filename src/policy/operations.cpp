#include "edgekeep/policy/operations.h"

#include "edgekeep/json/text.h"
#include "field_taker.h"

namespace edgekeep::policy {
namespace {

using formats::Isolation;
using formats::OperationsDemands;
using formats::OperationsPolicy;

constexpr const char* kProducts = "products";

void TakeDemands(FieldTaker& fields, OperationsDemands& demands) {
  fields.Name("isolation_floor", kIsolationNames, demands.isolation_floor);
  fields.Number("threads", {1, formats::kMaxDemandedThreads}, demands.threads);
  fields.Number("memory_budget", {1, kMost64}, demands.memory_budget);
  bool exports = true;
  fields.Flag("exports", exports);
  demands.forbids_export = !exports;
}

// The complaint's problem is empty where there is none.
Complaint TakeProduct(const json::Member& member, OperationsPolicy& policy) {
  const std::string name = std::string(kProducts) + "." + member.key;
  const auto product = ProductName::Parse(member.key);
  if (!product || product->publisher() != policy.authority.view())
    return {name, "must be a product of the authority, " + std::string(policy.authority.view()) + "/NAME"};
  const auto object = member.value.AsObject();
  if (!object) return {name, "must be an object of demands"};
  formats::ProductDemands one{.product = *product, .demands = {}};
  FieldTaker inner(**object, name + ".");
  TakeDemands(inner, one.demands);
  const Complaint& complaint = inner.End();
  if (!complaint.problem.empty()) return complaint;
  if (one.demands == OperationsDemands()) return {name, "demands nothing"};
  if (policy.products.PushBack(one)) return {};
  return {kProducts, "has more than " + std::to_string(formats::kMaxProductDemands)};
}

Complaint TakeProducts(FieldTaker& fields, OperationsPolicy& policy) {
  const json::Value* const value = fields.Take(kProducts);
  if (value == nullptr) return {};
  const auto object = value->AsObject();
  if (!object) return {kProducts, "must be an object of products"};
  for (const json::Member& member : (*object)->members()) {
    Complaint complaint = TakeProduct(member, policy);
    if (!complaint.problem.empty()) return complaint;
  }
  std::ranges::sort(policy.products, {}, [](const auto& one) { return one.product.view(); });
  return {};
}

void TakeOrigin(FieldTaker& fields, OperationsPolicy& policy) {
  fields.Number("version", {1, kMost64}, policy.version);
  const json::Value* const value = fields.Take("authority");
  const auto authority = value == nullptr ? Result<std::string_view>(std::string_view()) : value->AsText();
  if (policy.version == 0) fields.Complain("version", "must be a whole number from 1 on");
  if (!authority || !IsName(*authority)) return fields.Complain("authority", "must be the publisher's name");
  policy.authority = InlineString<63>::Truncated(*authority);
}

void SetDemands(json::Object& object, const OperationsDemands& demands) {
  if (demands.isolation_floor != Isolation::kProcess) object.Set("isolation_floor", NameOf(demands.isolation_floor));
  if (demands.threads) object.Set("threads", *demands.threads);
  if (demands.memory_budget) object.Set("memory_budget", *demands.memory_budget);
  if (demands.forbids_export) object.Set("exports", false);
}

template <typename T>
std::string LimitText(const std::optional<T>& limit) {
  return limit ? "at most " + std::to_string(*limit) : "without a limit";
}

template <typename T>
bool IsWeaker(const std::optional<T>& before, const std::optional<T>& after) {
  return before && (!after || *after > *before);
}

// Puts differences into words.
class Comparison {
 public:
  template <typename T>
  void Limit(const std::string& what, const std::optional<T>& before, const std::optional<T>& after) {
    if (before != after) Say(what, LimitText(after), LimitText(before), IsWeaker(before, after));
  }

  void Demands(const std::string& whose, const OperationsDemands& before, const OperationsDemands& after) {
    if (before.isolation_floor != after.isolation_floor) {
      Say("isolation floor of " + whose, std::string(NameOf(after.isolation_floor)),
          std::string(NameOf(before.isolation_floor)), after.isolation_floor < before.isolation_floor);
    }
    Limit("threads of " + whose, before.threads, after.threads);
    Limit("bytes of memory of " + whose, before.memory_budget, after.memory_budget);
    if (before.forbids_export == after.forbids_export) return;
    const auto text = [](bool forbids) { return forbids ? "forbidden" : "as licences allow"; };
    Say("exports of " + whose, text(after.forbids_export), text(before.forbids_export), before.forbids_export);
  }

  std::vector<std::string> lines;

 private:
  void Say(const std::string& what, const std::string& now, const std::string& was, bool weaker) {
    lines.push_back((weaker ? "DEMANDS LESS: " : "demands more: ") + what + ": " + now + ", was " + was);
  }
};

}  // namespace

std::expected<OperationsPolicy, Complaint> ParseOperations(std::string_view text) {
  const auto value = json::Parse(text, {.max_bytes = kMaxPolicyText, .max_depth = 4, .max_values = 256});
  const auto object = value ? value->AsObject() : Result<const json::Object*>(value.error());
  if (!object) return std::unexpected(Complaint{"", "is not one JSON object, each name in it once"});
  OperationsPolicy policy;
  FieldTaker fields(**object, "");
  TakeOrigin(fields, policy);
  fields.Number("sessions", {1, formats::kMaxDemandedSessions}, policy.sessions);
  TakeDemands(fields, policy.demands);
  const Complaint products = TakeProducts(fields, policy);
  if (!products.problem.empty()) fields.Complain(products.field, products.problem);
  const Complaint& complaint = fields.End();
  if (!complaint.problem.empty()) return std::unexpected(complaint);
  return policy;
}

json::Object ToJson(const OperationsPolicy& policy) {
  json::Object object;
  object.Set("version", policy.version).Set("authority", policy.authority.view());
  if (policy.sessions) object.Set("sessions", *policy.sessions);
  SetDemands(object, policy.demands);
  if (policy.products.empty()) return object;
  json::Object products;
  for (const auto& one : policy.products) {
    json::Object demands;
    SetDemands(demands, one.demands);
    products.Set(one.product.view(), demands);
  }
  return object.Set("products", products);
}

std::string ToText(const OperationsDemands& demands) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (demands.isolation_floor != Isolation::kProcess) add("isolation " + std::string(NameOf(demands.isolation_floor)));
  if (demands.threads) add(std::to_string(*demands.threads) + " threads");
  if (demands.memory_budget) add(std::to_string(*demands.memory_budget) + " bytes of memory");
  if (demands.forbids_export) add("no exports");
  return text.empty() ? "nothing" : text;
}

std::vector<std::string> Describe(const OperationsPolicy& policy) {
  std::vector<std::string> lines;
  if (policy.sessions) lines.push_back("of a device: " + std::to_string(*policy.sessions) + " sessions at most");
  lines.push_back("of every product: " + ToText(policy.demands));
  for (const auto& one : policy.products) {
    lines.push_back("of " + std::string(one.product.view()) + ": " + ToText(one.demands));
  }
  return lines;
}

std::vector<std::string> Differences(const OperationsPolicy& before, const OperationsPolicy& after) {
  Comparison comparison;
  if (after.version <= before.version) {
    comparison.lines.push_back("THE VERSION GOES BACK: devices have policy " + std::to_string(before.version) +
                               " and will not take this one");
  }
  comparison.Limit("sessions of a device", before.sessions, after.sessions);
  comparison.Demands("every product", before.demands, after.demands);
  std::vector<ProductName> products;
  for (const auto* policy : {&before, &after}) {
    for (const auto& one : policy->products) {
      if (std::ranges::find(products, one.product) == products.end()) products.push_back(one.product);
    }
  }
  for (const ProductName& product : products) {
    comparison.Demands(std::string(product.view()), DemandsOn(before, product), DemandsOn(after, product));
  }
  return std::move(comparison.lines);
}

}  // namespace edgekeep::policy
