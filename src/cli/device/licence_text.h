// How a product's licence stands, for people and for machines; and what to say before it ends.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "edgekeep/edgekeep.h"
#include "edgekeep/json/value.h"

namespace edgekeep::cli::device {

// The system's time, unless the device knows that it is later.
std::uint64_t NowOf(const ek_status& status);

// "12 days", "1 second".
std::string SpanText(std::uint64_t seconds);

// "licensed until …", "lease for 12 more days".
std::string LicenceText(const ek_product_status& product);
// Null without a lease.
json::Value LeaseToJson(const ek_product_status& product);
// Days that the licence's term has left, rounded down; null without an end.
json::Value TermDaysLeft(const ek_product_status& product, std::uint64_t now);

// What will end soon, has ended, or is in its grace: a tenth or seven days ahead, whichever is more, but at most a
// quarter of a lease.
std::vector<std::string> WarningsOf(const ek_product_status& product, std::uint64_t now);
// Lines of their own; empty where there is nothing to warn of.
std::string WarningText(const ek_product_status& product, std::uint64_t now);
json::Value WarningsToJson(const ek_product_status& product, std::uint64_t now);

// Empty where the clock is right.
std::string ClockText(const ek_status& status);

}  // namespace edgekeep::cli::device
