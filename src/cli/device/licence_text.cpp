#include "licence_text.h"

#include <algorithm>
#include <ctime>

#include "status_text.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::uint64_t kHour = 3600;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kWarnDays = 7 * kDay;

std::uint64_t Left(std::uint64_t whole, std::uint64_t used) {
  return whole - std::min(whole, used);
}

std::uint64_t LeaseLeft(const ek_product_status& product) {
  return Left(product.lease_seconds, product.lease_used_seconds);
}

std::uint64_t GraceLeft(const ek_product_status& product) {
  return Left(product.lease_seconds + product.lease_grace_seconds, product.lease_used_seconds);
}

std::string LeaseText(const ek_product_status& product) {
  if (product.has_lease == 0) return "";
  if (LeaseLeft(product) > 0) return ", lease for " + SpanText(LeaseLeft(product)) + " more";
  if (GraceLeft(product) > 0) return ", lease over, grace for " + SpanText(GraceLeft(product)) + " more";
  return ", lease and grace over";
}

const char* PhaseName(const ek_product_status& product) {
  if (LeaseLeft(product) > 0) return "running";
  return GraceLeft(product) > 0 ? "grace" : "over";
}

std::string LeaseWarning(const ek_product_status& product) {
  if (product.has_lease == 0) return "";
  const std::uint64_t left = LeaseLeft(product);
  const std::uint64_t early = std::max(product.lease_seconds / 10, std::min(kWarnDays, product.lease_seconds / 4));
  if (left > early) return "";
  const std::string what = "renew it: edgekeep licence renew-request --product " + std::string(product.product);
  if (left > 0) return "its lease ends in " + SpanText(left) + "; " + what;
  if (GraceLeft(product) == 0) return "its lease and its grace are over: it does not open; " + what;
  return "its lease is over: in " + SpanText(GraceLeft(product)) + " it does not open any more; " + what;
}

std::string TermWarning(const ek_product_status& product, std::uint64_t now) {
  if (product.licensed == 0 || product.licence_has_end == 0) return "";
  const std::uint64_t left = Left(product.licence_expires, now);
  return left > kWarnDays ? "" : "its licence ends in " + SpanText(left);
}

}  // namespace

std::string SpanText(std::uint64_t seconds) {
  const auto some = [](std::uint64_t number, const char* one) {
    return std::to_string(number) + " " + one + (number == 1 ? "" : "s");
  };
  if (seconds >= 2 * kDay) return some(seconds / kDay, "day");
  if (seconds >= 2 * kHour) return some(seconds / kHour, "hour");
  return seconds >= 120 ? some(seconds / 60, "minute") : some(seconds, "second");
}

std::uint64_t NowOf(const ek_status& status) {
  return static_cast<std::uint64_t>(std::max<std::time_t>(std::time(nullptr), 0)) + status.clock_behind_seconds;
}

std::string LicenceText(const ek_product_status& product) {
  if (product.licensed == 0) return "no valid licence" + LeaseText(product);
  const std::string calls =
      product.has_calls_left != 0 ? " for " + std::to_string(product.calls_left) + " more calls" : "";
  const std::string end = product.licence_has_end == 0 ? std::string("licensed without end")
                                                       : "licensed until " + TimeText(product.licence_expires);
  return end + calls + LeaseText(product);
}

json::Value LeaseToJson(const ek_product_status& product) {
  if (product.has_lease == 0) return {};
  json::Object object;
  object.Set("phase", PhaseName(product)).Set("seconds", product.lease_seconds);
  object.Set("grace_seconds", product.lease_grace_seconds).Set("used_seconds", product.lease_used_seconds);
  object.Set("days_left", LeaseLeft(product) / kDay).Set("seconds_left", LeaseLeft(product));
  object.Set("days_left_with_grace", GraceLeft(product) / kDay).Set("seconds_left_with_grace", GraceLeft(product));
  return json::Value(std::move(object));
}

json::Value TermDaysLeft(const ek_product_status& product, std::uint64_t now) {
  if (product.licence_has_end == 0) return {};
  return json::Value(Left(product.licence_expires, now) / kDay);
}

std::vector<std::string> WarningsOf(const ek_product_status& product, std::uint64_t now) {
  std::vector<std::string> warnings;
  for (std::string warning : {LeaseWarning(product), TermWarning(product, now)}) {
    if (!warning.empty()) warnings.push_back(std::move(warning));
  }
  return warnings;
}

std::string WarningText(const ek_product_status& product, std::uint64_t now) {
  std::string text;
  for (const std::string& warning : WarningsOf(product, now)) text += "\n  WARNING    " + warning;
  return text;
}

json::Value WarningsToJson(const ek_product_status& product, std::uint64_t now) {
  json::Array list;
  for (const std::string& warning : WarningsOf(product, now)) list.emplace_back(warning);
  return json::Value(std::move(list));
}

std::string ClockText(const ek_status& status) {
  if (status.clock_behind_seconds == 0) return "";
  return "\nclock        " + SpanText(status.clock_behind_seconds) +
         " behind the time that this device knows: set it, or charge its battery";
}

}  // namespace edgekeep::cli::device
