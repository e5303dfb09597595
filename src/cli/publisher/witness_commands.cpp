// witness init, serve.
#include <filesystem>

#include "edgekeep/files/new_directory.h"
#include "edgekeep/log/key_directory.h"
#include "edgekeep/log/witness.h"
#include "http_service.h"
#include "log_commands.h"
#include "log_directory.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

struct NewWitnessArguments {
  std::string directory;
  std::string name;
};

author::Done Init(const Session& session, const NewWitnessArguments& arguments) {
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.NewPassphrase());
  EK_TRY_ASSIGN(files::NewDirectory directory,
                author::At(arguments.directory, files::NewDirectory::Create(arguments.directory)));
  const std::string keys = directory.path() + "/keys";
  std::filesystem::create_directory(keys);
  EK_TRY(author::At(arguments.directory,
                    log::NoteKeys::Create(session.context.provider, keys, {log::NoteRole::kWitness, arguments.name},
                                          passphrase, session.context.key_file_costs)));
  EK_TRY(author::At(arguments.directory, directory.Commit()));
  const std::string policy = arguments.directory + "/keys/" + log::kKeyPolicy;
  json::Object object;
  object.Set("witness", arguments.directory).Set("name", arguments.name).Set("policy", policy);
  return session.report.Tell("Witness " + arguments.name + " is ready in " + arguments.directory +
                                 ".\nWhoever relies on it needs the lines of " + policy + ".",
                             object);
}

struct WitnessServeArguments {
  std::string directory;
  std::string logs;
  ServiceArguments service;
};

http::Answer Answer(log::Witness& witness, const http::Request& request) {
  constexpr std::string_view kCheckpoint = "/checkpoint";
  log::WitnessAnswer answer{.status = 404, .content_type = "text/plain; charset=utf-8", .body = "not here\n"};
  if (request.method == "POST" && request.path == "/add-checkpoint") {
    answer = witness.Add(request.body, Now());  // each answer is about its own moment
  } else if (request.method == "GET" && request.path.size() > kCheckpoint.size() &&
             request.path.ends_with(kCheckpoint)) {
    answer = witness.Latest(request.path.substr(1, request.path.size() - 1 - kCheckpoint.size()));
  }
  return {.status = answer.status,
          .content_type = std::move(answer.content_type),
          .body = std::move(answer.body),
          .cache_control = "no-cache"};
}

author::Done Serve(const Session& session, const WitnessServeArguments& arguments) {
  const crypto::Provider& provider = session.context.provider;
  EK_TRY_ASSIGN(auto logs, ReadLogPolicy(session, arguments.logs));
  EK_TRY_ASSIGN(const auto storage, author::At(arguments.directory, log::OpenDirectory(arguments.directory)));
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  const std::string keys_directory = arguments.directory + "/keys";
  EK_TRY_ASSIGN(
      const log::NoteKeys keys,
      author::At(keys_directory, log::NoteKeys::Open(provider, keys_directory, log::NoteRole::kWitness, passphrase)));
  log::Witness witness(provider, *storage, std::move(logs), keys.signers());
  return ServeHttp(session, arguments.service,
                   [&witness](const http::Request& request) { return Answer(witness, request); });
}

}  // namespace

void AddWitnessCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("witness", "cosign checkpoints of logs that only grow");
  group->require_subcommand(1);
  auto init = std::make_shared<NewWitnessArguments>();
  CLI::App* init_command = group->add_subcommand("init", "make a witness: keys under a passphrase");
  init_command->add_option("DIR", init->directory, "directory to make")->required();
  init_command->add_option("--name", init->name, "the witness's name, an address without a scheme")->required();
  AddNewPassphraseOptions(*init_command, session);
  init_command->callback([&session, &action, init] { action = [&session, init] { return Init(session, *init); }; });

  auto serve = std::make_shared<WitnessServeArguments>();
  CLI::App* serve_command = group->add_subcommand("serve", "answer logs over HTTP (c2sp.org/tlog-witness)");
  serve_command->add_option("DIR", serve->directory, "the witness's directory")->required();
  serve_command->add_option("--logs", serve->logs, "a policy whose log lines are the logs it knows, with quorum none")
      ->required();
  AddServiceOptions(*serve_command, serve->service);
  AddPassphraseOptions(*serve_command, session);
  serve_command->callback(
      [&session, &action, serve] { action = [&session, serve] { return Serve(session, *serve); }; });
}

}  // namespace edgekeep::cli::publisher
