// monitor: looks at a log again and again, and reports what nobody proposed and what is wrong.
#include <poll.h>

#include "arguments.h"
#include "audit_arguments.h"
#include "audit_report.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/files/replace_file.h"
#include "edgekeep/log/known_contents.h"
#include "edgekeep/log/monitor.h"
#include "interruption.h"
#include "seen_checkpoints.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::size_t kMaxStateFile = 4096;

struct MonitorArguments {
  AuditArguments audit;
  std::string state;
  std::vector<std::string> proposals;
  std::vector<std::string> known;
  std::uint64_t every = 0;
};

author::Outcome<std::optional<log::MonitorState>> ReadState(const std::string& path) {
  Result<Bytes> bytes = files::ReadFile(path, kMaxStateFile);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return std::optional<log::MonitorState>();
  if (!bytes) return author::Describe(bytes.error(), path);
  // Beginning anew would forget what was seen: a fork would pass.
  EK_TRY_ASSIGN(log::MonitorState state, author::At(path, log::ParseMonitorState(AsText(bytes->view()))));
  return std::optional(std::move(state));
}

author::Done WriteState(const std::string& path, const log::MonitorState& state, bool is_first) {
  const std::string text = log::WriteMonitorState(state);
  if (is_first) return author::At(path, files::WriteNewFile(path, files::Access::kPrivate, AsBytes(text)));
  return author::At(path, files::ReplaceFile(path, files::Access::kPrivate, AsBytes(text)));
}

// Read anew for each look: people propose while the monitor runs.
author::Outcome<std::optional<std::set<formats::ContentDigest>>> ReadKnown(const Session& session,
                                                                           const MonitorArguments& arguments) {
  std::optional<std::set<formats::ContentDigest>> known;
  if (arguments.proposals.empty() && arguments.known.empty()) return known;
  known.emplace();
  for (const std::string& directory : arguments.proposals) {
    EK_TRY(author::At(directory, log::AddProposed(session.context.provider, directory, *known)));
  }
  for (const std::string& path : arguments.known) EK_TRY(author::At(path, log::AddListed(path, *known)));
  return known;
}

author::Done TellLook(const Session& session, const BelievedLog& opened, const log::MonitorLook& look, UnixTime now) {
  const std::uint64_t size = opened.checkpoint.head().size;
  std::string text = Line(FormatTime(now) + "  " + std::string(opened.checkpoint.origin()) + ", " +
                          std::to_string(size) + " entries, " + std::to_string(look.num_new) + " new");
  json::Array concerns;
  for (const log::Concern& concern : look.concerns) {
    text += Line("  " + ToText(concern));
    concerns.emplace_back(ToJson(concern));
  }
  if (look.further_concerns > 0) text += Line("  and " + std::to_string(look.further_concerns) + " more");
  text.pop_back();
  json::Object object;
  object.Set("time", FormatTime(now)).Set("origin", opened.checkpoint.origin()).Set("size", size);
  return session.report.Tell(text, object.Set("new", look.num_new)
                                       .Set("concerns", std::move(concerns))
                                       .Set("further_concerns", look.further_concerns));
}

// What was found is told before it is remembered: whoever is killed in between tells it again.
author::Done LookOnce(Session& session, const MonitorArguments& arguments) {
  const UnixTime now = Now();
  EK_TRY_ASSIGN(const auto trust, ReadAuditorTrust(session, arguments.audit));
  EK_TRY_ASSIGN(const BelievedLog opened, OpenBelievedLog(session, arguments.audit, trust.policy, now));
  EK_TRY_ASSIGN(const auto before, ReadState(arguments.state));
  EK_TRY_ASSIGN(auto known, ReadKnown(session, arguments));
  EK_TRY_ASSIGN(log::MonitorLook look,
                author::At(arguments.audit.log, log::LookAgain(session.context.provider, opened.source(),
                                                               {trust.trust(), before, std::move(known)}, now)));
  if (const auto concern = RepositoryConcern(session, arguments.audit, trust, nullptr))
    look.concerns.push_back(*concern);
  if (!look.concerns.empty()) session.found_wrong = true;
  EK_TRY(TellLook(session, opened, look, now));
  if (!look.next) return {};
  EK_TRY(KeepSeen(session, {arguments.audit.seen, trust.policy, LatestBelieved(now)}, opened.note));
  return WriteState(arguments.state, *look.next, !before.has_value());
}

// In steps: a signal that comes just before a wait is noticed soon.
void WaitUnlessInterrupted(std::uint64_t seconds) {
  for (std::uint64_t i = 0; i < seconds && !WasInterrupted(); ++i) ::poll(nullptr, 0, 1000);
}

author::Done Watch(Session& session, const MonitorArguments& arguments) {
  if (arguments.every == 0) return LookOnce(session, arguments);
  while (!WasInterrupted()) {
    const author::Done done = LookOnce(session, arguments);
    if (!done) {
      session.found_wrong = true;
      session.report.Warn(done.error().what + ": " + done.error().where);
    }
    WaitUnlessInterrupted(arguments.every);
  }
  return {};
}

}  // namespace

void AddMonitorCommand(CLI::App& root, Session& session, Action& action) {
  CLI::App* command = root.add_subcommand(
      "monitor", "look at a log again: report what nobody proposed, forks, and all that an audit finds");
  auto arguments = std::make_shared<MonitorArguments>();
  AddAuditOptions(*command, arguments->audit);
  command->add_option("--state", arguments->state, "file of what was seen so far; made by the first look")->required();
  command->add_option("--proposals", arguments->proposals, "directory of proposals and ceremonies that are known here");
  command->add_option("--known", arguments->known, "file of content digests that are known here, one a line");
  command->add_option("--every", arguments->every, "go on, and look every so many seconds")
      ->check(WholeNumber(1, 86400));
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Watch(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
