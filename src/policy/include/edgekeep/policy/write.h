// Product policies as JSON and as text.
#pragma once
#include <string>

#include "edgekeep/formats/product_policy.h"
#include "edgekeep/json/value.h"

namespace edgekeep::policy {

// What differs from the defaults, under the names that Parse takes; an empty object for none.
json::Object ToJson(const formats::ProductPolicy& policy);

// What differs from the defaults, in one line: "threads 2, providers cuda cpu, receipts"; "defaults" for none.
std::string ToText(const formats::ProductPolicy& policy);

}  // namespace edgekeep::policy
