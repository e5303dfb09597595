// epoch sign-entry, entry: what the log is told before a product's next epoch begins.
#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/epoch_entry.h"
#include "release_arguments.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct EpochArguments {
  std::string product, reason, folder, keys, root, entries;
  std::uint64_t epoch = 0;
};

author::Outcome<author::EpochNotice> NoticeOf(const EpochArguments& arguments) {
  EK_TRY_ASSIGN(const ProductName product, ParseProduct(arguments.product));
  return author::EpochNotice{product, Epoch{arguments.epoch}, arguments.reason};
}

author::Done SignEpoch(const Session& session, const EpochArguments& arguments) {
  EK_TRY_ASSIGN(const author::EpochNotice notice, NoticeOf(arguments));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY(author::SignEpochEntry(session.context, notice, arguments.folder, keys));
  return session.report.Tell(keys.holder.name + " signed the log's entry of epoch " + std::to_string(arguments.epoch) +
                                 " in " + arguments.folder + ".",
                             json::Object().Set("holder", keys.holder.name));
}

author::Done JoinEpoch(const Session& session, const EpochArguments& arguments) {
  EK_TRY_ASSIGN(const author::EpochNotice notice, NoticeOf(arguments));
  EK_TRY_ASSIGN(const std::string root, ReadText(arguments.root));
  EK_TRY_ASSIGN(author::CeremonyEntry entry, author::JoinEpochEntry(session.context, notice, arguments.folder, root));
  EK_TRY(WriteEntries(arguments.entries, {std::move(entry)}));
  return session.report.Tell(
      "Begin the epoch with 'edgekeep publisher new-epoch --entry " + arguments.entries +
          "/epoch-change.ekl', which tells the log first where --to names it; else enter it with "
          "'edgekeep log append'.",
      json::Object().Set("entries", arguments.entries));
}

std::pair<CLI::App*, std::shared_ptr<EpochArguments>> AddEpoch(CLI::App& group, Session& session, Action& action,
                                                               const char* name, const char* about,
                                                               author::Done (*perform)(const Session&,
                                                                                       const EpochArguments&)) {
  CLI::App* command = group.add_subcommand(name, about);
  auto arguments = std::make_shared<EpochArguments>();
  command->add_option("--product", arguments->product, "publisher/name")->required();
  command->add_option("--epoch", arguments->epoch, "the next one")->required()->check(WholeNumber(2, 65535));
  command->add_option("--reason", arguments->reason, "what the log says of it")->required();
  command->add_option("--folder", arguments->folder, "where each holder's signature goes")->required();
  command->callback([&session, &action, perform, arguments] {
    action = [&session, perform, arguments] { return perform(session, *arguments); };
  });
  return {command, arguments};
}

}  // namespace

void AddEpochCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group =
      root.add_subcommand("epoch", "what the log is told of a product's next epoch, which revokes devices");
  group->require_subcommand(1);
  const auto [sign, signing] =
      AddEpoch(*group, session, action, "sign-entry", "sign its entry for the log, as a root's holder", SignEpoch);
  sign->add_option("--keys", signing->keys, "directory of your keys")->required();
  AddHolderOptions(*sign, session);
  const auto [join, joining] = AddEpoch(*group, session, action, "entry", "join what enough holders signed", JoinEpoch);
  join->add_option("--root", joining->root, "the root, your own copy")->required();
  join->add_option("--entries", joining->entries, "directory to make with the entry")->required();
}

}  // namespace edgekeep::cli::publisher
