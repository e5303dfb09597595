#include "log_described.h"

#include <utility>

#include "edgekeep/base/hex.h"

namespace edgekeep::formats {
namespace {

template <typename Id>
std::string LogHexOf(const Id& id) {
  return ToHex(id.view()).c_str();
}

Json OptionalOf(const std::optional<Digest>& digest) {
  return digest ? Json(LogHexOf(*digest)) : Json();
}

std::string LongHex(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += ToHex({&byte, 1}).view();
  return text;
}

}  // namespace

Json Describe(const LogEntry& entry) {
  return {{"logged_at", entry.logged_at.value}, {"content", LongHex(entry.content)}};
}

Json Describe(const ReleaseEntry& entry) {
  return {{"product", entry.product.view()},
          {"channel", entry.channel},
          {"version", {{"sequence", entry.version.sequence.value}, {"display", entry.version.display.view()}}},
          {"security_epoch", entry.security_epoch},
          {"targets_version", entry.targets_version},
          {"targets", LogHexOf(entry.targets)},
          {"manifest", LogHexOf(entry.manifest)},
          {"total_size", entry.total_size},
          {"interface", OptionalOf(entry.interface)},
          {"dependencies", OptionalOf(entry.dependencies)},
          {"author", entry.author}};
}

Json Describe(const Approval& approval) {
  return {{"release", LogHexOf(approval.release)}, {"holder", approval.holder}};
}

Json Describe(const Rejection& rejection) {
  return {{"release", LogHexOf(rejection.release)}, {"holder", rejection.holder}, {"reason", rejection.reason}};
}

Json Describe(const Verdict& verdict) {
  Json findings = Json::array();
  for (const VerdictFinding& finding : verdict.findings) {
    findings.push_back({{"reason", std::to_underlying(finding.reason)}, {"detail", finding.detail}});
  }
  Json approvals = Json::array();
  for (const ContentDigest& approval : verdict.approvals) approvals.push_back(LogHexOf(approval));
  return {{"release", LogHexOf(verdict.release)},
          {"release_index", verdict.release_index},
          {"tree_size", verdict.tree_size},
          {"findings", findings},
          {"approvals", approvals},
          {"log", verdict.log}};
}

Json Describe(const KeyCeremony& ceremony) {
  Json holders = Json::array();
  for (const std::string_view holder : ceremony.holders) holders.push_back(holder);
  return {{"kind", std::to_underlying(ceremony.kind)},
          {"role", ceremony.role},
          {"metadata_version", ceremony.metadata_version},
          {"metadata", LogHexOf(ceremony.metadata)},
          {"threshold", ceremony.threshold},
          {"holders", holders}};
}

Json Describe(const PolicyChange& change) {
  return {{"kind", std::to_underlying(change.kind)},
          {"version", change.version},
          {"policy", LogHexOf(change.policy)},
          {"not_before", change.not_before.value}};
}

Json Describe(const EpochChange& change) {
  return {{"product", change.product.view()}, {"epoch", change.epoch.value}, {"reason", change.reason}};
}

Json Describe(const Retirement& retirement) {
  return {
      {"kind", std::to_underlying(retirement.kind)}, {"id", LogHexOf(retirement.id)}, {"reason", retirement.reason}};
}

Json Describe(const ReleaseProof& proof) {
  Json verdict;
  if (proof.verdict) {
    verdict = {{"entry", LongHex(proof.verdict->leaf.entry)},
               {"inclusion", proof.verdict->leaf.inclusion},
               {"statement", LongHex(proof.verdict->statement)}};
  }
  return {{"checkpoint", proof.checkpoint},
          {"release", {{"entry", LongHex(proof.release.entry)}, {"inclusion", proof.release.inclusion}}},
          {"verdict", verdict}};
}

}  // namespace edgekeep::formats
