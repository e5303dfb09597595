#include <algorithm>
#include <utility>

#include "judge.h"

namespace edgekeep::attest {
namespace {

formats::Isolation MostOf(formats::AnchorKind anchor) {
  switch (anchor) {
    case formats::AnchorKind::kTpm2:
      return formats::Isolation::kVm;
    case formats::AnchorKind::kOptee:
      return formats::Isolation::kTrustZone;
    default:
      return formats::Isolation::kProcess;
  }
}

// Engines name the processor behind a "/": rules may leave it open.
bool Fits(const formats::MeasuredEvent& event, const formats::MeasuredEvent& rule) {
  if (event.kind != rule.kind || (rule.digest && rule.digest != event.digest)) return false;
  if (!event.text.starts_with(rule.text)) return false;
  return event.text.size() == rule.text.size() || event.text[rule.text.size()] == '/';
}

}  // namespace

Status CheckLevel(const Judge& judge) {
  const formats::Isolation level = judge.claims().level;
  if (level > MostOf(judge.claims().anchor))
    return Error(ErrorCode::kUntrusted, "claims more protection than its anchor gives");
  if (level < judge.input.policy.min_level) return Error(ErrorCode::kForbidden, "less protection than is demanded");
  return {};
}

Status CheckMeasured(const Judge& judge) {
  const auto& rules = judge.input.policy.measured;
  const auto& events = judge.claims().events;
  const auto says_more = [](const formats::MeasuredEvent& event) {
    return event.kind == std::to_underlying(formats::MeasuredKind::kMore);
  };
  if (std::ranges::any_of(events, says_more))
    return Error(ErrorCode::kUntrusted, "more was measured since it booted than its log holds: have it start anew");
  for (const formats::MeasuredEvent& rule : rules) {
    const auto same_kind = [&](const formats::MeasuredEvent& event) { return event.kind == rule.kind; };
    if (std::ranges::none_of(events, same_kind))
      return Error(ErrorCode::kWrongVersion, "something that has to be measured was not");
  }
  for (const formats::MeasuredEvent& event : events) {
    const auto names_kind = [&](const formats::MeasuredEvent& rule) { return event.kind == rule.kind; };
    const auto fits = [&](const formats::MeasuredEvent& rule) { return Fits(event, rule); };
    if (std::ranges::any_of(rules, names_kind) && std::ranges::none_of(rules, fits))
      return Error(ErrorCode::kWrongVersion, "runs, or ran since it booted, a version that is not allowed");
  }
  return {};
}

Status CheckPolicies(const Judge& judge) {
  for (const formats::PolicyClaim& wanted : judge.input.policy.policies) {
    const auto is_it = [&](const formats::PolicyClaim& claimed) {
      return claimed.kind == wanted.kind && claimed.version == wanted.version && claimed.digest == wanted.digest;
    };
    if (std::ranges::none_of(judge.claims().policies, is_it))
      return Error(ErrorCode::kWrongVersion, "another policy than is demanded, or none");
  }
  return {};
}

Status CheckReleases(const Judge& judge) {
  const auto& rules = judge.input.policy.releases;
  for (const formats::ReleaseClaim& release : judge.claims().releases) {
    const auto names_product = [&](const formats::ReleaseRule& rule) { return rule.product == release.product; };
    const auto allows = [&](const formats::ReleaseRule& rule) {
      return names_product(rule) && rule.sealed_file == release.sealed_file;
    };
    if (std::ranges::any_of(rules, names_product) && std::ranges::none_of(rules, allows))
      return Error(ErrorCode::kWrongVersion, "a release of a product that is not one of those allowed");
  }
  return {};
}

}  // namespace edgekeep::attest
