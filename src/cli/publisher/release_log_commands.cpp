// release submit and judge: a release's way through the transparency log.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <set>

#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/proposal_entries.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/log/release_record.h"
#include "edgekeep/log/verdict_files.h"
#include "log_directory.h"
#include "reader_trust.h"
#include "release_arguments.h"
#include "seen_checkpoints.h"
#include "submission_client.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

void AddRootOptions(CLI::App& command, TrustFiles& files) {
  command.add_option("--repository", files.repository, "what is published so far")->required();
  command.add_option("--root", files.root, "a root that you trust, your own copy")->required();
}

// Nobody enters or judges anything by people whose root has expired.
author::Done CheckRootIsFresh(const Session& session, const TrustFiles& files) {
  EK_TRY_ASSIGN(const std::string trusted, ReadRoot(files.root));
  EK_TRY(author::VerifyRepository(session.context, files.repository, trusted, author::Freshness::kOfRoot));
  return {};
}

log::LogView ViewOf(const Session& session, const WritableLog& opened) {
  return {session.context.provider, *opened.storage, log::kPublicPrefix, std::string(opened.log->origin()),
          opened.log->head()};
}

struct SubmitArguments {
  TrustFiles trust;
  std::string folder;
  std::string log;  // a directory, or
  std::string to;   // where it is served
  bool again = false;
  log::LogClock clock = log::LogClock::kChecked;
};

// Contents of entries that are in the log under the right signature and at a time that can be believed. An entry that
// somebody else brought in without its signature, or that was stamped by a clock that ran ahead, keeps nobody from
// entering it properly.
author::Outcome<std::set<std::string>> SignedContents(const log::LogView& view, const log::LogTrust& trust,
                                                      const std::string& place) {
  log::Docket docket(view.origin, {}, {});
  std::vector<log::LoggedStatement> entered;
  const auto see = [&](const log::LoggedStatement& one) {
    docket.Add(one);
    if (one.signer) entered.push_back(one);
  };
  EK_TRY(author::At(place, log::ReadStatements(view, trust, see)));
  std::set<std::string> found;
  for (log::LoggedStatement& one : entered) {
    if (!docket.IsAhead(one.index, one.logged_at, view.head.size)) found.insert(std::move(one.content));
  }
  return found;
}

using Entries = std::vector<author::ProposalEntry>;

author::Done TellSubmitted(const Session& session, const log::Submitted& submitted, std::size_t count,
                           const std::string& said) {
  json::Object object;
  object.Set("added", submitted.added).Set("size", submitted.size);
  return session.report.Tell(
      std::to_string(submitted.added) + " of " + std::to_string(count) + " entries were new to the log; " + said,
      object);
}

author::Done SubmitToLog(const Session& session, const SubmitArguments& arguments, const Entries& entries) {
  EK_TRY_ASSIGN(const auto people, ReadPeopleTrust(session, arguments.trust));
  EK_TRY_ASSIGN(const WritableLog opened, OpenWritableLog(session, arguments.log));
  EK_TRY_ASSIGN(const auto known, SignedContents(ViewOf(session, opened), people->trust, arguments.log));
  std::vector<log::NewEntry> missing;
  for (const author::ProposalEntry& entry : entries) {
    const bool is_there = known.contains(entry.content);
    if (!is_there || arguments.again) missing.push_back({entry.content, entry.statement});
  }
  if (!missing.empty())
    EK_TRY(author::At(arguments.log, opened.log->Append(missing, session.context.now, arguments.clock)));
  return TellSubmitted(session, {missing.size(), opened.log->head().size}, entries.size(),
                       "all of them are in it and published.");
}

author::Done SubmitOver(const Session& session, const std::string& url, const Entries& entries) {
  std::vector<std::string> statements;
  for (const author::ProposalEntry& entry : entries) statements.push_back(entry.statement);
  EK_TRY_ASSIGN(const log::Submitted submitted, SubmitTo(url, statements));
  return TellSubmitted(session, submitted, entries.size(), "it says that all of them are in it.");
}

