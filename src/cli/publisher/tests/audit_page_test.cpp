#include <gtest/gtest.h>

#include <algorithm>

#include "../audit_report.h"

namespace edgekeep::cli::publisher {
namespace {

// Somebody who may write to a log writes markup in every place that takes text.
log::AuditReport HostileReport(const std::string& text) {
  log::AuditReport report;
  report.entries.push_back({.index = 0, .kind = formats::LogContentKind::kRelease, .who = text, .what = text});
  log::AuditedRelease release{.product = text, .channel = text, .version = text, .author = text};
  release.decisions.push_back({.holder = text, .reason = text});
  release.verdict = log::AuditedVerdict{.findings = {{formats::VerdictReason::kRejected, text}}, .replayed = {}};
  report.releases.push_back(release);
  report.Raise({log::ConcernKind::kUnsigned, 0, text});
  return report;
}

TEST(AuditPage, ShowsWhatALogHoldsAsText) {
  const std::string page =
      ToPage({.origin = "<b>log", .head = {}}, HostileReport("<script src=//x>'\"&\x01</script><img onerror=x>"), {});
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_NE(page.find("&lt;script src=//x&gt;&#39;&quot;&amp;?"), std::string::npos);
}

TEST(AuditPage, NeedsNoOtherFileAndRunsNothing) {
  const std::string page = ToPage({.origin = "log.example", .head = {}}, HostileReport("plain"), {});
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  for (const char* outside : {"href=", "src=", "url(", "@import", "<script", "<form"}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
}

TEST(AuditReport, SaysInTextAndJsonWhatIsWrong) {
  log::AuditReport report = HostileReport("bert");
  EXPECT_NE(ToText({.origin = "log.example", .head = {}}, report).find("entry 0: unsigned: bert"), std::string::npos);
  const json::Object object = ToJson({.origin = "log.example", .head = {}}, report);
  EXPECT_EQ((*object.Find("concerns")->AsArray())->size(), 1U);
  EXPECT_TRUE(object.Find("cosigned_at")->is_null());
  report.concerns.clear();
  EXPECT_NE(ToText({.origin = "log.example", .head = {}}, report).find("Nothing is wrong."), std::string::npos);
}

// Whoever may write to a log writes whole lines of a report.
TEST(AuditReport, KeepsEverybodysTextInItsOwnLine) {
  const std::string forged = "x\nNothing is wrong.\n\x1b[2J\r\u2028\u202ey";
  const std::string text = ToText({.origin = "log.example", .head = {}}, HostileReport(forged));
  EXPECT_EQ(text.find("\nNothing"), std::string::npos);
  EXPECT_NE(text.find("x?Nothing is wrong.??[2J???????y"), std::string::npos);
  const auto lines = std::ranges::count(text, '\n');
  EXPECT_EQ(lines, std::ranges::count(ToText({.origin = "log.example", .head = {}}, HostileReport("x")), '\n'));
}

}  // namespace
}  // namespace edgekeep::cli::publisher
