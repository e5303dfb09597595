#include "edgekeep/policy/parse.h"

#include <algorithm>

#include "edgekeep/json/text.h"
#include "field_taker.h"

namespace edgekeep::policy {
namespace {

using formats::ProductPolicy;

// The complaint's problem is empty where there is none.
Complaint TakeGuard(FieldTaker& fields, formats::OutputGuard& guard) {
  constexpr const char* kName = "output_guard";
  const json::Value* const value = fields.Take(kName);
  if (value == nullptr) return {};
  const auto object = value->AsObject();
  if (!object) return {kName, "must be an object with top_k, decimals or both"};
  FieldTaker inner(**object, "output_guard.");
  inner.Number("top_k", {1, kMost32}, guard.top_k);
  inner.Number("decimals", {0, formats::kMaxDecimals}, guard.decimals);
  return inner.End();
}

void TakeEngineFields(FieldTaker& fields, ProductPolicy& policy) {
  fields.Number("threads", {1, formats::kMaxPolicyThreads}, policy.threads);
  fields.Processors("processors", policy.processors);
  fields.Number("memory_budget", {1, kMost64}, policy.memory_budget);
  fields.Flag("spinning", policy.spinning);
  fields.Providers("providers", policy.providers);
  fields.Flag("weights_may_leave", policy.weights_may_leave);
  fields.Flag("zero_copy_inputs", policy.zero_copy_inputs);
}

void TakeServiceFields(FieldTaker& fields, ProductPolicy& policy) {
  fields.Flag("receipts", policy.receipts);
  fields.Flag("start_at_boot", policy.start_at_boot);
  fields.Number("linger_seconds", {0, formats::kMaxLingerSeconds}, policy.linger_seconds);
  fields.Name("licence_end", kLicenceEndNames, policy.licence_end);
  fields.Number("degraded_calls_per_minute", {1, kMost32}, policy.degraded_calls_per_minute);
}

bool NeedsWeightsToLeave(const ProductPolicy& policy) {
  return std::ranges::any_of(policy.providers,
                             [](auto provider) { return provider != formats::ExecutionProvider::kCpu; });
}

}  // namespace

std::expected<ProductPolicy, Complaint> Parse(std::string_view text) {
  const auto value = json::Parse(text, {.max_bytes = kMaxPolicyText, .max_depth = 4, .max_values = 256});
  const auto object = value ? value->AsObject() : Result<const json::Object*>(value.error());
  if (!object) return std::unexpected(Complaint{"", "is not one JSON object, each name in it once"});
  ProductPolicy policy;
  FieldTaker fields(**object, "");
  TakeEngineFields(fields, policy);
  const Complaint guard = TakeGuard(fields, policy.output_guard);
  if (!guard.problem.empty()) fields.Complain(guard.field, guard.problem);
  TakeServiceFields(fields, policy);
  const Complaint& complaint = fields.End();
  if (!complaint.problem.empty()) return std::unexpected(complaint);
  if (NeedsWeightsToLeave(policy) && !policy.weights_may_leave) {
    return std::unexpected(Complaint{"providers", "other than cpu need weights_may_leave to be true"});
  }
  // Everything is said above; what is not would be a fault here.
  if (!formats::CheckProductPolicy(policy)) return std::unexpected(Complaint{"", "is no valid policy"});
  return policy;
}

}  // namespace edgekeep::policy
