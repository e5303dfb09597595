// log cosign: asks a policy's witnesses to cosign the log's checkpoint.
#include <algorithm>
#include <set>

#include "edgekeep/http/client.h"
#include "edgekeep/log/witness.h"
#include "edgekeep/release/log/lines.h"
#include "log_commands.h"
#include "log_directory.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

using release::log::Policy;

constexpr std::uint64_t kMaxAnswer = 262144;

struct CosignArguments {
  std::string directory;
  std::string policy;
};

Result<http::Answer> Ask(log::TreeReader& tree, const std::string& url, std::uint64_t old_size,
                         const std::string& note) {
  EK_TRY_ASSIGN(const log::Hashes path, tree.ConsistencyPath(old_size, tree.size()));
  return http::Post(url + (url.ends_with('/') ? "" : "/") + "add-checkpoint",
                    log::WriteAddCheckpoint(old_size, path, note), kMaxAnswer);
}

// A witness says by 409 which size it knows; one that knows more than the log has is another log's or saw a fork.
Result<std::string> LinesFrom(log::TreeReader& tree, const std::string& url, const std::string& note) {
  EK_TRY_ASSIGN(http::Answer answer, Ask(tree, url, 0, note));
  if (answer.status == 409) {
    std::string_view rest = answer.body;
    EK_TRY_ASSIGN(const std::string_view line, release::log::TakeLine(rest));
    EK_TRY_ASSIGN(const std::uint64_t size, release::log::ParseDecimal(line));
    if (size > tree.size()) return Error(ErrorCode::kUntrusted, "the witness saw a longer log");
    EK_TRY_ASSIGN(answer, Ask(tree, url, size, note));
  }
  if (answer.status == 200) return answer.body;
  if (answer.status == 422) return Error(ErrorCode::kUntrusted, "the witness saw another log");
  return Error(ErrorCode::kForbidden, "the witness refused");
}

// Of a witness's answer the lines by keys of the policy that verify; a line that does not is nobody's, and one that is
// ahead is no use: readers would not count it, or hold what comes after it.
std::string GoodLines(const Session& session, const Policy& policy, const std::string& text,
                      const std::string& answer) {
  const UnixTime latest = LatestBelieved(Now());
  const auto lines = release::log::ParseSignatureLines(answer);
  const auto checkpoint = release::log::ParseCheckpoint(text);
  std::string good;
  if (!lines || !checkpoint) return good;
  for (const release::log::NoteSignature& line : *lines) {
    for (std::size_t i = 0; i < policy.keys().size(); ++i) {
      if (policy.parties()[i].is_log || !line.IsBy(policy.keys()[i])) continue;
      const auto time = release::log::VerifyLine(session.context.provider, policy.keys()[i], *checkpoint, line);
      if (!time) continue;
      if (*time > latest) {
        session.report.Warn("the clock of " + std::string(line.name) + " is ahead of this one, it says " +
                            FormatTime(*time) + ": its cosignature is not taken");
        continue;
      }
      good += "\u2014 " + std::string(line.name) + " " + std::string(line.base64) + "\n";
    }
  }
  return good;
}

std::string Collect(const Session& session, const Policy& policy, const ReadableLog& opened, const std::string& text) {
  log::TreeReader tree = opened.Tree(session.context.provider);
  std::set<std::string> urls;
  for (const release::log::PolicyParty& party : policy.parties()) {
    if (!party.is_log && !party.url.empty()) urls.emplace(party.url);
  }
  std::string collected;
  for (const std::string& url : urls) {
    const auto answer = LinesFrom(tree, url, opened.note);
    if (!answer) {
      const author::Failure failure = author::Describe(answer.error(), url);
      session.report.Warn(failure.what + ": " + failure.where);
      continue;
    }
    collected += GoodLines(session, policy, text, *answer);
  }
  return collected;
}

// A log under its lock, and what cosigners said of the checkpoint that it has.
struct Cosigned {
  WritableLog log;
  std::string lines;
};

// Witnesses that are not there take their time, so they are asked without the log's lock. What they cosigned is no use
// where somebody appended meanwhile: they are asked again then, in the end with the lock.
author::Outcome<Cosigned> CosignedLog(const Session& session, const Policy& policy, const std::string& directory) {
  constexpr unsigned kAttempts = 3;
  for (unsigned attempt = 0;; ++attempt) {
    Cosigned cosigned;
    if (attempt == kAttempts) {
      EK_TRY_ASSIGN(cosigned.log, OpenLogToCosign(session, directory));
    }
    EK_TRY_ASSIGN(const ReadableLog seen, OpenReadableLog(directory));
    EK_TRY_ASSIGN(const auto parsed, author::At(directory, release::log::ParseSignedNote(seen.note)));
    const std::string text(parsed.text);
    cosigned.lines = Collect(session, policy, seen, text);
    if (attempt < kAttempts) {
      EK_TRY_ASSIGN(cosigned.log, OpenLogToCosign(session, directory));
    }
    const log::Log& log = *cosigned.log.log;
    if (attempt == kAttempts || log::CheckpointText(log.origin(), log.head()) == text) return cosigned;
  }
}

author::Done Cosign(const Session& session, const CosignArguments& arguments) {
  EK_TRY_ASSIGN(const Policy policy, ReadLogPolicy(session, arguments.policy));
  EK_TRY_ASSIGN(const Cosigned cosigned, CosignedLog(session, policy, arguments.directory));
  const std::string& lines = cosigned.lines;
  const WritableLog& opened = cosigned.log;
  const UnixTime latest = LatestBelieved(Now());
  if (!lines.empty()) EK_TRY(author::At(arguments.directory, opened.log->AddCosignatures(lines, latest)));
  EK_TRY_ASSIGN(const auto trusted, author::At(arguments.directory, policy.Verify(session.context.provider,
                                                                                  opened.log->checkpoint(), latest)));
  json::Object object;
  object.Set("size", trusted.head().size).Set("cosigned_at", FormatTime(trusted.cosigned_at()));
  return session.report.Tell("The checkpoint of " + std::to_string(trusted.head().size) +
                                 " entries has a quorum of cosignatures and is published.",
                             object);
}

}  // namespace

void AddLogCosignCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("cosign", "have the witnesses of a policy cosign the checkpoint");
  auto arguments = std::make_shared<CosignArguments>();
  command->add_option("DIR", arguments->directory, "the log's directory")->required();
  command->add_option("--policy", arguments->policy, "which witnesses, and where")->required();
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Cosign(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
