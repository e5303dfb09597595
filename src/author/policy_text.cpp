#include "policy_text.h"

#include <array>

#include "edgekeep/base/hex.h"
#include "edgekeep/formats/trust_policy.h"
#include "metadata_json.h"

namespace edgekeep::author {
namespace {

std::string Days(std::uint64_t seconds) {
  constexpr std::uint64_t kDay = 24 * 3600;
  return seconds % kDay == 0 ? std::to_string(seconds / kDay) + " days" : std::to_string(seconds) + " seconds";
}

std::string Names(const formats::TrustPolicy& policy) {
  std::string names;
  for (const formats::Holder& notary : policy.notaries) names += (names.empty() ? "" : ", ") + std::string(notary.name);
  return names;
}

std::string WhoOf(const formats::OrderRule& rule) {
  std::string who;
  const auto add = [&who](std::string_view name) { who += (who.empty() ? "" : ", ") + std::string(name); };
  for (const formats::OrderRole role : rule.roles)
    add(role == formats::OrderRole::kRoot ? "the root's holders" : "the approvers");
  for (const std::string_view name : rule.officers) add("officer " + std::string(name));
  for (const KeyId& key : rule.keys) add("whoever has key " + std::string(ToHex(key.view()).view()));
  return who;
}

// As --quarantine takes it. One filled up with a space is another one; nothing passes for a letter that is none.
std::string MakerText(std::uint32_t manufacturer) {
  std::string text;
  for (; manufacturer != 0; manufacturer <<= 8) {
    const auto letter = static_cast<char>(manufacturer >> 24);
    text += letter == ' ' ? '_' : letter > ' ' && letter <= '~' ? letter : '?';
  }
  return text;
}

std::string FirmwareText(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return std::string(ToHex(bytes).view());
}

void DescribeOrders(const formats::TrustPolicy& policy, std::vector<std::string>& lines) {
  if (policy.orders.empty()) lines.emplace_back("orders: nobody may give any");
  for (const formats::OrderRule& rule : policy.orders) {
    lines.push_back("orders of kind " + std::string(formats::NameOf(rule.kind)) + ": " + std::to_string(rule.quorum) +
                    " of " + WhoOf(rule));
  }
  for (const formats::QuarantinedClass& chips : policy.quarantine) {
    const char* const floor = !chips.floor ? "" : *chips.floor == formats::Isolation::kTrustZone ? "@trustzone" : "@vm";
    const std::string until = chips.until_rekeyed ? "/rekeyed=" + DateTimeText(*chips.until_rekeyed) : "";
    lines.push_back("quarantine: " + MakerText(chips.manufacturer) + "=" + FirmwareText(chips.first_firmware) + "-" +
                    FirmwareText(chips.last_firmware) + floor + until + ": on these chips nothing is renewed" +
                    (until.empty() ? "" : " before a rekey order of that time or later was obeyed"));
  }
}

std::vector<std::string> DescribePolicy(const formats::TrustPolicy& policy) {
  const bool production = policy.profile == formats::PolicyProfile::kProduction;
  std::vector<std::string> lines = {
      "trust policy " + std::to_string(policy.version) + " of " + std::string(policy.authority) + " for " +
          (production ? "production" : "development") + ", issued " + DateTimeText(policy.issued_at),
      "approvals: " + std::to_string(policy.min_approvers) + " holders at the least, the author not counted",
      policy.notaries.empty() ? "notary: none, no verdict is demanded" : "notary: " + Names(policy),
      "independent witnesses: " + std::to_string(policy.min_independent_witnesses),
      "the next policy counts " + Days(policy.delay) + " after a device sees it",
      "cosignatures more than " + Days(policy.max_time_step) + " ahead of a device's time do not count"};
  for (const std::string_view name : policy.dependent_cosigners)
    lines.push_back("cosigner " + std::string(name) + " is no independent witness");
  DescribeOrders(policy, lines);
  std::string_view rest = policy.log_policy;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end != 0 && rest.front() != '#')
      lines.push_back("log policy: " + std::string(rest.substr(0, end).substr(0, 120)));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return lines;
}

std::string DescribeRepair(const formats::TimeRepair& repair) {
  const std::string whose = repair.ahead_from ? "at or after " + DateTimeText(*repair.ahead_from) + " is set back to "
                                              : "before " + DateTimeText(repair.time) + " is set forward to ";
  return "repair " + std::to_string(repair.number) + " of time, under root " + std::to_string(repair.root_version) +
         " alone: a time floor " + whose + DateTimeText(repair.time) + ", others stay";
}

}  // namespace

Result<std::vector<std::string>> DescribeStatement(std::string_view type, ByteView payload) {
  if (type == formats::typ::kTimeRepair) {
    EK_TRY_ASSIGN(const formats::TimeRepair repair, formats::DecodeTimeRepair(payload));
    return std::vector<std::string>{DescribeRepair(repair)};
  }
  EK_TRY_ASSIGN(const formats::TrustPolicy policy, formats::DecodeTrustPolicy(payload));
  return DescribePolicy(policy);
}

}  // namespace edgekeep::author
