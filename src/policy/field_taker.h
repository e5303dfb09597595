// Takes the fields of a JSON object one by one, and remembers what is wrong with them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/json/value.h"
#include "edgekeep/policy/parse.h"
#include "names.h"

namespace edgekeep::policy {

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

inline std::string Said(const Range& range) {
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

inline constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint64_t kMost64 = std::numeric_limits<std::uint64_t>::max();

}  // namespace edgekeep::policy
