// release keys, fingerprint, init-root, change-root, review-root, sign-root, finish-root.
#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/publication.h"
#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/files/new_file.h"
#include "release_arguments.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

author::Done MakeKeys(const Session& session, const author::NewReleaseKeys& wanted) {
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.NewPassphrase());
  EK_TRY_ASSIGN(const author::PublicHolder made, author::CreateReleaseKeys(session.context, wanted, passphrase));
  EK_TRY_ASSIGN(const author::Fingerprint fingerprint, author::FingerprintOf(session.context, made));
  const std::string shared = wanted.directory + "/" + wanted.holder + ".holder.json";
  return session.report.Tell("Keys of " + wanted.holder + " are in " + wanted.directory + ".\nGive " + shared +
                                 " to whoever leads the ceremony; keep everything else, and a copy of it, to "
                                 "yourself.\nFingerprint " +
                                 author::ShortText(fingerprint) + ": tell it to the others by another channel.",
                             json::Object()
                                 .Set("holder", wanted.holder)
                                 .Set("public", shared)
                                 .Set("fingerprint", Hex(fingerprint.digest.view())));
}

author::Done ShowFingerprints(const Session& session, const std::vector<std::string>& files) {
  std::vector<author::ListedHolder> listed;
  for (const std::string& file : files) {
    EK_TRY_ASSIGN(const author::PublicHolder holder, author::ReadPublicHolder(file));
    EK_TRY_ASSIGN(author::Fingerprint fingerprint, author::FingerprintOf(session.context, holder));
    listed.push_back({.name = holder.name, .roles = {file}, .fingerprint = std::move(fingerprint)});
  }
  return session.report.Tell(HoldersText(listed), json::Object().Set("holders", HoldersJson(listed)));
}

void AddFingerprint(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("fingerprint", "show the fingerprints of holders' public files");
  auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("FILES", *files, "NAME.holder.json of each")->required();
  command->callback(
      [&session, &action, files] { action = [&session, files] { return ShowFingerprints(session, *files); }; });
}

void AddKeys(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("keys", "make the keys of one person, or of the service that publishes");
  auto wanted = std::make_shared<author::NewReleaseKeys>();
  command->add_option("NAME", wanted->holder, "a-z, 0-9 and '-'")->required();
  command->add_option("-o,--output", wanted->directory, "directory to make")->required();
  const std::map<std::string, author::Profile> profiles{{"general", author::Profile::kGeneral},
                                                        {"cnsa2", author::Profile::kCnsa2}};
  command->add_option("--profile", wanted->profile, "general (Ed25519 and ML-DSA-65) or cnsa2 (P-256 and ML-DSA-87)")
      ->transform(CLI::Transformer(profiles, CLI::ignore_case))
      ->option_text("general|cnsa2");
  command->add_option(
      "--token", wanted->token,
      "'pkcs11:token=...;object=...': keep the classical key on this token; one that is there is taken");
  AddNewPassphraseOptions(*command, session);
  AddTokenOptions(*command, session);
  command->callback(
      [&session, &action, wanted] { action = [&session, wanted] { return MakeKeys(session, *wanted); }; });
}

struct NewRootArguments {
  std::vector<std::string> holders, root_holders, approvers, recovery;
  std::string service, folder, expires;
  std::uint64_t root_threshold = 3;
  std::uint64_t approvals = 2;
};

author::Outcome<std::vector<author::PublicHolder>> ReadHolders(const std::vector<std::string>& paths) {
  std::vector<author::PublicHolder> holders;
  for (const std::string& path : paths) {
    EK_TRY_ASSIGN(author::PublicHolder holder, author::ReadPublicHolder(path));
    holders.push_back(std::move(holder));
  }
  return holders;
}

