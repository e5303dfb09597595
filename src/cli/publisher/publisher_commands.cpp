// publisher init, show and new-epoch.
#include "arguments.h"
#include "commands.h"
#include "demanded_lists.h"
#include "edgekeep/author/epoch_entry.h"
#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/author/followed_policy.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/log/statement.h"
#include "log_directory.h"
#include "release_arguments.h"
#include "submission_client.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct InitArguments {
  author::NewPublisher wanted;
};

json::Object Describe(const author::Publisher& publisher) {
  json::Object object;
  object.Set("publisher", publisher.trust().publisher).Set("directory", publisher.directory());
  object.Set("trust_bundle", publisher.directory() + "/publisher.ekt");
  object.Set("fingerprint", Hex(publisher.fingerprint().view()));
  return object;
}

json::Object Describe(const author::FollowedPolicy& followed) {
  json::Object object;
  object.Set("version", followed.version).Set("fingerprint", Hex(followed.fingerprint.view()));
  return object.Set("quarantined_classes", followed.num_quarantined);
}

std::string TextOf(const std::optional<author::FollowedPolicy>& followed) {
  if (!followed) return "\nIt follows no trust policy: chips in quarantine get licences ('edgekeep publisher follow').";
  return "\nlicences are issued, renewed and transferred by trust policy " + std::to_string(followed->version) + ", " +
         Hex(followed->fingerprint.view()) + ",\nwhich has " + std::to_string(followed->num_quarantined) +
         " classes of chips in quarantine.";
}

std::string Introduce(const author::Publisher& publisher) {
  return "Devices believe it by " + publisher.directory() + "/publisher.ekt, whose fingerprint is\n" +
         Grouped(publisher.fingerprint()) +
         "\nCompare the fingerprint over another channel before a device is given that file.";
}

author::Done Init(const Session& session, const InitArguments& arguments) {
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.NewPassphrase());
  EK_TRY_ASSIGN(const author::Publisher publisher,
                author::Publisher::Create(session.context, arguments.wanted, passphrase));
  const std::string name(publisher.trust().publisher);
  return session.report.Tell("Publisher " + name + " is ready in " + publisher.directory() + ".\n" +
                                 Introduce(publisher) +
                                 "\nKeep a copy of the directory and the passphrase: without them nothing can be "
                                 "granted or licensed any more.",
                             Describe(publisher));
}

author::Done Show(const Session& session) {
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  const std::string name(publisher.trust().publisher);
  EK_TRY_ASSIGN(const auto followed, author::ReadFollowedPolicy(session.context, publisher));
  json::Object object = Describe(publisher);
  EK_TRY_ASSIGN(const bool demands, DemandsIdentities(publisher.directory()));
  object.Set("identities_demanded", demands);
  object.Set("followed_policy", followed ? json::Value(Describe(*followed)) : json::Value());
  return session.report.Tell("Publisher " + name + ".\n" + Introduce(publisher) + TextOf(followed) +
                                 (demands ? "\nDevices are taken by their factory's list alone." : ""),
                             object);
}

struct FollowArguments {
  std::string policy, root;
};

author::Done Follow(const Session& session, const FollowArguments& arguments) {
  author::OrderTrust trust;
  EK_TRY_ASSIGN(trust.policy,
                author::At(arguments.policy, files::ReadFile(arguments.policy, formats::kMaxSignedTrustPolicy)));
  EK_TRY_ASSIGN(trust.root, ReadText(arguments.root));
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const author::FollowedPolicy followed, author::FollowPolicy(session.context, publisher, trust));
  return session.report.Tell("From now on" + TextOf(followed), Describe(followed));
}

struct NewEpochArguments {
  std::string product;
  std::string entry;  // for the log, joined
  std::string root;
  std::string to;  // where the log is served
};

// The log hears of it first: an epoch that began and is in no log is what audits look for.
author::Done TellLog(const Session& session, const NewEpochArguments& arguments, const ProductName& product,
                     Epoch next) {
  if (arguments.entry.empty()) {
    session.report.Warn(
        "no log is told of this epoch: audits report it as soon as grants for it are released (--entry)");
    return {};
  }
  EK_TRY_ASSIGN(const std::string root, ReadText(arguments.root));
  EK_TRY_ASSIGN(std::string entry, ReadText(arguments.entry, log::kMaxStatementSize));
  EK_TRY(author::CheckEpochEntry(session.context, entry, root, product, next));
  if (arguments.to.empty()) return {};
  EK_TRY(SubmitTo(arguments.to, {std::move(entry)}));
  return {};
}