author::Done Submit(const Session& session, const SubmitArguments& arguments) {
  EK_TRY(CheckRootIsFresh(session, arguments.trust));
  EK_TRY_ASSIGN(const std::string trusted, ReadRoot(arguments.trust.root));
  const author::ReviewMeans means{
      .trusted_root = trusted, .repository = arguments.trust.repository, .files = {}, .trust = {}, .model = {}};
  EK_TRY_ASSIGN(const Entries entries, author::ReadProposalEntries(session.context, arguments.folder, means));
  if (!arguments.to.empty()) return SubmitOver(session, arguments.to, entries);
  return SubmitToLog(session, arguments, entries);
}

struct JudgeArguments {
  TrustFiles trust;
  std::string keys;
  std::string log;
  std::string log_passphrase;
  std::string output;
  std::string to;  // where the log is served that the verdicts go to
  std::string policy;
  std::string seen;
};

// The notary with everything it judges by.
struct OpenedNotary {
  author::ReleaseKeys keys;
  std::unique_ptr<ReaderTrust> read;

  log::NotaryKeys signers() const { return {read->notaries.front().name, keys.keys.pointers()}; }
};

author::Outcome<OpenedNotary> OpenNotary(const Session& session, const JudgeArguments& arguments) {
  if (arguments.trust.settings.empty()) {
    return author::Failure{ErrorCode::kForbidden, "a notary without settings holds nothing", "--settings",
                           R"(name a file: docs/guides/releasing.md; {"profile": "development"} demands no rule)"};
  }
  EK_TRY(CheckRootIsFresh(session, arguments.trust));
  EK_TRY_ASSIGN(author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY_ASSIGN(author::VerifyingHolder holder, author::ToVerifyingHolder(keys.holder));
  EK_TRY_ASSIGN(auto read, ReadReaderTrust(session, arguments.trust, std::move(holder)));
  if (read->trust.roots.back().policy.rules.max_seconds_behind && arguments.seen.empty()) {
    return author::Failure{ErrorCode::kBadArgument, "a rule about what cosigners saw, and nothing that was seen",
                           arguments.trust.settings, "name a directory for the checkpoints with --seen"};
  }
  return OpenedNotary{std::move(keys), std::move(read)};
}

struct Sat {
  std::vector<log::GivenVerdict> given;
  std::vector<log::HeldRelease> held;
  std::optional<std::size_t> sent = {};  // to the log, verdicts of runs before among them
};

// The checkpoint of the log that is judged.
struct JudgedCheckpoint {
  std::string origin;
  std::string note;
};

// What the log has for the notary. Where it is the one that the notary saw before, what it sees of it now is kept too,
// if a quorum of cosigners says when.
author::Outcome<log::Docket> ReadDocket(const Session& session, const JudgeArguments& arguments,
                                        const OpenedNotary& notary, const log::LogView& view,
                                        const JudgedCheckpoint& checkpoint) {
  const log::LogTrust& trust = notary.read->trust;
  if (arguments.seen.empty()) return author::At(arguments.log, log::ReadDocket(view, trust));
  EK_TRY_ASSIGN(const release::log::Policy policy, ReadLogPolicy(session, arguments.policy));
  const SeenPlace place{arguments.seen, policy, LatestBelieved(session.context.now)};
  EK_TRY_ASSIGN(const auto seen, ReadSeen(session, place, checkpoint.origin));
  EK_TRY_ASSIGN(log::Docket docket, author::At(arguments.log, log::ReadDocket(view, trust, seen)));
  EK_TRY(KeepSeen(session, place, checkpoint.note));
  return docket;
}

author::Outcome<Sat> JudgeInLog(const Session& session, const JudgeArguments& arguments, const OpenedNotary& notary) {
  Session log_session = session;
  log_session.passphrase_file = arguments.log_passphrase;
  log_session.passphrase_descriptor = -1;  // it has been read
  EK_TRY_ASSIGN(const WritableLog opened, OpenWritableLog(log_session, arguments.log));
  const log::LogView view = ViewOf(session, opened);
  EK_TRY_ASSIGN(log::Docket docket, ReadDocket(session, arguments, notary, view,
                                               {std::string(opened.log->origin()), opened.log->checkpoint()}));
  const auto append = [&](const log::GivenVerdict& verdict) -> Result<std::uint64_t> {
    EK_TRY_ASSIGN(const log::Appended appended, opened.log->Append({verdict.entry}, session.context.now));
    return appended.first;
  };
  const log::NotaryKeys keys = notary.signers();
  const log::Sitting sitting{session.context.provider, keys, view.head.size, session.context.now};
  EK_TRY_ASSIGN(auto given, author::At(arguments.log, log::GiveVerdicts(sitting, docket, append)));
  return Sat{std::move(given), docket.Held()};
}

// For all verdicts of a run: a notary has other logs and other things to do.
constexpr std::chrono::minutes kSendingPatience{5};

bool IsSilence(ErrorCode code) {
  return code == ErrorCode::kTimedOut || code == ErrorCode::kIo;
}

// Each verdict of the folder that the log does not have yet. One that the log does not take keeps no other back; a log
// that says nothing is asked nothing more.
author::Outcome<std::size_t> SendVerdicts(const Session& session, const std::string& url, const log::Docket& docket,
                                          const log::VerdictFiles& folder) {
  std::size_t sent = 0;
  std::optional<author::Failure> failure;
  const auto deadline = std::chrono::steady_clock::now() + kSendingPatience;
  for (const log::DueVerdict& due : docket.Due(session.context.now)) {
    if (!folder.Find(due.release_index)) continue;
    const std::string path = folder.PathOf(due.release_index);
    EK_TRY_ASSIGN(std::string statement, ReadText(path, log::kMaxStatementSize));
    const author::Outcome<log::Submitted> submitted = SubmitTo(url, {std::move(statement)}, deadline);
    if (submitted) ++sent;
    if (!submitted && !failure) failure = submitted.error();
    if (!submitted && IsSilence(submitted.error().code)) break;
  }
  if (failure) return *std::move(failure);
  return sent;
}

author::Outcome<Sat> JudgeToFiles(const Session& session, const JudgeArguments& arguments, const OpenedNotary& notary) {
  // A log that is not here is believed by its signatures alone.
  EK_TRY_ASSIGN(const release::log::Policy policy, ReadLogPolicy(session, arguments.policy));
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.log));
  EK_TRY_ASSIGN(const auto checkpoint, author::At(arguments.log, policy.Verify(session.context.provider, opened.note,
                                                                               LatestBelieved(session.context.now))));
  const log::LogView view{session.context.provider, *opened.storage, opened.prefix, std::string(checkpoint.origin()),
                          opened.head};
  EK_TRY_ASSIGN(const log::Docket docket, ReadDocket(session, arguments, notary, view, {view.origin, opened.note}));
  std::error_code error;
  std::filesystem::create_directories(arguments.output, error);
  if (error) return author::Describe(files::FromErrno(error.value(), "directory"), arguments.output);
  EK_TRY_ASSIGN(
      log::VerdictFiles folder,
      author::At(arguments.output, log::VerdictFiles::Open(session.context.provider, arguments.output, view.origin)));
  const log::NotaryKeys keys = notary.signers();
  const log::Sitting sitting{session.context.provider, keys, view.head.size, session.context.now};
  EK_TRY_ASSIGN(auto given, author::At(arguments.output, log::GiveVerdictsApart(sitting, docket, folder)));
  Sat sat{std::move(given), docket.Held()};
  if (!arguments.to.empty()) {
    EK_TRY_ASSIGN(sat.sent, SendVerdicts(session, arguments.to, docket, folder));
  }
  return sat;
}