author::Done InitRoot(const Session& session, const NewRootArguments& arguments) {
  EK_TRY_ASSIGN(const auto both, ReadHolders(arguments.holders));
  EK_TRY_ASSIGN(auto root, ReadHolders(arguments.root_holders));
  EK_TRY_ASSIGN(auto approvers, ReadHolders(arguments.approvers));
  EK_TRY_ASSIGN(const author::PublicHolder service, author::ReadPublicHolder(arguments.service));
  EK_TRY_ASSIGN(const auto recovery, ReadHolders(arguments.recovery));
  root.insert(root.end(), both.begin(), both.end());
  root.insert(root.end(), recovery.begin(), recovery.end());
  approvers.insert(approvers.end(), both.begin(), both.end());
  EK_TRY_ASSIGN(const UnixTime expires, ParseExpiry(session, arguments.expires, 365));
  const author::RootContent content{.root = {std::move(root), arguments.root_threshold},
                                    .targets = {std::move(approvers), arguments.approvals},
                                    .snapshot = {{service}, 1},
                                    .timestamp = {{service}, 1},
                                    .expires = expires};
  EK_TRY(author::StartRoot(session.context, arguments.folder, content));
  return session.report.Tell(
      "The ceremony is in " + arguments.folder +
          ".\nEach root holder takes a copy, looks at it with 'release review-root' and signs it "
          "with 'release sign-root'; copy the folders together as they come back.",
      json::Object().Set("folder", arguments.folder).Set("version", 1));
}

void AddInitRoot(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("init-root", "begin the ceremony that says who may release");
  auto arguments = std::make_shared<NewRootArguments>();
  command->add_option("--holder", arguments->holders, "root holder and approver: NAME.holder.json, for each");
  command->add_option("--root-holder", arguments->root_holders, "root holder who approves nothing");
  command->add_option("--approver", arguments->approvers, "approver who is no root holder");
  command->add_option("--recovery", arguments->recovery,
                      "recovery-NAME.holder.json: keys that are kept away, for when too many others are lost");
  command->add_option("--service", arguments->service, "holder.json of the service that publishes")->required();
  command->add_option("--root-threshold", arguments->root_threshold, "root holders needed (default: 3)")
      ->check(WholeNumber(2, 32));
  command->add_option("--approvals", arguments->approvals, "approvers needed (default: 2)")->check(WholeNumber(2, 32));
  command->add_option("--expires", arguments->expires, "when it must have been renewed (default: in 365 days)");
  command->add_option("-o,--output", arguments->folder, "folder to make")->required();
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return InitRoot(session, *arguments); }; });
}

struct ChangeArguments {
  std::string root, folder, expires;
  std::vector<std::string> replace, add, remove;
};

author::Done ChangeRoot(const Session& session, const ChangeArguments& arguments) {
  EK_TRY_ASSIGN(const std::string root, ReadRoot(arguments.root));
  author::RootChange change;
  EK_TRY_ASSIGN(change.replace, ReadHolders(arguments.replace));
  EK_TRY_ASSIGN(change.add, ReadHolders(arguments.add));
  change.remove = arguments.remove;
  EK_TRY_ASSIGN(change.expires, ParseExpiry(session, arguments.expires, 365));
  EK_TRY(author::StartRootChange(session.context, arguments.folder, root, change));
  return session.report.Tell(
      "The ceremony is in " + arguments.folder + ".\nIt needs the quorum of the root before and that of the new one.",
      json::Object().Set("folder", arguments.folder));
}

void AddChange(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("change-root", "begin a ceremony that renews the root or changes holders");
  auto arguments = std::make_shared<ChangeArguments>();
  command->add_option("--root", arguments->root, "the root that devices have now")->required();
  command->add_option("--replace", arguments->replace, "new NAME.holder.json of a holder who lost keys");
  command->add_option("--add", arguments->add, "holder.json of a new root holder and approver");
  command->add_option("--remove", arguments->remove, "name of a holder who leaves");
  command->add_option("--expires", arguments->expires, "when it must have been renewed (default: in 365 days)");
  command->add_option("-o,--output", arguments->folder, "folder to make")->required();
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return ChangeRoot(session, *arguments); }; });
}

struct CeremonyArguments {
  std::string folder, root, keys, new_keys, digest, output, repository, entries;
};

json::Object Describe(const author::RootReview& review) {
  json::Array changes;
  for (const std::string& change : review.changes) changes.emplace_back(change);
  json::Array tallies;
  for (const author::Tally& tally : review.tallies) tallies.emplace_back(TallyJson(tally));
  json::Object object;
  object.Set("version", review.version).Set("digest", Hex(review.digest.view())).Set("expires", review.expires);
  object.Set("holders", HoldersJson(review.holders));
  return object.Set("changes", changes).Set("signatures", tallies).Set("complete", review.is_complete);
}

