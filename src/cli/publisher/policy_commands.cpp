// policy write, repair-time, show, sign, finish.
#include <algorithm>

#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/policy_ceremony.h"
#include "edgekeep/files/new_file.h"
#include "log_directory.h"
#include "policy_orders.h"
#include "release_arguments.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::uint64_t kDay = 24 * 3600;

struct WriteArguments {
  author::PolicyContent content;
  std::vector<std::string> notaries;
  PolicyOrderArguments orders;
  std::string log_policy, folder;
  std::uint64_t delay_days = 7;
  std::uint64_t step_days = 366;
};

author::Done TellFolder(const Session& session, const std::string& folder) {
  return session.report.Tell(
      "What is to be signed is in " + folder +
          ".\nEach root holder takes a copy, looks at it with 'policy show' and signs it with 'policy sign'; copy the "
          "folders together as they come back.",
      json::Object().Set("folder", folder));
}

author::Done Write(const Session& session, WriteArguments arguments) {
  author::PolicyContent& content = arguments.content;
  EK_TRY(ReadLogPolicy(session, arguments.log_policy));
  EK_TRY_ASSIGN(content.log_policy, ReadText(arguments.log_policy));
  for (const std::string& path : arguments.notaries) {
    EK_TRY_ASSIGN(author::PublicHolder notary, author::ReadPublicHolder(path));
    content.notaries.push_back(std::move(notary));
  }
  EK_TRY(ReadPolicyOrders(arguments.orders, content));
  std::ranges::sort(content.dependent_cosigners);
  content.delay = arguments.delay_days * kDay;
  content.max_time_step = arguments.step_days * kDay;
  content.issued_at = session.context.now;
  EK_TRY(author::StartPolicy(session.context, arguments.folder, content));
  return TellFolder(session, arguments.folder);
}

void AddWrite(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("write", "write a trust policy: what devices demand of every release");
  auto arguments = std::make_shared<WriteArguments>();
  author::PolicyContent& content = arguments->content;
  command->add_option("--authority", content.authority, "name of the publisher whose products it is about")->required();
  command->add_option("--policy-version", content.version, "above that of the policy before (default: 1)")
      ->check(WholeNumber(1));
  const std::map<std::string, formats::PolicyProfile> profiles{{"production", formats::PolicyProfile::kProduction},
                                                               {"development", formats::PolicyProfile::kDevelopment}};
  command
      ->add_option("--profile", content.profile,
                   "production (default; demands a notary, an independent witness, two approvers) or development")
      ->transform(CLI::Transformer(profiles, CLI::ignore_case))
      ->option_text("production|development");
  command->add_option("--approvers", content.min_approvers, "holders who approve, at the least (default: 2)")
      ->check(WholeNumber(1, formats::kMaxPolicyApprovers));
  command->add_option("--notary", arguments->notaries, "NAME.holder.json of a notary whose verdict counts");
  command->add_option("--log-policy", arguments->log_policy, "file: logs, witnesses and quorum (tlog-policy)")
      ->required();
  command->add_option("--witnesses", content.min_independent_witnesses, "independent witnesses (default: 1)")
      ->check(WholeNumber(0, formats::kMaxPolicyWitnesses));
  command->add_option("--not-independent", content.dependent_cosigners,
                      "name of a cosigner's key that counts for no independent witness: the notary's own");
  AddPolicyOrderOptions(*command, arguments->orders);
  command->add_option("--delay", arguments->delay_days, "days until the next policy counts (default: 7)")
      ->check(WholeNumber(0, 366));
  command
      ->add_option("--time-step", arguments->step_days,
                   "days that cosignatures may be ahead of a device's time (default: 366)")
      ->check(WholeNumber(1, 3660));
  command->add_option("-o,--output", arguments->folder, "folder to make")->required();
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Write(session, *arguments); }; });
}

struct RepairArguments {
  std::string time, ahead_from, root, folder;
  std::uint64_t number = 0;
};

author::Outcome<UnixTime> TimeOf(const std::string& text) {
  return author::At("'" + text + "'", ParseTime(text, DayEdge::kStart));
}

author::Done RepairTime(const Session& session, const RepairArguments& arguments) {
  formats::TimeRepair repair{.number = arguments.number};
  EK_TRY_ASSIGN(repair.time, TimeOf(arguments.time));
  if (!arguments.ahead_from.empty()) {
    EK_TRY_ASSIGN(repair.ahead_from, TimeOf(arguments.ahead_from));
  }
  EK_TRY_ASSIGN(const std::string root, ReadRoot(arguments.root));
  EK_TRY(author::StartTimeRepair(session.context, arguments.folder, repair, root));
  return TellFolder(session, arguments.folder);
}

void AddRepair(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand(
      "repair-time", "write what sets time floors: forward those before --time, or back those from --ahead-from on");
  auto arguments = std::make_shared<RepairArguments>();
  command->add_option("--time", arguments->time, "what the floor becomes")->required();
  command->add_option("--ahead-from", arguments->ahead_from,
                      "set back floors at or after this, which were pushed ahead, and no others");
  command->add_option("--root", arguments->root, "the root that devices have now: under the next one it holds no more")
      ->required();
  command->add_option("--number", arguments->number, "above that of every repair before")
      ->required()
      ->check(WholeNumber(1));
  command->add_option("-o,--output", arguments->folder, "folder to make")->required();
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return RepairTime(session, *arguments); }; });
}

