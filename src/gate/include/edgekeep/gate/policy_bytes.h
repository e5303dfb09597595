// A product policy on its way through the gate, as spec/product-policy.md encodes it; whoever uses it decodes it.
#pragma once
#include <cstdint>

#include "edgekeep/base/inline_vector.h"

namespace edgekeep::gate {

inline constexpr std::size_t kMaxPolicySize = 1024;

// Empty: everything has its default.
using PolicyBytes = InlineVector<std::uint8_t, kMaxPolicySize>;

}  // namespace edgekeep::gate
