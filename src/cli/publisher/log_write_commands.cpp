// log init, append, export.
#include <filesystem>

#include "arguments.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/log/directory_check.h"
#include "log_commands.h"
#include "log_directory.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

json::Object DescribeHead(const release::log::TreeHead& head) {
  json::Object object;
  object.Set("size", head.size).Set("root", Hex(head.root.view()));
  return object;
}

struct NewLogArguments {
  std::string directory;
  std::string origin;
};

// Everything or nothing: a log without its keys, or the other way round, would be in the way of the next try.
author::Done Init(const Session& session, const NewLogArguments& arguments) {
  const crypto::Provider& provider = session.context.provider;
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.NewPassphrase());
  EK_TRY_ASSIGN(files::NewDirectory directory,
                author::At(arguments.directory, files::NewDirectory::Create(arguments.directory)));
  const std::string keys_directory = directory.path() + "/keys";
  std::filesystem::create_directory(keys_directory);
  std::filesystem::permissions(keys_directory, std::filesystem::perms{0700});
  EK_TRY_ASSIGN(const log::NoteKeys keys,
                author::At(arguments.directory,
                           log::NoteKeys::Create(provider, keys_directory, {log::NoteRole::kLog, arguments.origin},
                                                 passphrase, session.context.key_file_costs)));
  EK_TRY_ASSIGN(const auto storage, author::At(arguments.directory, log::OpenDirectory(directory.path())));
  EK_TRY(author::At(arguments.directory, log::Log::Create(provider, *storage, keys.signers(), session.context.now)));
  EK_TRY(author::At(arguments.directory, directory.Commit()));
  const std::string policy = arguments.directory + "/keys/" + log::kKeyPolicy;
  json::Object object;
  object.Set("log", arguments.directory).Set("origin", arguments.origin).Set("policy", policy);
  return session.report.Tell("Log " + arguments.origin + " is ready in " + arguments.directory +
                                 ".\nWhoever verifies it needs the lines of " + policy +
                                 "; give them over a channel that they trust.",
                             object);
}

struct AppendArguments {
  std::string directory;
  std::vector<std::string> files;
  log::LogClock clock = log::LogClock::kChecked;
};

// A signed object is kept as the statement of its payload; anything else must be a content by itself.
author::Outcome<log::NewEntry> ReadEntry(const std::string& path) {
  EK_TRY_ASSIGN(std::string text, ReadText(path, log::kMaxStatementSize));
  const auto object = formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(text));
  log::NewEntry entry;
  entry.content = object ? std::string(AsText(object->payload)) : text;
  if (object) entry.statement = std::move(text);
  EK_TRY(author::At(path, formats::KindOfLogContent(AsBytes(entry.content))));
  return entry;
}

author::Done Append(const Session& session, const AppendArguments& arguments) {
  std::vector<log::NewEntry> entries;
  for (const std::string& path : arguments.files) {
    EK_TRY_ASSIGN(log::NewEntry entry, ReadEntry(path));
    entries.push_back(std::move(entry));
  }
  EK_TRY_ASSIGN(const WritableLog opened, OpenWritableLog(session, arguments.directory));
  EK_TRY_ASSIGN(const log::Appended appended,
                author::At(arguments.directory, opened.log->Append(entries, session.context.now, arguments.clock)));
  json::Object object = DescribeHead(appended.head);
  object.Set("first", appended.first).Set("count", entries.size());
  return session.report.Tell("Entries " + std::to_string(appended.first) + " to " +
                                 std::to_string(appended.head.size - 1) + " are in the log and published.",
                             object);
}

struct ExportArguments {
  std::string directory;
  std::string output;
};

author::Done Export(const Session& session, const ExportArguments& arguments) {
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.directory));
  EK_TRY_ASSIGN(files::NewDirectory directory,
                author::At(arguments.output, files::NewDirectory::Create(arguments.output)));
  std::filesystem::permissions(directory.path(), std::filesystem::perms{0755});
  EK_TRY_ASSIGN(const auto storage, author::At(arguments.output, log::OpenDirectory(directory.path())));
  const Status exported =
      log::ExportLog(session.context.provider, *opened.storage, opened.prefix, opened.note, *storage);
  if (!exported) {
    const ErrorCode code = exported.error().code();
    const bool is_of_output = code == ErrorCode::kNoSpace || code == ErrorCode::kReadOnly;
    return author::Describe(exported.error(), is_of_output ? arguments.output : arguments.directory);
  }
  EK_TRY(author::At(arguments.output, directory.Commit()));
  return session.report.Tell("The log up to entry " + std::to_string(opened.head.size) + " is whole and lies in " +
                                 arguments.output + ". Any web server can serve it.",
                             DescribeHead(opened.head));
}

template <typename Arguments>
void Perform(CLI::App& command, Session& session, Action& action, std::shared_ptr<Arguments> arguments,
             author::Done (*act)(const Session&, const Arguments&)) {
  command.callback([&session, &action, arguments, act] {
    action = [&session, arguments, act] { return act(session, *arguments); };
  });
}

}  // namespace

void AddLogWritingCommands(CLI::App& group, Session& session, Action& action) {
  auto init = std::make_shared<NewLogArguments>();
  CLI::App* init_command =
      group.add_subcommand("init", "make a log: keys under a passphrase, and its first checkpoint");
  init_command->add_option("DIR", init->directory, "directory to make")->required();
  init_command->add_option("--origin", init->origin, "the log's name, an address without a scheme: log.example/acme")
      ->required();
  AddNewPassphraseOptions(*init_command, session);
  Perform(*init_command, session, action, init, Init);

  auto append = std::make_shared<AppendArguments>();
  CLI::App* append_command =
      group.add_subcommand("append", "append contents or signed objects, all or none, and publish the checkpoint");
  append_command->add_option("DIR", append->directory, "the log's directory")->required();
  append_command->add_option("FILE", append->files, "contents of entries, or signed objects over them")->required();
  AddClockOption(*append_command, append->clock);
  AddPassphraseOptions(*append_command, session);
  Perform(*append_command, session, action, append, Append);

  auto to = std::make_shared<ExportArguments>();
  CLI::App* export_command = group.add_subcommand("export", "copy a log's public files, checked, to a new directory");
  export_command->add_option("DIR", to->directory, "the log's directory, or an exported one")->required();
  export_command->add_option("OUT", to->output, "directory to make")->required();
  Perform(*export_command, session, action, to, Export);
}

}  // namespace edgekeep::cli::publisher
