#include "edgekeep/formats/product_policy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fields.h"

namespace edgekeep::formats {
namespace {

enum Field : std::int64_t {
  kThreads = 1,
  kProcessors = 2,
  kMemoryBudget = 3,
  kSpinning = 4,
  kProviders = 5,
  kWeightsMayLeave = 6,
  kZeroCopyInputs = 7,
  kOutputGuard = 8,
  kReceipts = 9,
  kStartAtBoot = 10,
  kLingerSeconds = 11,
  kLicenceEnd = 12,
  kDegradedCalls = 13,
};

enum GuardField : std::int64_t { kTopK = 1, kDecimals = 2 };

constexpr std::size_t kFieldsEnd = kDegradedCalls + 1;

Status CheckProcessors(const ProductPolicy& policy) {
  const auto list = policy.processors.view();
  if (std::ranges::any_of(list, [](std::uint16_t index) { return index > kLastProcessor; })) {
    return Malformed("product policy: processors: index");
  }
  if (std::ranges::adjacent_find(list, std::ranges::greater_equal()) != list.end()) {
    return Malformed("product policy: processors: not ascending");
  }
  return {};
}

Status CheckProviders(const ProductPolicy& policy) {
  const auto list = policy.providers.view();
  if (list.empty()) return Malformed("product policy: providers: none");
  for (auto provider = list.begin(); provider != list.end(); ++provider) {
    EK_TRY(CheckEnum(*provider, ExecutionProvider::kWebGpu));
    if (std::find(list.begin(), provider, *provider) != provider) return Malformed("product policy: providers: twice");
    if (*provider != ExecutionProvider::kCpu && !policy.weights_may_leave) {
      return Malformed("product policy: providers: weights may not leave the processor");
    }
  }
  return {};
}

Status CheckOutputGuard(const OutputGuard& guard) {
  if (guard.top_k && *guard.top_k == 0) return Malformed("product policy: output guard: top k");
  if (guard.decimals && *guard.decimals > kMaxDecimals) return Malformed("product policy: output guard: decimals");
  return {};
}

// Which fields are written: those that do not have their default.
std::array<bool, kFieldsEnd> FieldsOf(const ProductPolicy& policy) {
  const ProductPolicy defaults;
  std::array<bool, kFieldsEnd> present{};
  present[kThreads] = policy.threads.has_value();
  present[kProcessors] = !policy.processors.empty();
  present[kMemoryBudget] = policy.memory_budget.has_value();
  present[kSpinning] = policy.spinning;
  present[kProviders] = !(policy.providers == defaults.providers);
  present[kWeightsMayLeave] = policy.weights_may_leave;
  present[kZeroCopyInputs] = policy.zero_copy_inputs;
  present[kOutputGuard] = !(policy.output_guard == defaults.output_guard);
  present[kReceipts] = policy.receipts;
  present[kStartAtBoot] = policy.start_at_boot;
  present[kLingerSeconds] = policy.linger_seconds != defaults.linger_seconds;
  present[kLicenceEnd] = policy.licence_end != defaults.licence_end;
  present[kDegradedCalls] = policy.degraded_calls_per_minute != defaults.degraded_calls_per_minute;
  return present;
}

// Reads the fields of a policy. A field that says what its absence says is refused, so that each policy is one sequence
// of bytes.
class PolicyReader {
 public:
  static Result<PolicyReader> Enter(CborReader& in) {
    EK_TRY_ASSIGN(const FieldReader fields, FieldReader::Enter(in));
    return PolicyReader(in, fields);
  }

  Result<bool> Flag(std::int64_t key) {
    EK_TRY_ASSIGN(const bool present, fields_.Has(key));
    if (!present) return false;
    EK_TRY_ASSIGN(const bool value, in_->ReadBool());
    if (!value) return IsDefault();
    return true;
  }

  template <std::unsigned_integral T>
  Result<std::optional<T>> Number(std::int64_t key) {
    EK_TRY_ASSIGN(const bool present, fields_.Has(key));
    if (!present) return std::optional<T>();
    EK_TRY_ASSIGN(const T value, ReadNumber<T>());
    return std::optional<T>(value);
  }

  template <std::unsigned_integral T>
  Result<T> NumberOr(std::int64_t key, T by_default) {
    EK_TRY_ASSIGN(const std::optional<T> value, Number<T>(key));
    if (value && *value == by_default) return IsDefault();
    return value.value_or(by_default);
  }

