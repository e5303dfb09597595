// retirement verify, remember, sign-entry, entry.
#include <filesystem>

#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/retirement.h"
#include "release_arguments.h"
#include "retired_identities.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct RetirementArguments {
  std::string certificate, policy, root, policy_root, root_before, reason, folder, keys, entries;
};

author::Done TellRetired(const Session& session, const author::RetiredDevice& retired, const std::string& more) {
  const std::string id = Hex(retired.device.view());
  json::Object object;
  object.Set("device", id).Set("retired_at", FormatTime(retired.retired_at)).Set("order", retired.order);
  object.Set("evidence", retired.has_evidence).Set("order_verified", retired.was_given);
  std::string text = "Device " + id + " retired itself at " + FormatTime(retired.retired_at) + ", by order " +
                     std::to_string(retired.order) +
                     (retired.was_given ? ", which its people gave" : " (who gave it was not looked at: --policy)");
  text += retired.has_evidence ? ", with evidence of how it was." : ", without evidence.";
  return session.report.Tell(text + more, object);
}

author::Done VerifyRetired(const Session& session, const RetirementArguments& arguments) {
  author::OrderTrust trust;
  const bool judges = !arguments.policy.empty();
  if (judges) {
    EK_TRY_ASSIGN(trust,
                  ReadOrderTrust({arguments.policy, arguments.root, arguments.policy_root, arguments.root_before}));
  }
  EK_TRY_ASSIGN(const author::RetiredDevice retired,
                author::VerifyRetirementFile(session.context, arguments.certificate, judges ? &trust : nullptr));
  return TellRetired(session, retired, "");
}

author::Done Remember(const Session& session, const RetirementArguments& arguments) {
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const author::RetiredDevice retired,
                author::RememberRetired(session.context, publisher, arguments.certificate));
  return TellRetired(session, retired, "\nIt gets no licence any more, by issue, renewal or transfer.");
}

author::Done SignEntry(const Session& session, const RetirementArguments& arguments) {
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY(author::SignRetirementEntry(session.context, arguments.certificate, arguments.reason, arguments.folder, keys));
  return session.report.Tell(keys.holder.name + " signed the log's entry in " + arguments.folder + ".",
                             json::Object().Set("holder", keys.holder.name));
}

author::Done JoinEntry(const Session& session, const RetirementArguments& arguments) {
  EK_TRY_ASSIGN(const std::string root, ReadRoot(arguments.root));
  EK_TRY_ASSIGN(const auto entries, author::JoinRetirementEntry(session.context, arguments.certificate,
                                                                arguments.reason, arguments.folder, root));
  EK_TRY(WriteEntries(arguments.entries, entries));
  return session.report.Tell("Enter what is in " + arguments.entries + " with 'edgekeep log append'.",
                             json::Object().Set("entries", arguments.entries));
}

struct RetirementCommand {
  CLI::App* command;
  std::shared_ptr<RetirementArguments> arguments;
};

RetirementCommand AddRetirement(CLI::App& group, Session& session, Action& action, const char* name, const char* about,
                                author::Done (*perform)(const Session&, const RetirementArguments&)) {
  RetirementCommand made{group.add_subcommand(name, about), std::make_shared<RetirementArguments>()};
  made.command->add_option("CERTIFICATE", made.arguments->certificate, "certificate of the retirement (.ekx)")
      ->required();
  made.command->callback([&session, &action, perform, kept = made.arguments] {
    action = [&session, perform, kept] { return perform(session, *kept); };
  });
  return made;
}

void AddEntryOptions(const RetirementCommand& made) {
  made.command->add_option("--reason", made.arguments->reason, "what the log says of it")->required();
  made.command->add_option("--folder", made.arguments->folder, "where each holder's signature goes")->required();
}

// Of a directory: all that is in it, so that nothing is passed over for its name.
author::Outcome<std::vector<std::string>> FilesOf(const std::vector<std::string>& places) {
  std::vector<std::string> files;
  for (const std::string& place : places) {
    std::error_code failed;
    if (!std::filesystem::is_directory(place, failed)) {
      files.push_back(place);
      continue;
    }
    for (std::filesystem::directory_iterator at(place, failed), end; !failed && at != end; at.increment(failed))
      files.push_back(at->path().string());
    if (failed) return author::Failure{ErrorCode::kIo, "a directory cannot be read", place, "check it"};
  }
  return files;
}

}  // namespace

author::Outcome<std::vector<DeviceId>> ReadRetired(const Session& session,
                                                   const std::vector<std::string>& certificates) {
  std::vector<DeviceId> devices;
  EK_TRY_ASSIGN(const std::vector<std::string> files, FilesOf(certificates));
  for (const std::string& path : files) {
    EK_TRY_ASSIGN(const author::RetiredDevice retired, author::VerifyRetirementFile(session.context, path, nullptr));
    devices.push_back(retired.device);
  }
  return devices;
}

void AddRetirementCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("retirement", "certificates of devices that were retired");
  group->require_subcommand(1);
  const auto verify = AddRetirement(*group, session, action, "verify", "verify a certificate", VerifyRetired);
  CLI::Option* policy = verify.command->add_option("--policy", verify.arguments->policy,
                                                   "the trust policy that counted on the device (.ektp)");
  CLI::Option* trusted = verify.command->add_option("--root", verify.arguments->root, "the root that it had");
  policy->needs(trusted);
  verify.command->add_option("--policy-root", verify.arguments->policy_root,
                             "the root under which that policy was signed, where it is another one");
  verify.command->add_option(
      "--root-before", verify.arguments->root_before,
      "the root before that one, where the policy's delay was not over: its people count as well");
  const auto remember = AddRetirement(*group, session, action, "remember",
                                      "keep it with the publisher: the device gets no licence any more", Remember);
  AddPublisherOption(*remember.command, session);
  const auto sign =
      AddRetirement(*group, session, action, "sign-entry", "sign its entry for the log, as a root's holder", SignEntry);
  AddEntryOptions(sign);
  sign.command->add_option("--keys", sign.arguments->keys, "directory of your keys")->required();
  AddHolderOptions(*sign.command, session);
  const auto entry = AddRetirement(*group, session, action, "entry", "join what enough holders signed", JoinEntry);
  AddEntryOptions(entry);
  entry.command->add_option("--root", entry.arguments->root, "the root, your own copy")->required();
  entry.command->add_option("--entries", entry.arguments->entries, "directory to make with the entry")->required();
}

}  // namespace edgekeep::cli::publisher
