// audit: reads a whole log again, and says who did what when.
#include "audit_arguments.h"
#include "audit_report.h"
#include "edgekeep/files/new_file.h"
#include "seen_checkpoints.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

struct CommandArguments {
  AuditArguments audit;
  std::string page;
};

author::Done Perform(Session& session, const CommandArguments& arguments) {
  EK_TRY_ASSIGN(const auto trust, ReadAuditorTrust(session, arguments.audit));
  EK_TRY_ASSIGN(const BelievedLog opened, OpenBelievedLog(session, arguments.audit, trust.policy, session.context.now));
  EK_TRY_ASSIGN(log::AuditReport report,
                author::At(arguments.audit.log,
                           log::Audit(session.context.provider, opened.source(), trust.trust(), session.context.now)));
  if (const auto concern = RepositoryConcern(session, arguments.audit, trust, &report.releases)) report.Raise(*concern);
  const AuditedLog about = Audited(opened.checkpoint);
  if (!arguments.page.empty()) {
    const std::string page = ToPage(about, report, session.context.now);
    EK_TRY(author::At(arguments.page, files::WriteNewFile(arguments.page, files::Access::kPublic, AsBytes(page))));
  }
  session.found_wrong = !report.concerns.empty();
  EK_TRY(session.report.Tell(ToText(about, report), ToJson(about, report)));
  if (!report.IsTheLogSeenBefore()) return {};
  return KeepSeen(session, {arguments.audit.seen, trust.policy, LatestBelieved(session.context.now)}, opened.note);
}

}  // namespace

void AddAuditCommand(CLI::App& root, Session& session, Action& action) {
  CLI::App* command =
      root.add_subcommand("audit", "read a whole log again: who did what when, and whether the notary was right");
  auto arguments = std::make_shared<CommandArguments>();
  AddAuditOptions(*command, arguments->audit);
  command->add_option("--page", arguments->page, "write it as one HTML file too");
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Perform(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
