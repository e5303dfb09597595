// Product policies from JSON.
#pragma once
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "edgekeep/formats/product_policy.h"

namespace edgekeep::policy {

inline constexpr std::size_t kMaxPolicyText = 65536;

// For the person who wrote the policy.
struct Complaint {
  std::string field;    // "output_guard.top_k"; empty where the whole text is no JSON object
  std::string problem;  // "must be a whole number from 1 to 64"
};

// Parses one JSON object with the names of spec/product-policy.md §2. Fields that are not there have their defaults; to
// say a default is allowed.
std::expected<formats::ProductPolicy, Complaint> Parse(std::string_view text);

}  // namespace edgekeep::policy
