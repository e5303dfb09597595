#include "audit_wording.h"

#include <array>
#include <utility>

#include "edgekeep/base/hex.h"
#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/log/audit.h"

namespace edgekeep::log {
namespace {

std::string Short(const Digest& digest) {
  return std::string(ToHex(digest.view()).view().substr(0, 16));
}

}  // namespace

const char* NameOf(formats::LogContentKind kind) noexcept {
  constexpr std::array kNames = {"release",       "approval",     "rejection",  "verdict",     "key-ceremony",
                                 "policy-change", "epoch-change", "retirement", "provisioned", "voided"};
  return kNames[std::to_underlying(kind) - 1U];
}

std::string Title(const formats::ReleaseEntry& entry) {
  if (entry.product.name() == formats::kOperationsProduct) {
    return "operations policy " + std::to_string(entry.version.sequence.value) + " of " +
           std::string(entry.product.publisher()) + " (" + std::string(entry.channel) + ")";
  }
  return std::string(entry.product.view()) + " " + std::string(entry.channel) + " " +
         std::string(entry.version.display.view()) + " (sequence " + std::to_string(entry.version.sequence.value) + ")";
}

std::string Details(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += (text.empty() ? "" : "; ") + finding.detail;
  return text;
}

std::string Describe(const formats::KeyCeremony& ceremony) {
  constexpr std::array kVerbs = {"makes", "renews", "changes", "recovers"};
  std::string text = std::string(kVerbs[std::to_underlying(ceremony.kind) - 1U]) + " the keys of role " +
                     std::string(ceremony.role) + " in version " + std::to_string(ceremony.metadata_version) + ": " +
                     std::to_string(ceremony.threshold) + " of";
  for (const std::string_view holder : ceremony.holders) {
    text += (holder == ceremony.holders[0] ? " " : ", ") + std::string(holder);
  }
  return text;
}

std::string Describe(const formats::PolicyChange& change) {
  if (change.kind == formats::PolicyKind::kTimeRepair) {
    return "repairs devices' time: repair " + std::to_string(change.version) + ", " + Short(change.policy) +
           ", sets floors to " + std::to_string(change.not_before.value);
  }
  return "changes the trust policy to version " + std::to_string(change.version) + ", " + Short(change.policy) +
         ", from " + std::to_string(change.not_before.value) + " on";
}

std::string Describe(const formats::EpochChange& change) {
  return "begins epoch " + std::to_string(change.epoch.value) + " of " + std::string(change.product.view()) + ": " +
         std::string(change.reason);
}

std::string Describe(const formats::Retirement& retirement) {
  constexpr std::array kWhat = {"device", "key", "release"};
  return std::string("retires ") + kWhat[std::to_underlying(retirement.kind) - 1U] + " " + Short(retirement.id) + ": " +
         std::string(retirement.reason);
}

}  // namespace edgekeep::log
