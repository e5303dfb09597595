// log serve: a log's public files over HTTP (c2sp.org/tlog-tiles), and what is submitted to it.
#include <algorithm>

#include "http_service.h"
#include "log_commands.h"
#include "log_directory.h"
#include "submission_service.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr const char* kForEver = "public, max-age=31536000, immutable";
// Where bodies are taken: what all of them together may hold is some tens of megabytes.
constexpr std::size_t kMaxSubmitters = 64;

// Letters, digits, and dots only within names: no way up, nothing hidden.
bool IsPublicPath(const std::string& path) {
  if (path == "/checkpoint") return true;
  if (!path.starts_with("/tile/") && !path.starts_with("/statement/")) return false;
  const bool is_plain = std::ranges::all_of(
      path, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '.'; });
  return is_plain && path.find("/.") == std::string::npos && path.find("..") == std::string::npos;
}

http::Answer NotFound() {
  return {.status = 404, .content_type = "text/plain; charset=utf-8", .body = "not here\n", .cache_control = {}};
}

http::Answer Answer(const ReadableLog& opened, const http::Request& request) {
  if (request.method != "GET") {
    return {.status = 405, .content_type = "text/plain; charset=utf-8", .body = "read only\n", .cache_control = {}};
  }
  if (!IsPublicPath(request.path)) return NotFound();
  auto content = opened.storage->Read(opened.prefix + request.path.substr(1), log::kMaxBundleSize);
  if (!content) return NotFound();
  const bool is_checkpoint = request.path == "/checkpoint";
  return {.status = 200,
          .content_type = is_checkpoint ? "text/plain; charset=utf-8" : "application/octet-stream",
          .body = *std::move(content),
          .cache_control = is_checkpoint ? "no-cache" : kForEver};
}

struct LogServeArguments {
  std::string directory;
  ServiceArguments service;
  bool accepts = false;
  SubmissionArguments submission;
};

author::Done ServeAndAccept(const Session& session, const LogServeArguments& arguments) {
  EK_TRY_ASSIGN(const auto submissions, SubmissionService::Open(session, arguments.directory, arguments.submission));
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.directory));
  const auto answer = [&](const http::Request& request) {
    const bool submits = request.method == "POST" && request.path == log::kSubmissionPath;
    return submits ? submissions->Take(request.body, Now()) : Answer(opened, request);
  };
  return ServeHttp(session, arguments.service, answer,
                   {.connections = kMaxSubmitters, .max_body = log::kMaxSubmission});
}

author::Done Serve(const Session& session, const LogServeArguments& arguments) {
  if (arguments.accepts) return ServeAndAccept(session, arguments);
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.directory));
  return ServeHttp(session, arguments.service,
                   [&opened](const http::Request& request) { return Answer(opened, request); });
}

void AddAcceptOptions(CLI::App& command, Session& session, LogServeArguments& arguments) {
  CLI::Option* accept = command.add_flag(
      "--accept", arguments.accepts, "take entries that count, signed by whom --root, --repository and --notary name");
  CLI::Option* root =
      command.add_option("--root", arguments.submission.trust.root, "with --accept: a root that you trust, your copy");
  CLI::Option* repository = command.add_option("--repository", arguments.submission.trust.repository,
                                               "with --accept: where the roots after it are published");
  CLI::Option* notary = command.add_option("--notary", arguments.submission.notary,
                                           "with --accept: NAME.holder.json of the notary whose verdicts are taken");
  accept->needs(root)->needs(repository);
  for (CLI::Option* option : {root, repository, notary}) option->needs(accept);
  AddPassphraseOptions(command, session);
}

}  // namespace

void AddLogServeCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("serve", "serve a log's public files over HTTP");
  auto arguments = std::make_shared<LogServeArguments>();
  command->add_option("DIR", arguments->directory, "the log's directory, or an exported one")->required();
  AddServiceOptions(*command, arguments->service);
  AddAcceptOptions(*command, session, *arguments);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Serve(session, *arguments); }; });
}

void AddLogCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("log", "keep, serve, prove and verify a transparency log");
  group->require_subcommand(1);
  AddLogWritingCommands(*group, session, action);
  AddLogCosignCommand(*group, session, action);
  AddLogReadingCommands(*group, session, action);
  AddLogVerifyCommands(*group, session, action);
  AddLogSubmitCommand(*group, session, action);
  AddLogServeCommand(*group, session, action);
}

}  // namespace edgekeep::cli::publisher