  template <std::size_t N>
  Result<InlineVector<std::uint16_t, N>> Numbers(std::int64_t key) {
    InlineVector<std::uint16_t, N> list;
    EK_TRY_ASSIGN(const bool present, fields_.Has(key));
    if (!present) return list;
    EK_TRY_ASSIGN(const std::size_t count, in_->ReadArray());
    if (count == 0) return IsDefault();
    for (std::size_t i = 0; i < count; ++i) {
      EK_TRY_ASSIGN(const auto number, ReadNumber<std::uint16_t>());
      EK_TRY(list.PushBack(number));
    }
    return list;
  }

  Result<OutputGuard> Guard() {
    OutputGuard guard;
    EK_TRY_ASSIGN(const bool present, fields_.Has(kOutputGuard));
    if (!present) return guard;
    EK_TRY_ASSIGN(PolicyReader inner, Enter(*in_));
    EK_TRY_ASSIGN(guard.top_k, inner.Number<std::uint32_t>(kTopK));
    EK_TRY_ASSIGN(guard.decimals, inner.Number<std::uint8_t>(kDecimals));
    EK_TRY(inner.End());
    if (guard == OutputGuard()) return IsDefault();
    return guard;
  }

  Status End() const { return fields_.End(); }

 private:
  PolicyReader(CborReader& in, FieldReader fields) noexcept : in_(&in), fields_(fields) {}

  static Error IsDefault() { return Malformed("product policy: a field with its default"); }

  template <std::unsigned_integral T>
  Result<T> ReadNumber() {
    EK_TRY_ASSIGN(const std::uint64_t value, in_->ReadUnsigned());
    if (value > std::numeric_limits<T>::max()) return Malformed("number out of range");
    return static_cast<T>(value);
  }