author::Done ReviewRoot(const Session& session, const CeremonyArguments& arguments) {
  EK_TRY_ASSIGN(const std::string trusted, ReadRootIfAny(arguments.root));
  EK_TRY_ASSIGN(const author::RootReview review, author::ReviewRoot(session.context, arguments.folder, trusted));
  std::string text = Line("Root " + std::to_string(review.version) + ", until " + review.expires);
  for (const std::string& change : review.changes) text += Line("  " + change);
  text += HoldersText(review.holders);
  for (const author::Tally& tally : review.tallies) text += Line(tally.role + ": " + TallyText(tally));
  return session.report.Tell(text + "Digest " + Hex(review.digest.view()), Describe(review));
}

author::Done SignRoot(const Session& session, const CeremonyArguments& arguments) {
  EK_TRY_ASSIGN(const std::string trusted, ReadRootIfAny(arguments.root));
  EK_TRY_ASSIGN(const Digest digest, ParseDigest(arguments.digest));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY_ASSIGN(const auto new_keys, ReadNewKeys(arguments.new_keys));
  EK_TRY(author::SignRoot(session.context, arguments.folder, trusted, digest, keys, new_keys ? &*new_keys : nullptr));
  return session.report.Tell(keys.holder.name + " signed the root in " + arguments.folder + ".",
                             json::Object().Set("holder", keys.holder.name));
}

author::Done Publish(const Session& session, const CeremonyArguments& arguments, const std::string& root) {
  if (arguments.keys.empty()) return author::PublishRoot(session.context, arguments.repository, root, nullptr);
  EK_TRY_ASSIGN(const author::ReleaseKeys services, OpenKeys(session, arguments.keys));
  return author::PublishRoot(session.context, arguments.repository, root, &services);
}

author::Done FinishRoot(const Session& session, const CeremonyArguments& arguments) {
  EK_TRY_ASSIGN(const std::string trusted, ReadRootIfAny(arguments.root));
  EK_TRY_ASSIGN(const std::string root, author::FinishRoot(session.context, arguments.folder, trusted));
  // Before anything is published: a ceremony that cannot go into the log is not done.
  if (!arguments.entries.empty()) {
    EK_TRY_ASSIGN(const auto entries, author::CeremonyEntries(session.context, arguments.folder, trusted));
    EK_TRY(WriteEntries(arguments.entries, entries));
  }
  if (!arguments.repository.empty()) {
    EK_TRY(Publish(session, arguments, root));
  }
  EK_TRY(author::At(arguments.output, files::WriteNewFile(arguments.output, files::Access::kPublic, AsBytes(root))));
  return session.report.Tell(arguments.output + " is the root, signed by its quorum.",
                             json::Object().Set("root", arguments.output));
}

std::shared_ptr<CeremonyArguments> AddCeremony(CLI::App& command) {
  auto arguments = std::make_shared<CeremonyArguments>();
  command.add_option("FOLDER", arguments->folder, "folder of the ceremony")->required();
  command.add_option("--root", arguments->root, "the root before, your own copy (none for version 1)");
  return arguments;
}

void AddReview(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("review-root", "show what a root ceremony is about, and who signed");
  auto arguments = AddCeremony(*command);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return ReviewRoot(session, *arguments); }; });
}

void AddSignRoot(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("sign-root", "sign a root that was reviewed, with your own keys");
  auto arguments = AddCeremony(*command);
  command->add_option("--digest", arguments->digest, "of what you reviewed")->required();
  command->add_option("--keys", arguments->keys, "directory of your keys")->required();
  command->add_option("--new-keys", arguments->new_keys,
                      "your new NAME.holder.json, where the root has it and you sign with the keys before");
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return SignRoot(session, *arguments); }; });
}

void AddFinishRoot(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("finish-root", "make root.json of a ceremony that enough holders signed");
  auto arguments = AddCeremony(*command);
  command->add_option("-o,--output", arguments->output, "root.json to make")->required();
  command->add_option("--repository", arguments->repository, "put it into this repository too");
  command->add_option("--entries", arguments->entries, "directory to make with the ceremony's entries for the log");
  command->add_option("--service-keys", arguments->keys,
                      "directory of the service's keys, where the root has new ones");
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return FinishRoot(session, *arguments); }; });
}

}  // namespace

void AddRootCommands(CLI::App& group, Session& session, Action& action) {
  AddKeys(group, session, action);
  AddFingerprint(group, session, action);
  AddInitRoot(group, session, action);
  AddChange(group, session, action);
  AddReview(group, session, action);
  AddSignRoot(group, session, action);
  AddFinishRoot(group, session, action);
}

}  // namespace edgekeep::cli::publisher
