// log submit: signed entries to a log over HTTP.
#include "edgekeep/formats/signed_object.h"
#include "log_commands.h"
#include "log_directory.h"
#include "submission_client.h"

namespace edgekeep::cli::publisher {
namespace {

struct LogSubmitArguments {
  std::string url;
  std::vector<std::string> files;
};

author::Done SubmitFiles(const Session& session, const LogSubmitArguments& arguments) {
  std::vector<std::string> statements;
  for (const std::string& path : arguments.files) {
    EK_TRY_ASSIGN(std::string statement, ReadText(path, log::kMaxStatementSize));
    EK_TRY(author::At(path, formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(statement))));
    statements.push_back(std::move(statement));
  }
  EK_TRY_ASSIGN(const log::Submitted submitted, SubmitTo(arguments.url, statements));
  json::Object object;
  object.Set("added", submitted.added).Set("size", submitted.size);
  return session.report.Tell(std::to_string(submitted.added) + " of " + std::to_string(statements.size()) +
                                 " entries were new to the log, which says that all of them are in it.",
                             object);
}

}  // namespace

void AddLogSubmitCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("submit", "send signed entries to a log that accepts them over HTTP");
  auto arguments = std::make_shared<LogSubmitArguments>();
  command->add_option("URL", arguments->url, "where the log is served: http://host:port/")->required();
  command->add_option("FILE", arguments->files, "signed entries (.ekl)")->required();
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return SubmitFiles(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
