// The product policy: how a publisher's product is to be run (spec/product-policy.md). Public, and signed by the author
// as part of a sealed file's header; a device takes it from there and from nowhere else.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxProductPolicySize = 1024;
inline constexpr std::uint32_t kMaxPolicyThreads = 64;
inline constexpr std::size_t kMaxPolicyProcessors = 64;
inline constexpr std::uint16_t kLastProcessor = 1023;
inline constexpr std::size_t kMaxPolicyProviders = 8;
inline constexpr std::uint8_t kMaxDecimals = 7;
inline constexpr std::uint32_t kMaxLingerSeconds = 86400;
inline constexpr std::uint32_t kDefaultDegradedCalls = 60;

// What an engine computes on.
enum class ExecutionProvider : std::uint8_t { kCpu = 1, kCuda = 2, kTensorRt = 3, kOpenVino = 4, kWebGpu = 5 };

// "cuda", as people write it; empty for what is none.
constexpr std::string_view NameOf(ExecutionProvider provider) {
  constexpr std::array<std::string_view, 6> kNames = {"", "cpu", "cuda", "tensorrt", "openvino", "webgpu"};
  const auto number = static_cast<std::size_t>(provider);
  return number < kNames.size() ? kNames[number] : "";
}

// In order of preference, each once.
using ExecutionProviders = InlineVector<ExecutionProvider, kMaxPolicyProviders>;

ExecutionProviders CpuAlone();

// What becomes of running sessions when their licence ends.
enum class LicenceEnd : std::uint8_t { kFinish = 1, kDegrade = 2, kStop = 3 };

// What applications see of floating-point outputs. Both absent: all of them.
struct OutputGuard {
  std::optional<std::uint32_t> top_k;    // of scores; at least 1
  std::optional<std::uint8_t> decimals;  // 0 … kMaxDecimals

  bool operator==(const OutputGuard&) const = default;
};

// Made without arguments it says what a product without a policy gets.
struct ProductPolicy {
  std::optional<std::uint32_t> threads;                          // 1 … kMaxPolicyThreads; absent: the device's default
  InlineVector<std::uint16_t, kMaxPolicyProcessors> processors;  // to run on, ascending; empty: any
  std::optional<std::uint64_t> memory_budget;                    // bytes, at least 1; absent: what the device allows
  bool spinning = false;                                         // the engine's threads spin while they wait
  ExecutionProviders providers = CpuAlone();
  bool weights_may_leave = false;  // the processor's protection; without it there is no provider but kCpu
  bool zero_copy_inputs = false;
  OutputGuard output_guard;
  bool receipts = false;
  bool start_at_boot = false;
  std::uint32_t linger_seconds = 0;  // how long a cell without sessions stays; at most kMaxLingerSeconds
  LicenceEnd licence_end = LicenceEnd::kFinish;
  std::uint32_t degraded_calls_per_minute = kDefaultDegradedCalls;  // at least 1

  bool operator==(const ProductPolicy&) const = default;

  bool is_default() const { return *this == ProductPolicy(); }
};

// A policy in which everything has its default is not written, and refused when read: there an object has none.
// Fail with kMalformed, kTooLarge, or kUnsupported for a provider or an end that this version does not know.
Result<ProductPolicy> DecodeProductPolicy(ByteView bytes);
// As part of another object.
Result<ProductPolicy> DecodeProductPolicy(CborReader& in);
Status EncodeProductPolicy(const ProductPolicy& policy, CborWriter& out);

// What an encoder and a decoder refuse, the default policy excepted.
Status CheckProductPolicy(const ProductPolicy& policy);

}  // namespace edgekeep::formats
