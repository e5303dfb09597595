// log verify: for whoever has a policy, and trusts nobody else.
#include "edgekeep/log/directory_check.h"
#include "edgekeep/release/log/log_proof.h"
#include "log_commands.h"
#include "log_directory.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

using release::log::TrustedCheckpoint;

struct VerifyArguments {
  std::string policy;
  std::string subject;  // a proof, or a directory
  std::string entry;
  std::string earlier;
  std::string later;
};

json::Object Describe(const TrustedCheckpoint& checkpoint) {
  json::Object object;
  object.Set("origin", checkpoint.origin()).Set("size", checkpoint.head().size);
  object.Set("root", Hex(checkpoint.head().root.view()));
  object.Set("cosigned_at",
             checkpoint.cosigned_at().value == 0 ? json::Value() : json::Value(FormatTime(checkpoint.cosigned_at())));
  return object;
}

std::string Tell(const TrustedCheckpoint& checkpoint) {
  std::string text = std::string(checkpoint.origin()) + ", " + std::to_string(checkpoint.head().size) + " entries";
  if (checkpoint.cosigned_at().value != 0) text += ", cosigned by a quorum at " + FormatTime(checkpoint.cosigned_at());
  return text;
}

author::Done VerifyInclusion(const Session& session, const VerifyArguments& arguments) {
  EK_TRY_ASSIGN(const auto policy, ReadLogPolicy(session, arguments.policy));
  EK_TRY_ASSIGN(const std::string proof, ReadText(arguments.subject, release::log::kMaxLogProofSize));
  EK_TRY_ASSIGN(const std::string entry, ReadText(arguments.entry, formats::kMaxLogEntrySize));
  EK_TRY_ASSIGN(
      const auto logged,
      author::At(arguments.subject, release::log::VerifyLogProof(session.context.provider, policy, proof,
                                                                 AsBytes(entry), LatestBelieved(session.context.now))));
  json::Object object = Describe(logged.checkpoint());
  object.Set("index", logged.index());
  return session.report.Tell(
      arguments.entry + " is entry " + std::to_string(logged.index()) + " of " + Tell(logged.checkpoint()), object);
}

author::Outcome<TrustedCheckpoint> VerifyNote(const Session& session, const release::log::Policy& policy,
                                              const std::string& path) {
  EK_TRY_ASSIGN(const std::string note, ReadText(path, release::log::kMaxNoteSize));
  return author::At(path, policy.Verify(session.context.provider, note, LatestBelieved(session.context.now)));
}

author::Done VerifyConsistency(const Session& session, const VerifyArguments& arguments) {
  EK_TRY_ASSIGN(const auto policy, ReadLogPolicy(session, arguments.policy));
  EK_TRY_ASSIGN(const TrustedCheckpoint earlier, VerifyNote(session, policy, arguments.earlier));
  EK_TRY_ASSIGN(const TrustedCheckpoint later, VerifyNote(session, policy, arguments.later));
  EK_TRY_ASSIGN(const std::string text, ReadText(arguments.subject, release::log::kMaxNoteSize));
  const std::string lines = text + "\n";
  std::string_view rest = lines;
  EK_TRY_ASSIGN(const auto path, author::At(arguments.subject, release::log::TakePath(rest)));
  if (earlier.origin() != later.origin()) {
    return author::Failure{ErrorCode::kUntrusted, "checkpoints of two logs", arguments.later,
                           "compare one log with itself"};
  }
  EK_TRY(author::At(arguments.subject, release::log::VerifyConsistency(session.context.provider, earlier.head(),
                                                                       later.head(), path.view())));
  return session.report.Tell("From " + std::to_string(earlier.head().size) + " entries on it only grew: " + Tell(later),
                             Describe(later));
}

author::Done VerifyFiles(const Session& session, const VerifyArguments& arguments) {
  EK_TRY_ASSIGN(const auto policy, ReadLogPolicy(session, arguments.policy));
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.subject));
  EK_TRY_ASSIGN(const TrustedCheckpoint checkpoint,
                author::At(arguments.subject,
                           policy.Verify(session.context.provider, opened.note, LatestBelieved(session.context.now))));
  const auto see = [](std::uint64_t, const formats::LogEntry&) -> Status { return {}; };
  EK_TRY(author::At(arguments.subject, log::CheckLogFiles(session.context.provider, *opened.storage, opened.prefix,
                                                          checkpoint.head(), see)));
  return session.report.Tell("Every entry and tile is there and right: " + Tell(checkpoint), Describe(checkpoint));
}

CLI::App* AddVerifier(CLI::App& group, Session& session, Action& action, const std::string& name,
                      const std::string& what, const std::shared_ptr<VerifyArguments>& arguments,
                      author::Done (*act)(const Session&, const VerifyArguments&)) {
  CLI::App* command = group.add_subcommand(name, what);
  command->add_option("--policy", arguments->policy, "which logs and witnesses you believe (spec/log.md)")->required();
  command->callback([&session, &action, arguments, act] {
    action = [&session, arguments, act] { return act(session, *arguments); };
  });
  return command;
}

}  // namespace

void AddLogVerifyCommands(CLI::App& group, Session& session, Action& action) {
  CLI::App* verify = group.add_subcommand("verify", "verify under a policy, offline");
  verify->require_subcommand(1);
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* inclusion =
      AddVerifier(*verify, session, action, "inclusion", "that an entry is in a log", arguments, VerifyInclusion);
  inclusion->add_option("PROOF", arguments->subject, "the proof (.tlog-proof)")->required();
  inclusion->add_option("--entry", arguments->entry, "the entry")->required();
  CLI::App* consistency =
      AddVerifier(*verify, session, action, "consistency", "that a log only grew", arguments, VerifyConsistency);
  consistency->add_option("PROOF", arguments->subject, "the proof: hashes in base64")->required();
  consistency->add_option("--earlier", arguments->earlier, "the earlier checkpoint")->required();
  consistency->add_option("--later", arguments->later, "the later checkpoint")->required();
  CLI::App* files =
      AddVerifier(*verify, session, action, "files", "that a log's files are whole", arguments, VerifyFiles);
  files->add_option("DIR", arguments->subject, "the log's directory, or an exported one")->required();
}

}  // namespace edgekeep::cli::publisher
