// A product policy, or an operations policy, on its way through the gate, as their pages of spec/ encode them; whoever
// uses it decodes it.
#pragma once
#include <cstdint>

#include "edgekeep/base/inline_vector.h"

namespace edgekeep::gate {

inline constexpr std::size_t kMaxPolicySize = 1024;

// Empty: everything has its default.
using PolicyBytes = InlineVector<std::uint8_t, kMaxPolicySize>;

inline constexpr std::size_t kMaxOperationsSize = 4096;

// Empty: none was taken.
using OperationsBytes = InlineVector<std::uint8_t, kMaxOperationsSize>;

}  // namespace edgekeep::gate