json::Object Describe(const log::GivenVerdict& verdict) {
  json::Array findings;
  for (const log::Finding& finding : verdict.findings) {
    findings.emplace_back(
        json::Object().Set("reason", std::to_underlying(finding.reason)).Set("detail", finding.detail));
  }
  json::Object object;
  return object.Set("release_index", verdict.release_index)
      .Set("favourable", verdict.findings.empty())
      .Set("findings", findings);
}

std::string ToText(const log::GivenVerdict& verdict) {
  std::string text = "Release in entry " + std::to_string(verdict.release_index) + ": ";
  if (verdict.findings.empty()) return text + "nothing found against it\n";
  text += "REFUSED\n";
  for (const log::Finding& finding : verdict.findings) text += Line("  " + finding.detail);
  return text;
}

std::string WhereTheyAre(const JudgeArguments& arguments, const Sat& sat) {
  if (arguments.output.empty()) return " verdicts are in the log; have it cosigned with 'log cosign'.";
  const std::string files = " verdicts are in " + arguments.output + "; ";
  if (!sat.sent) return files + "whoever keeps the log enters them with 'log append'.";
  return files + std::to_string(*sat.sent) + " that the log did not show yet were sent to " + arguments.to + ".";
}

author::Done Judge(const Session& session, const JudgeArguments& arguments) {
  EK_TRY_ASSIGN(const OpenedNotary notary, OpenNotary(session, arguments));
  const bool appends = arguments.output.empty();
  EK_TRY_ASSIGN(const Sat sat,
                appends ? JudgeInLog(session, arguments, notary) : JudgeToFiles(session, arguments, notary));
  std::string text;
  json::Array verdicts;
  for (const log::GivenVerdict& verdict : sat.given) {
    text += ToText(verdict);
    verdicts.emplace_back(Describe(verdict));
  }
  json::Array held;
  for (const log::HeldRelease& one : sat.held) {
    text += "Release in entry " + std::to_string(one.index) + ": HELD, not judged\n" + Line("  " + one.why);
    held.emplace_back(json::Object().Set("release_index", one.index).Set("why", one.why));
  }
  if (!sat.held.empty()) {
    text +=
        "'submit --again' enters a proposal with its approvals and rejections once more, 'log append' a single "
        "entry.\n";
  }
  text += std::to_string(sat.given.size()) + WhereTheyAre(arguments, sat);
  json::Object object;
  object.Set("verdicts", verdicts).Set("held", held);
  if (sat.sent) object.Set("sent", *sat.sent);
  return session.report.Tell(text, object);
}

}  // namespace

