// Operations policies from JSON, as JSON, and in words (spec/operations-policy.md §1).
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/json/value.h"
#include "edgekeep/policy/parse.h"

namespace edgekeep::policy {

// Parses one JSON object with the names of the page; what is not there is not demanded, and to say so is allowed.
std::expected<formats::OperationsPolicy, Complaint> ParseOperations(std::string_view text);

// Under the names that ParseOperations takes.
json::Object ToJson(const formats::OperationsPolicy& policy);

// "isolation vm, 4 threads, no exports"; "nothing" where nothing is demanded.
std::string ToText(const formats::OperationsDemands& demands);

// What it demands: of a device, of every product, of each product that it names. One a line.
std::vector<std::string> Describe(const formats::OperationsPolicy& policy);

// What a device demands more or less when `after` takes the place of `before`: one a line, each of which begins with
// which of the two it is. A version that does not rise is said first.
std::vector<std::string> Differences(const formats::OperationsPolicy& before, const formats::OperationsPolicy& after);

}  // namespace edgekeep::policy
