#include "edgekeep/policy/parse.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "edgekeep/json/text.h"
#include "names.h"

namespace edgekeep::policy {
namespace {

using formats::ProductPolicy;

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

std::string Said(const Range& range) {
  return "must be a whole number from " + std::to_string(range.first) + " to " + std::to_string(range.last);
}

// The names of a table, for people.
template <typename Names>
std::string AllOf(const Names& names) {
  std::string all;
  for (const auto& [value, name] : names) {
    if (!all.empty()) all += ", ";
    all += name;
  }
  return all;
}

// Takes the fields of one object and remembers the first complaint; fields that nobody took are complained of last.
class FieldTaker {
 public:
  FieldTaker(const json::Object& object, std::string prefix) : object_(object), prefix_(std::move(prefix)) {}

  void Flag(const char* name, bool& out) {
    const json::Value* const value = Take(name);
    if (value == nullptr) return;
    const auto flag = value->AsBool();
    if (!flag) return Complain(name, "must be true or false");
    out = *flag;
  }

  // `Out` is a number or an optional one.
  template <typename Out>
  void Number(const char* name, const Range& range, Out& out) {
    const json::Value* const value = Take(name);
    if (value == nullptr) return;
    const auto number = value->AsUnsigned();
    if (!number || *number < range.first || *number > range.last) return Complain(name, Said(range));
    out = static_cast<typename NumberOf<Out>::Type>(*number);
  }

  template <typename Names, typename Value>
  void Name(const char* name, const Names& names, Value& out) {
    const json::Value* const value = Take(name);
    if (value != nullptr && !Find(*value, names, out)) Complain(name, "must be one of " + AllOf(names));
  }

  // In the order in which they are written.
  void Providers(const char* name, formats::ExecutionProviders& out) {
    const json::Value* const value = Take(name);
    if (value == nullptr) return;
    const auto list = value->AsArray();
    if (!list || (*list)->empty()) return Complain(name, "must be a list of " + AllOf(kProviderNames));
    out = {};
    for (const json::Value& item : **list) {
      formats::ExecutionProvider provider{};
      if (!Find(item, kProviderNames, provider)) return Complain(name, "must be a list of " + AllOf(kProviderNames));
      if (std::ranges::find(out, provider) != out.end()) return Complain(name, "names one twice");
      if (!out.PushBack(provider)) return Complain(name, "has too many");
    }
  }

  // In any order.
  template <typename List>
  void Processors(const char* name, List& out) {
    const json::Value* const value = Take(name);
    if (value == nullptr) return;
    const auto list = value->AsArray();
    if (!list) return Complain(name, "must be a list of processors' numbers");
    std::vector<std::uint16_t> numbers;
    for (const json::Value& item : **list) {
      const auto number = item.AsUnsigned();
      if (!number || *number > formats::kLastProcessor) {
        return Complain(name, "each " + Said({0, formats::kLastProcessor}));
      }
      numbers.push_back(static_cast<std::uint16_t>(*number));
    }
    std::ranges::sort(numbers);
    if (std::ranges::adjacent_find(numbers) != numbers.end()) return Complain(name, "names one twice");
    const auto taken = List::From(numbers);
    if (!taken) return Complain(name, "has more than " + std::to_string(formats::kMaxPolicyProcessors));
    out = *taken;
  }

  const json::Value* Take(const char* name) {
    taken_.emplace_back(name);
    return object_.Find(name);
  }

  void Complain(std::string_view name, std::string problem) {
    if (complaint_.problem.empty()) complaint_ = {prefix_ + std::string(name), std::move(problem)};
  }

  // The first complaint; one without a problem where there is none.
  const Complaint& End() {
    for (const json::Member& member : object_.members()) {
      if (std::ranges::find(taken_, member.key) == taken_.end()) Complain(member.key, "is no field of a policy");
    }
    return complaint_;
  }

 private:
  template <typename T>
  struct NumberOf {
    using Type = T;
  };

  template <typename T>
  struct NumberOf<std::optional<T>> {
    using Type = T;
  };

  template <typename Names, typename Value>
  static bool Find(const json::Value& value, const Names& names, Value& out) {
    const auto text = value.AsText();
    if (!text) return false;
    const auto* const found = std::ranges::find_if(names, [&](const auto& entry) { return *text == entry.second; });
    if (found == names.end()) return false;
    out = found->first;
    return true;
  }

  const json::Object& object_;
  std::string prefix_;
  std::vector<std::string> taken_;
  Complaint complaint_;
};

constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kMost64 = std::numeric_limits<std::uint64_t>::max();

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
