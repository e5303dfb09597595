// The page for an auditor.
#include "audit_report.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Audit of a transparency log</title>
<style>
body { font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid #767676; }
td { overflow-wrap: anywhere; }
.wrong { color: #a40000; font-weight: bold; }
code { overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
)";

// Text from elsewhere as text of the page. Control characters have no place in it, line ends neither.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
  }
  return out;
}

std::string Cell(std::string_view text, bool is_wrong = false) {
  return std::string(is_wrong ? "<td class=\"wrong\">" : "<td>") + Escaped(text) + "</td>";
}

std::string Table(std::initializer_list<const char*> titles, const std::string& rows) {
  std::string head;
  for (const char* title : titles) head += std::string("<th scope=\"col\">") + title + "</th>";
  return "<table>\n<thead><tr>" + head + "</tr></thead>\n<tbody>\n" + rows + "</tbody>\n</table>\n";
}

std::string Concerns(const log::AuditReport& report) {
  if (report.concerns.empty()) return "<h2>Findings</h2>\n<p>Nothing is wrong.</p>\n";
  std::string rows;
  for (const log::Concern& concern : report.concerns) {
    rows += "<tr>" + Cell(concern.index ? std::to_string(*concern.index) : "") + Cell(log::NameOf(concern.kind), true) +
            Cell(concern.text) + "</tr>\n";
  }
  std::string text = "<h2>Findings</h2>\n" + Table({"Entry", "What is wrong", "Details"}, rows);
  if (report.further_concerns > 0) text += "<p>And " + std::to_string(report.further_concerns) + " more.</p>\n";
  return text;
}

std::string VerdictCell(const log::AuditedRelease& release) {
  if (!release.verdict) return Cell("none yet");
  std::string text = release.verdict->findings.empty() ? "favourable" : "refused";
  for (const log::Finding& finding : release.verdict->findings) text += "; " + finding.detail;
  if (release.verdict->contradicts) text += "; contradicted by the rules";
  return Cell(text, release.verdict->contradicts);
}

std::string Releases(const log::AuditReport& report) {
  std::string rows;
  for (const log::AuditedRelease& release : report.releases) {
    std::string decisions;
    for (const log::AuditedDecision& decision : release.decisions) {
      decisions += (decisions.empty() ? "" : "; ") + decision.holder + (decision.reason ? " rejected" : " approved") +
                   " at " + FormatTime(decision.logged_at) + (decision.is_signed ? "" : " (not signed)");
    }
    rows += "<tr>" + Cell(std::to_string(release.index)) + Cell(FormatTime(release.logged_at)) +
            Cell(release.product + " " + release.channel) +
            Cell(release.version + " (" + std::to_string(release.sequence) + ")") + Cell(release.author) +
            Cell(decisions) + VerdictCell(release) + "</tr>\n";
  }
  return "<h2>Releases</h2>\n" + Table({"Entry", "Time", "Product", "Version", "Author", "Decisions", "Verdict"}, rows);
}

std::string Entries(const log::AuditReport& report) {
  std::string rows;
  for (const log::AuditedEntry& entry : report.entries) {
    rows += "<tr>" + Cell(std::to_string(entry.index)) + Cell(FormatTime(entry.logged_at)) + Cell(entry.who) +
            Cell(entry.what) + Cell(entry.is_signed ? "yes" : "no", !entry.is_signed) + "</tr>\n";
  }
  return "<h2>Who did what when</h2>\n" + Table({"Entry", "Time", "Who", "What", "Signed"}, rows);
}

}  // namespace

std::string ToPage(const AuditedLog& about, const log::AuditReport& report, UnixTime made_at) {
  const std::string cosigned =
      about.cosigned_at.value == 0 ? "by nobody" : "by a quorum at " + FormatTime(about.cosigned_at);
  return std::string(kHead) + "<h1>Audit of " + Escaped(about.origin) + "</h1>\n<p>" + std::to_string(about.head.size) +
         " entries, every one verified under root <code>" + Hex(about.head.root.view()) + "</code>, cosigned " +
         cosigned + ". Made at " + FormatTime(made_at) + ". Times are the log's, in UTC.</p>\n" + Concerns(report) +
         Releases(report) + Entries(report) + "</main>\n</body>\n</html>\n";
}

}  // namespace edgekeep::cli::publisher