author::Done BeginEpoch(const Session& session, const NewEpochArguments& arguments) {
  const std::string& product_text = arguments.product;
  EK_TRY_ASSIGN(const ProductName product, ParseProduct(product_text));
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  EK_TRY_ASSIGN(author::EpochKeys epochs, author::EpochKeys::Open(session.context, publisher, product, passphrase));
  EK_TRY(TellLog(session, arguments, product, {epochs.current().value + 1}));
  EK_TRY(epochs.BeginNext(session.context, passphrase));
  const std::uint64_t epoch = epochs.current().value;
  json::Object object;
  object.Set("product", product.view()).Set("epoch", epoch);
  return session.report.Tell(product_text + " is now in epoch " + std::to_string(epoch) +
                                 ".\nMake new grants, and new licences for the devices that shall go on: licences of "
                                 "earlier epochs do not open what is granted from now on.",
                             object);
}

void AddInit(CLI::App& group, Session& session, Action& action) {
  CLI::App* command =
      group.add_subcommand("init", "make a publisher: fresh keys under a passphrase, and publisher.ekt");
  auto arguments = std::make_shared<InitArguments>();
  command->add_option("DIR", arguments->wanted.directory, "directory to make")->required();
  command->add_option("--name", arguments->wanted.name, "the publisher's name, the first half of its products' names")
      ->required();
  const std::map<std::string, author::Profile> profiles{{"general", author::Profile::kGeneral},
                                                        {"cnsa2", author::Profile::kCnsa2}};
  command
      ->add_option("--profile", arguments->wanted.profile,
                   "signatures: general (Ed25519 and ML-DSA-65) or cnsa2 (P-256 and ML-DSA-87)")
      ->transform(CLI::Transformer(profiles, CLI::ignore_case))
      ->option_text("general|cnsa2");
  AddNewPassphraseOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Init(session, *arguments); }; });
}

author::Done Demand(const Session& session, const ListedArguments& arguments) {
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY(DemandList(session, arguments));
  return session.report.Tell(
      "From now on every command with this publisher's directory that takes a device wants its "
      "identity (--identity), and takes it by this list, until you bring a newer one.",
      json::Object().Set("list", arguments.list));
}

void AddDemand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand(
      "demand-identities", "take devices by their factory's list alone, from now on; again with each newer list");
  auto arguments = std::make_shared<ListedArguments>();
  command->add_option("--list", arguments->list, "the owner's list of identities")->required();
  command->add_option("--owner", arguments->beliefs.owner, "public keys of who owns the product")->required();
  AddBeliefOptions(*command, arguments->beliefs);
  AddPublisherOption(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Demand(session, *arguments); }; });
}

void AddFollow(CLI::App& group, Session& session, Action& action) {
  CLI::App* command =
      group.add_subcommand("follow", "license by a trust policy: nothing for chips that it has in quarantine");
  auto arguments = std::make_shared<FollowArguments>();
  command->add_option("--policy", arguments->policy, "the trust policy, at once and for good (.ektp)")->required();
  command->add_option("--root", arguments->root, "the root under which it was signed, your own copy")->required();
  AddPublisherOption(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Follow(session, *arguments); }; });
}

void AddNewEpoch(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("new-epoch", "begin a product's next epoch, to revoke devices");
  auto arguments = std::make_shared<NewEpochArguments>();
  command->add_option("--product", arguments->product, "publisher/name")->required();
  CLI::Option* root = command->add_option("--root", arguments->root, "the root whose holders signed it");
  CLI::Option* entry = command->add_option("--entry", arguments->entry, "its entry for the log, from 'epoch entry'");
  entry->needs(root);
  root->needs(entry);
  command->add_option("--to", arguments->to, "where the log is served: it is told before the epoch begins")
      ->needs(entry);
  AddPublisherOption(*command, session);
  AddPassphraseOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return BeginEpoch(session, *arguments); }; });
}

}  // namespace

void AddPublisherCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("publisher", "make and look at a publisher's keys");
  group->require_subcommand(1);
  AddInit(*group, session, action);
  CLI::App* show = group->add_subcommand("show", "show a publisher's name and fingerprint");
  AddPublisherOption(*show, session);
  show->callback([&session, &action] { action = [&session] { return Show(session); }; });
  AddFollow(*group, session, action);
  AddDemand(*group, session, action);
  AddNewEpoch(*group, session, action);
}

}  // namespace edgekeep::cli::publisher
