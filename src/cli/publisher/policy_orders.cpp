#include "policy_orders.h"

#include <charconv>

#include "chip_class.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

// "KIND=N:WHO,WHO".
std::optional<author::OrderRuleContent> RuleOf(std::string_view text) {
  const std::size_t equals = text.find('='), colon = text.find(':');
  if (equals == std::string_view::npos || colon == std::string_view::npos || colon < equals) return std::nullopt;
  const auto kind = formats::FindOrderKind(text.substr(0, equals));
  const std::string_view number = text.substr(equals + 1, colon - equals - 1);
  author::OrderRuleContent rule;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), rule.quorum);
  if (!kind || error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  rule.kind = *kind;
  for (std::string_view rest = text.substr(colon + 1); !rest.empty();) {
    const std::size_t comma = rest.find(',');
    rule.who.emplace_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return rule.who.empty() ? std::nullopt : std::optional(rule);
}

// "CLASS", "CLASS@FLOOR"; either with "/rekeyed=TIME" behind it.
author::Done AddClass(const std::string& whole, author::PolicyContent& content) {
  constexpr std::string_view kUntil = "/rekeyed=";
  const std::size_t until = whole.find(kUntil);
  std::optional<UnixTime> until_rekeyed;
  if (until != std::string::npos) {
    EK_TRY_ASSIGN(until_rekeyed, author::At(whole, ParseTime(whole.substr(until + kUntil.size()), DayEdge::kStart)));
  }
  const std::string text = whole.substr(0, until);
  const std::size_t at = text.find('@');
  const std::string floor = at == std::string::npos ? "" : text.substr(at + 1);
  const std::vector<formats::QuarantinedChips> classes = ParseChipClass(std::string_view(text).substr(0, at));
  std::optional<formats::Isolation> demanded;
  if (floor == "vm") demanded = formats::Isolation::kVm;
  if (floor == "trustzone") demanded = formats::Isolation::kTrustZone;
  if (classes.empty() || demanded.has_value() != (at != std::string::npos))
    return author::Failure{ErrorCode::kBadArgument, "no class of chips", whole,
                           "say MAKER[=FIRST-LAST][@vm|@trustzone][/rekeyed=TIME], firmware in hexadecimal"};
  for (const formats::QuarantinedChips& chips : classes)
    content.quarantine.push_back(
        {chips.manufacturer, chips.first_firmware, chips.last_firmware, demanded, until_rekeyed});
  return {};
}

}  // namespace

void AddPolicyOrderOptions(CLI::App& command, PolicyOrderArguments& arguments) {
  command.add_option("--officer", arguments.officers,
                     "NAME.holder.json of somebody who may give orders and has no role in the root; repeat it");
  command.add_option(
      "--may-order", arguments.rules,
      "KIND=N:WHO,WHO: N of these people may give orders of a kind (telemetry, configuration, update, "
      "control, licences, retire, rekey); WHO is root, approvers, an officer's name or a key id; repeat it");
  command.add_option(
      "--quarantine", arguments.quarantine,
      "MAKER[=FIRST-LAST][@FLOOR][/rekeyed=TIME] of chips with a flaw: nothing is renewed on them, or not "
      "before a rekey order of that time or later, and below the floor nothing opens; repeat it");
}

author::Done ReadPolicyOrders(const PolicyOrderArguments& arguments, author::PolicyContent& content) {
  for (const std::string& path : arguments.officers) {
    EK_TRY_ASSIGN(author::PublicHolder officer, author::ReadPublicHolder(path));
    content.officers.push_back(std::move(officer));
  }
  for (const std::string& text : arguments.rules) {
    std::optional<author::OrderRuleContent> rule = RuleOf(text);
    if (!rule)
      return author::Failure{ErrorCode::kBadArgument, "no authority", text, "say KIND=N:WHO,WHO, as in retire=2:root"};
    content.orders.push_back(*std::move(rule));
  }
  for (const std::string& text : arguments.quarantine) EK_TRY(AddClass(text, content));
  return {};
}

}  // namespace edgekeep::cli::publisher