struct PolicyArguments {
  std::string folder, root, root_before, keys, new_keys, digest, output, entries;
};

author::Outcome<author::PolicyRoots> ReadRoots(const PolicyArguments& arguments) {
  author::PolicyRoots roots;
  EK_TRY_ASSIGN(roots.root, ReadRoot(arguments.root));
  EK_TRY_ASSIGN(roots.root_before, ReadRootIfAny(arguments.root_before));
  return roots;
}

std::shared_ptr<PolicyArguments> AddFolder(CLI::App& command) {
  auto arguments = std::make_shared<PolicyArguments>();
  command.add_option("FOLDER", arguments->folder, "folder of the policy or repair")->required();
  return arguments;
}

void AddRoots(CLI::App& command, PolicyArguments& arguments) {
  command.add_option("--root", arguments.root, "the root that devices have now, your own copy")->required();
  command.add_option("--root-before", arguments.root_before,
                     "the root under which devices took the policy before, where it is another one");
}

author::Done Show(const Session& session, const PolicyArguments& arguments) {
  EK_TRY_ASSIGN(const author::PolicyRoots roots, ReadRoots(arguments));
  EK_TRY_ASSIGN(const author::PolicyReview review, author::ReviewPolicy(session.context, arguments.folder, roots));
  std::string text;
  json::Array lines;
  for (const std::string& line : review.lines) {
    text += Line(line);
    lines.emplace_back(line);
  }
  text += HoldersText(review.holders);
  json::Array tallies;
  for (const author::Tally& tally : review.tallies) {
    text += Line(tally.role + ": " + TallyText(tally));
    tallies.emplace_back(TallyJson(tally));
  }
  json::Object object;
  object.Set("digest", Hex(review.digest.view())).Set("says", lines);
  object.Set("holders", HoldersJson(review.holders));
  object.Set("signatures", tallies).Set("complete", review.is_complete);
  return session.report.Tell(text + "Digest " + Hex(review.digest.view()), object);
}

void AddShow(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("show", "show what root holders are asked to sign, and who has");
  auto arguments = AddFolder(*command);
  AddRoots(*command, *arguments);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Show(session, *arguments); }; });
}

author::Done Sign(const Session& session, const PolicyArguments& arguments) {
  EK_TRY_ASSIGN(const Digest digest, ParseDigest(arguments.digest));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY_ASSIGN(const author::PolicyRoots roots, ReadRoots(arguments));
  EK_TRY_ASSIGN(const auto new_keys, ReadNewKeys(arguments.new_keys));
  EK_TRY(author::SignPolicy(session.context, arguments.folder, roots, digest, keys, new_keys ? &*new_keys : nullptr));
  return session.report.Tell(keys.holder.name + " signed what is in " + arguments.folder + ".",
                             json::Object().Set("holder", keys.holder.name));
}

void AddSign(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("sign", "sign what 'policy show' showed, with your own keys");
  auto arguments = AddFolder(*command);
  AddRoots(*command, *arguments);
  command->add_option("--digest", arguments->digest, "of what you looked at")->required();
  command->add_option("--keys", arguments->keys, "directory of your keys")->required();
  command->add_option("--new-keys", arguments->new_keys,
                      "your new NAME.holder.json, where the root has it and you sign with the keys before");
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Sign(session, *arguments); }; });
}

author::Done Finish(const Session& session, const PolicyArguments& arguments) {
  EK_TRY_ASSIGN(const author::PolicyRoots roots, ReadRoots(arguments));
  EK_TRY_ASSIGN(const Bytes object, author::FinishPolicy(session.context, arguments.folder, roots));
  if (!arguments.entries.empty()) {
    EK_TRY_ASSIGN(author::CeremonyEntry entry, author::PolicyEntry(session.context, arguments.folder, roots));
    EK_TRY(WriteEntries(arguments.entries, {std::move(entry)}));
  }
  EK_TRY(author::At(arguments.output, files::WriteNewFile(arguments.output, files::Access::kPublic, object.view())));
  const std::string next = arguments.entries.empty() ? ""
                                                     : " Enter what is in " + arguments.entries +
                                                           " with 'edgekeep log append', before devices get it.";
  return session.report.Tell(arguments.output + " is signed by the root's quorum." + next,
                             json::Object().Set("file", arguments.output));
}

void AddFinish(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("finish", "make the file for devices of what enough root holders signed");
  auto arguments = AddFolder(*command);
  AddRoots(*command, *arguments);
  command->add_option("-o,--output", arguments->output, "file to make")->required();
  command->add_option("--entries", arguments->entries, "directory to make with its entry for the log");
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Finish(session, *arguments); }; });
}

}  // namespace

void AddPolicyCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("policy", "write and sign what devices demand of releases");
  group->require_subcommand(1);
  AddWrite(*group, session, action);
  AddRepair(*group, session, action);
  AddShow(*group, session, action);
  AddSign(*group, session, action);
  AddFinish(*group, session, action);
  AddOperationsCommands(*group, session, action);
}

}  // namespace edgekeep::cli::publisher
