#include "edgekeep/policy/write.h"

#include "names.h"

namespace edgekeep::policy {
namespace {

using formats::ProductPolicy;

json::Array ProvidersOf(const ProductPolicy& policy) {
  json::Array names;
  for (const formats::ExecutionProvider provider : policy.providers) names.emplace_back(formats::NameOf(provider));
  return names;
}

json::Array ProcessorsOf(const ProductPolicy& policy) {
  json::Array numbers;
  for (const std::uint16_t number : policy.processors) numbers.emplace_back(number);
  return numbers;
}

json::Object GuardOf(const formats::OutputGuard& guard) {
  json::Object object;
  if (guard.top_k) object.Set("top_k", *guard.top_k);
  if (guard.decimals) object.Set("decimals", *guard.decimals);
  return object;
}

void SetFlag(json::Object& object, const char* name, bool value) {
  if (value) object.Set(name, true);
}

std::string TextOf(const json::Value& value) {
  std::string text;
  if (const auto array = value.AsArray()) {
    for (const json::Value& item : **array) text += " " + TextOf(item);
    return text.empty() ? text : text.substr(1);
  }
  if (const auto object = value.AsObject()) {
    for (const json::Member& member : (*object)->members()) text += " " + member.key + " " + TextOf(member.value);
    return text.empty() ? text : text.substr(1);
  }
  if (const auto name = value.AsText()) return std::string(*name);
  if (const auto number = value.AsUnsigned()) return std::to_string(*number);
  return text;
}

}  // namespace

json::Object ToJson(const ProductPolicy& policy) {
  const ProductPolicy defaults;
  json::Object object;
  if (policy.threads) object.Set("threads", *policy.threads);
  if (!policy.processors.empty()) object.Set("processors", ProcessorsOf(policy));
  if (policy.memory_budget) object.Set("memory_budget", *policy.memory_budget);
  SetFlag(object, "spinning", policy.spinning);
  if (!(policy.providers == defaults.providers)) object.Set("providers", ProvidersOf(policy));
  SetFlag(object, "weights_may_leave", policy.weights_may_leave);
  SetFlag(object, "zero_copy_inputs", policy.zero_copy_inputs);
  if (!(policy.output_guard == defaults.output_guard)) object.Set("output_guard", GuardOf(policy.output_guard));
  SetFlag(object, "receipts", policy.receipts);
  SetFlag(object, "start_at_boot", policy.start_at_boot);
  if (policy.linger_seconds != defaults.linger_seconds) object.Set("linger_seconds", policy.linger_seconds);
  if (policy.licence_end != defaults.licence_end) object.Set("licence_end", NameOf(policy.licence_end));
  if (policy.degraded_calls_per_minute != defaults.degraded_calls_per_minute) {
    object.Set("degraded_calls_per_minute", policy.degraded_calls_per_minute);
  }
  return object;
}

std::string ToText(const ProductPolicy& policy) {
  std::string text;
  const json::Object object = ToJson(policy);
  for (const json::Member& member : object.members()) {
    if (!text.empty()) text += ", ";
    text += member.key;
    const std::string value = TextOf(member.value);
    if (!value.empty()) text += " " + value;
  }
  return text.empty() ? "defaults" : text;
}

}  // namespace edgekeep::policy
