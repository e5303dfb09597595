#include "audit_report.h"

#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

std::string VerdictText(const log::AuditedRelease& release) {
  if (!release.verdict) return "no verdict yet";
  const std::string when = " at " + FormatTime(release.verdict->logged_at);
  std::string text = (release.verdict->findings.empty() ? "favourable" : "refused") + when;
  for (const log::Finding& finding : release.verdict->findings) text += "; " + finding.detail;
  if (release.verdict->contradicts) text += "; CONTRADICTED by the rules";
  return text;
}

std::string DecisionText(const log::AuditedDecision& decision) {
  std::string text =
      decision.holder + (decision.reason ? " rejects" : " approves") + " at " + FormatTime(decision.logged_at);
  if (decision.reason) text += ": " + *decision.reason;
  return decision.is_signed ? text : text + " (NOT SIGNED)";
}

json::Array FindingsJson(const std::vector<log::Finding>& findings) {
  json::Array list;
  for (const log::Finding& finding : findings) {
    list.emplace_back(json::Object().Set("reason", std::to_underlying(finding.reason)).Set("detail", finding.detail));
  }
  return list;
}

json::Value VerdictJson(const std::optional<log::AuditedVerdict>& verdict) {
  if (!verdict) return {};
  json::Object object;
  object.Set("index", verdict->index).Set("time", FormatTime(verdict->logged_at));
  object.Set("favourable", verdict->findings.empty()).Set("findings", FindingsJson(verdict->findings));
  object.Set("replayed", FindingsJson(verdict->replayed.findings)).Set("contradicted", verdict->contradicts);
  return object;
}

json::Object ReleaseJson(const log::AuditedRelease& release) {
  json::Array decisions;
  for (const log::AuditedDecision& decision : release.decisions) {
    json::Object object;
    object.Set("holder", decision.holder).Set("time", FormatTime(decision.logged_at));
    object.Set("signed", decision.is_signed).Set("approves", !decision.reason.has_value());
    if (decision.reason) object.Set("reason", *decision.reason);
    decisions.emplace_back(std::move(object));
  }
  json::Object object;
  object.Set("index", release.index).Set("time", FormatTime(release.logged_at));
  object.Set("digest", Hex(release.digest.view())).Set("product", release.product).Set("channel", release.channel);
  object.Set("version", release.version).Set("sequence", release.sequence);
  object.Set("security_epoch", release.security_epoch).Set("size", release.size).Set("author", release.author);
  object.Set("decisions", std::move(decisions)).Set("verdict", VerdictJson(release.verdict));
  return object.Set("counts", release.counts());
}

json::Object EntryJson(const log::AuditedEntry& entry) {
  json::Object object;
  object.Set("index", entry.index).Set("time", FormatTime(entry.logged_at));
  object.Set("kind", entry.kind ? json::Value(log::NameOf(*entry.kind)) : json::Value());
  object.Set("who", entry.who).Set("signed", entry.is_signed).Set("what", entry.what);
  return object.Set("digest", Hex(entry.digest.view()));
}

}  // namespace

AuditedLog Audited(const release::log::TrustedCheckpoint& checkpoint) {
  return {std::string(checkpoint.origin()), checkpoint.head(), checkpoint.cosigned_at()};
}

std::string ToText(const log::Concern& concern) {
  const std::string place = concern.index ? "entry " + std::to_string(*concern.index) + ": " : std::string();
  return place + log::NameOf(concern.kind) + ": " + concern.text;
}

json::Object ToJson(const log::Concern& concern) {
  json::Object object;
  object.Set("kind", log::NameOf(concern.kind));
  object.Set("index", concern.index ? json::Value(*concern.index) : json::Value()).Set("text", concern.text);
  return object;
}

std::string ToText(const AuditedLog& about, const log::AuditReport& report) {
  std::string text = Line(about.origin + ", " + std::to_string(about.head.size) +
                          " entries, every one verified under root " + Hex(about.head.root.view()));
  for (const log::AuditedEntry& entry : report.entries) {
    text += Line(std::to_string(entry.index) + "  " + FormatTime(entry.logged_at) + "  " + entry.who + " " +
                 entry.what + (entry.is_signed ? "" : "  (NOT SIGNED)"));
  }
  for (const log::AuditedRelease& release : report.releases) {
    text +=
        "\n" + Line("release " + std::to_string(release.index) + ": " + release.product + " " + release.channel + " " +
                    release.version + " (sequence " + std::to_string(release.sequence) + ") by " + release.author);
    for (const log::AuditedDecision& decision : release.decisions) text += Line("  " + DecisionText(decision));
    text += Line("  verdict: " + VerdictText(release));
  }
  if (report.concerns.empty()) return text + "\nNothing is wrong.";
  text += "\nWrong:\n";
  for (const log::Concern& concern : report.concerns) text += Line("  " + ToText(concern));
  if (report.further_concerns > 0) text += "  and " + std::to_string(report.further_concerns) + " more\n";
  return text;
}

json::Object ToJson(const AuditedLog& about, const log::AuditReport& report) {
  json::Array entries;
  json::Array releases;
  json::Array concerns;
  for (const log::AuditedEntry& entry : report.entries) entries.emplace_back(EntryJson(entry));
  for (const log::AuditedRelease& release : report.releases) releases.emplace_back(ReleaseJson(release));
  for (const log::Concern& concern : report.concerns) concerns.emplace_back(ToJson(concern));
  json::Object object;
  object.Set("origin", about.origin).Set("size", about.head.size).Set("root", Hex(about.head.root.view()));
  object.Set("cosigned_at", about.cosigned_at.value == 0 ? json::Value() : json::Value(FormatTime(about.cosigned_at)));
  object.Set("entries", std::move(entries)).Set("releases", std::move(releases));
  return object.Set("concerns", std::move(concerns)).Set("further_concerns", report.further_concerns);
}

}  // namespace edgekeep::cli::publisher