void AddReleaseLogCommands(CLI::App& group, Session& session, Action& action) {
  auto submit = std::make_shared<SubmitArguments>();
  CLI::App* submit_command =
      group.add_subcommand("submit", "enter a proposal with its approvals and rejections into a log, each once");
  submit_command->add_option("FOLDER", submit->folder, "folder of the proposal")->required();
  CLI::Option_group* place = submit_command->add_option_group("log");
  place->require_option(1);
  place->add_option("--log", submit->log, "the log's directory");
  CLI::Option* to = place->add_option("--to", submit->to, "where a log is served that accepts entries over HTTP");
  submit_command
      ->add_flag("--again", submit->again,
                 "enter all of it once more: for another verdict, or where what is there does not count")
      ->excludes(to);
  AddClockOption(*submit_command, submit->clock);
  AddRootOptions(*submit_command, submit->trust);
  AddPassphraseOptions(*submit_command, session);
  submit_command->callback(
      [&session, &action, submit] { action = [&session, submit] { return Submit(session, *submit); }; });

  auto judge = std::make_shared<JudgeArguments>();
  CLI::App* judge_command =
      group.add_subcommand("judge", "as the notary: give each release in a log that is due its one signed verdict");
  judge_command->add_option("--log", judge->log, "the log's directory; with -o, an exported one or its address")
      ->required();
  judge_command->add_option("--keys", judge->keys, "directory of the notary's keys")->required();
  judge_command->add_option("--settings", judge->trust.settings,
                            "waiting time and rules: for production all of them hold");
  AddRootOptions(*judge_command, judge->trust);
  AddHolderOptions(*judge_command, session);
  CLI::Option* passphrase =
      judge_command->add_option("--log-passphrase-file", judge->log_passphrase, "passphrase of the log's keys: append");
  CLI::Option* output = judge_command->add_option("-o,--output", judge->output,
                                                  "directory for verdicts that the log's keeper will append");
  CLI::Option* policy = judge_command->add_option("--log-policy", judge->policy,
                                                  "with -o or --seen: which log and witnesses you believe");
  judge_command
      ->add_option("--seen", judge->seen,
                   "directory of checkpoints that the notary saw: read, and this one added where cosigners say when")
      ->needs(policy);
  judge_command->add_option("--former", judge->trust.former,
                            "NAME.holder.json@INDEX of a notary before: its verdicts in entries below INDEX stand");
  judge_command->add_option("--to", judge->to, "with -o: send verdicts to the log that is served there")->needs(output);
  output->needs(policy);
  passphrase->excludes(output);
  judge_command->callback(
      [&session, &action, judge] { action = [&session, judge] { return Judge(session, *judge); }; });
}

}  // namespace edgekeep::cli::publisher