  CborReader* in_;
  FieldReader fields_;
};

Result<ExecutionProviders> ReadProviders(PolicyReader& reader) {
  EK_TRY_ASSIGN(const auto numbers, reader.Numbers<kMaxPolicyProviders>(kProviders));
  if (numbers.empty()) return CpuAlone();
  ExecutionProviders providers;
  for (const std::uint16_t number : numbers) {
    if (number > std::numeric_limits<std::uint8_t>::max()) return Error(ErrorCode::kUnsupported, "unknown kind");
    EK_TRY(providers.PushBack(static_cast<ExecutionProvider>(number)));
  }
  if (providers == CpuAlone()) return Malformed("product policy: a field with its default");
  return providers;
}

Result<LicenceEnd> ReadLicenceEnd(PolicyReader& reader) {
  EK_TRY_ASSIGN(const auto number,
                reader.NumberOr<std::uint64_t>(kLicenceEnd, std::to_underlying(LicenceEnd::kFinish)));
  if (number > std::to_underlying(LicenceEnd::kStop)) return Error(ErrorCode::kUnsupported, "unknown kind");
  return static_cast<LicenceEnd>(number);
}

Result<ProductPolicy> ReadFields(PolicyReader& reader) {
  ProductPolicy policy;
  EK_TRY_ASSIGN(policy.threads, reader.Number<std::uint32_t>(kThreads));
  EK_TRY_ASSIGN(policy.processors, reader.Numbers<kMaxPolicyProcessors>(kProcessors));
  EK_TRY_ASSIGN(policy.memory_budget, reader.Number<std::uint64_t>(kMemoryBudget));
  EK_TRY_ASSIGN(policy.spinning, reader.Flag(kSpinning));
  EK_TRY_ASSIGN(policy.providers, ReadProviders(reader));
  EK_TRY_ASSIGN(policy.weights_may_leave, reader.Flag(kWeightsMayLeave));
  EK_TRY_ASSIGN(policy.zero_copy_inputs, reader.Flag(kZeroCopyInputs));
  EK_TRY_ASSIGN(policy.output_guard, reader.Guard());
  EK_TRY_ASSIGN(policy.receipts, reader.Flag(kReceipts));
  EK_TRY_ASSIGN(policy.start_at_boot, reader.Flag(kStartAtBoot));
  EK_TRY_ASSIGN(policy.linger_seconds, reader.NumberOr<std::uint32_t>(kLingerSeconds, 0));
  EK_TRY_ASSIGN(policy.licence_end, ReadLicenceEnd(reader));
  EK_TRY_ASSIGN(policy.degraded_calls_per_minute,
                reader.NumberOr<std::uint32_t>(kDegradedCalls, kDefaultDegradedCalls));
  EK_TRY(reader.End());
  return policy;
}

Status WriteFlag(FieldWriter& fields, std::int64_t key, CborWriter& out) {
  EK_TRY(fields.At(key));
  return out.Bool(true);
}

template <typename List>
Status WriteNumbers(FieldWriter& fields, std::int64_t key, const List& list, CborWriter& out) {
  EK_TRY(fields.At(key));
  EK_TRY(out.Array(list.size()));
  for (const auto number : list) EK_TRY(out.Unsigned(static_cast<std::uint16_t>(number)));
  return {};
}

Status WriteGuard(FieldWriter& fields, const OutputGuard& guard, CborWriter& out) {
  EK_TRY(fields.At(kOutputGuard));
  EK_TRY_ASSIGN(FieldWriter inner, FieldWriter::Enter(out, std::size_t{guard.top_k.has_value()} +
                                                               std::size_t{guard.decimals.has_value()}));
  if (guard.top_k) EK_TRY(inner.Unsigned(kTopK, *guard.top_k));
  if (guard.decimals) EK_TRY(inner.Unsigned(kDecimals, *guard.decimals));
  return {};
}

Status WriteField(FieldWriter& fields, std::size_t key, const ProductPolicy& policy, CborWriter& out) {
  switch (key) {
    case kThreads:
      return fields.Unsigned(kThreads, *policy.threads);
    case kProcessors:
      return WriteNumbers(fields, kProcessors, policy.processors, out);
    case kMemoryBudget:
      return fields.Unsigned(kMemoryBudget, *policy.memory_budget);
    case kProviders:
      return WriteNumbers(fields, kProviders, policy.providers, out);
    case kOutputGuard:
      return WriteGuard(fields, policy.output_guard, out);
    case kLingerSeconds:
      return fields.Unsigned(kLingerSeconds, policy.linger_seconds);
    case kLicenceEnd:
      return fields.Unsigned(kLicenceEnd, std::to_underlying(policy.licence_end));
    case kDegradedCalls:
      return fields.Unsigned(kDegradedCalls, policy.degraded_calls_per_minute);
    default:
      return WriteFlag(fields, static_cast<std::int64_t>(key), out);
  }
}

Status CheckNotDefault(const ProductPolicy& policy) {
  if (policy.is_default()) return Malformed("product policy: everything has its default");
  return {};
}

}  // namespace

ExecutionProviders CpuAlone() {
  ExecutionProviders providers;
  static_cast<void>(providers.PushBack(ExecutionProvider::kCpu));
  return providers;
}

Status CheckProductPolicy(const ProductPolicy& policy) {
  if (policy.threads && (*policy.threads == 0 || *policy.threads > kMaxPolicyThreads)) {
    return Malformed("product policy: threads");
  }
  EK_TRY(CheckProcessors(policy));
  if (policy.memory_budget && *policy.memory_budget == 0) return Malformed("product policy: memory budget");
  EK_TRY(CheckProviders(policy));
  EK_TRY(CheckOutputGuard(policy.output_guard));
  if (policy.linger_seconds > kMaxLingerSeconds) return Malformed("product policy: linger");
  EK_TRY(CheckEnum(policy.licence_end, LicenceEnd::kStop));
  if (policy.degraded_calls_per_minute == 0) return Malformed("product policy: calls per minute while degraded");
  return {};
}

Result<ProductPolicy> DecodeProductPolicy(CborReader& in) {
  EK_TRY_ASSIGN(PolicyReader reader, PolicyReader::Enter(in));
  EK_TRY_ASSIGN(const ProductPolicy policy, ReadFields(reader));
  EK_TRY(CheckProductPolicy(policy));
  EK_TRY(CheckNotDefault(policy));
  return policy;
}

Result<ProductPolicy> DecodeProductPolicy(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxProductPolicySize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(const ProductPolicy policy, DecodeProductPolicy(in));
  EK_TRY(in.ExpectEnd());
  return policy;
}

Status EncodeProductPolicy(const ProductPolicy& policy, CborWriter& out) {
  EK_TRY(CheckProductPolicy(policy));
  EK_TRY(CheckNotDefault(policy));
  const auto present = FieldsOf(policy);
  EK_TRY_ASSIGN(FieldWriter fields,
                FieldWriter::Enter(out, static_cast<std::size_t>(std::ranges::count(present, true))));
  for (std::size_t key = 1; key < kFieldsEnd; ++key) {
    if (present[key]) EK_TRY(WriteField(fields, key, policy, out));
  }
  return {};
}

}  // namespace edgekeep::formats
