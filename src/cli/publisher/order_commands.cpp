// order write, show, sign, finish.
#include <algorithm>

#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/ownership.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/formats/trust_policy.h"
#include "release_arguments.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct DeviceOrderArguments {
  std::string folder, policy, root, policy_root, root_before;  // all
  std::string action, product, request;                        // write
  std::vector<std::string> devices;
  std::uint64_t sequence = 0, days = 7;
  std::uint32_t sessions = 0;
  std::string digest, keys;  // sign
  std::string output;        // finish
};

author::Outcome<author::OrderTrust> ReadTrust(const DeviceOrderArguments& arguments) {
  return ReadOrderTrust({arguments.policy, arguments.root, arguments.policy_root, arguments.root_before});
}

author::Outcome<std::string> AuthorityOf(const author::OrderTrust& trust, const std::string& path) {
  EK_TRY_ASSIGN(const formats::SignedObject object,
                author::At(path, formats::DecodeSignedObject(formats::typ::kTrustPolicy, trust.policy.view())));
  EK_TRY_ASSIGN(const formats::TrustPolicy policy, author::At(path, formats::DecodeTrustPolicy(object.payload)));
  return std::string(policy.authority);
}

author::Done AddDevices(const std::vector<std::string>& texts, formats::Order& order) {
  for (const std::string& text : texts) {
    DeviceId device;
    if (!FromHex(text, device.mutable_view()))
      return author::Failure{ErrorCode::kBadArgument, "no device id", text, "say its 64 hexadecimal characters"};
    EK_TRY(author::At(text, order.devices.PushBack(device)));
  }
  std::ranges::sort(order.devices);
  return {};
}

// A device is freed by its own word of whose it is, so that nobody copies the wrong one.
author::Done AddOwnership(const Session& session, const DeviceOrderArguments& arguments, formats::Order& order) {
  if (arguments.request.empty())
    return author::Failure{ErrorCode::kBadArgument, "whose device it is, is not said", arguments.action,
                           "give --request, a file of 'edgekeep device show --request --ownership'"};
  if (!arguments.devices.empty())
    return author::Failure{ErrorCode::kBadArgument, "a device beside its request", arguments.action,
                           "leave --device away: the request says which device it is of"};
  EK_TRY_ASSIGN(const author::OwnedDevice owned, author::ReadOwnership(session.context, arguments.request));
  order.ownership = owned.ownership;
  return author::At(arguments.request, order.devices.PushBack(owned.device));
}

author::Done AddWhom(const Session& session, const DeviceOrderArguments& arguments, formats::Order& order) {
  if (order.action == formats::OrderAction::kDisown) return AddOwnership(session, arguments, order);
  if (!arguments.request.empty())
    return author::Failure{ErrorCode::kBadArgument, "a request where none belongs", arguments.action,
                           "only disown takes --request"};
  if (arguments.devices.empty())
    return author::Failure{ErrorCode::kBadArgument, "no device is named", arguments.action, "give --device"};
  return AddDevices(arguments.devices, order);
}

author::Done WriteDeviceOrder(const Session& session, const DeviceOrderArguments& arguments) {
  EK_TRY_ASSIGN(const author::OrderTrust trust, ReadTrust(arguments));
  EK_TRY_ASSIGN(const std::string authority, AuthorityOf(trust, arguments.policy));
  const auto action = formats::FindOrderAction(arguments.action);
  if (!action)
    return author::Failure{ErrorCode::kBadArgument, "no order", arguments.action,
                           "say report, bound-sessions, hold-installs, allow-installs, suspend, resume, end-licence, "
                           "retire, rekey or disown"};
  const UnixTime now = session.context.now;
  formats::Order order{.authority = authority,
                       .action = *action,
                       .devices = {},
                       .sequence = arguments.sequence,
                       .issued_at = now,
                       .not_after = {now.value + arguments.days * kSecondsPerDay},
                       .product = {},
                       .sessions = {}};
  EK_TRY(AddWhom(session, arguments, order));
  if (!arguments.product.empty()) {
    EK_TRY_ASSIGN(order.product, ParseProduct(arguments.product));
  }
  if (arguments.sessions != 0) order.sessions = arguments.sessions;
  EK_TRY(author::StartOrder(session.context, arguments.folder, order, trust));
  return session.report.Tell("The order is in " + arguments.folder +
                                 ".\nEach who gives it takes a copy, looks at it with 'order show' and signs it with "
                                 "'order sign'; copy the folders together as they come back.",
                             json::Object().Set("folder", arguments.folder));
}

author::Done ShowOrder(const Session& session, const DeviceOrderArguments& arguments) {
  EK_TRY_ASSIGN(const author::OrderTrust trust, ReadTrust(arguments));
  EK_TRY_ASSIGN(const author::OrderReview review, author::ReviewOrder(session.context, arguments.folder, trust));
  std::string text;
  json::Array lines, quorums;
  for (const std::string& line : review.lines) {
    text += Line(line);
    lines.emplace_back(line);
  }
  const char* root = "";
  for (const author::OrderTally& tally : review.tallies) {
    text += std::to_string(tally.num_signed) + " of " + std::to_string(tally.quorum) + " needed" + root + ":";
    root = " by the root before";
    json::Array people;
    for (const auto& [name, has_signed] : tally.people) {
      text += " " + name + (has_signed ? " signed," : " not yet,");
      people.emplace_back(json::Object().Set("name", name).Set("signed", has_signed));
    }
    text.back() = '\n';
    quorums.emplace_back(json::Object().Set("quorum", tally.quorum).Set("people", people));
  }
  json::Object object;
  object.Set("digest", Hex(review.digest.view())).Set("says", lines).Set("kind", formats::NameOf(review.kind));
  object.Set("quorums", quorums).Set("complete", review.is_complete());
  return session.report.Tell(text + "Digest " + Hex(review.digest.view()), object);
}

author::Done SignOrder(const Session& session, const DeviceOrderArguments& arguments) {
  EK_TRY_ASSIGN(const Digest digest, ParseDigest(arguments.digest));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY_ASSIGN(const author::OrderTrust trust, ReadTrust(arguments));
  EK_TRY(author::SignOrder(session.context, arguments.folder, trust, digest, keys));
  return session.report.Tell(keys.holder.name + " signed the order in " + arguments.folder + ".",
                             json::Object().Set("holder", keys.holder.name));
}

author::Done FinishOrder(const Session& session, const DeviceOrderArguments& arguments) {
  EK_TRY_ASSIGN(const author::OrderTrust trust, ReadTrust(arguments));
  EK_TRY_ASSIGN(const Bytes object, author::FinishOrder(session.context, arguments.folder, trust));
  EK_TRY(author::At(arguments.output, files::WriteNewFile(arguments.output, files::Access::kPublic, object.view())));
  return session.report.Tell(
      arguments.output + " is an order that enough people gave. On the device: 'edgekeep order " + arguments.output +
          "', to retire it 'edgekeep device retire " + arguments.output + "'.",
      json::Object().Set("file", arguments.output));
}

using DoWithOrder = author::Done (*)(const Session&, const DeviceOrderArguments&);

struct OrderCommand {
  CLI::App* command;
  std::shared_ptr<DeviceOrderArguments> arguments;
};

OrderCommand AddOrder(CLI::App& group, Session& session, Action& action, const char* name, const char* about,
                      DoWithOrder perform) {
  OrderCommand made{group.add_subcommand(name, about), std::make_shared<DeviceOrderArguments>()};
  DeviceOrderArguments& arguments = *made.arguments;
  made.command->add_option("--policy", arguments.policy, "the trust policy that counts on the devices (.ektp)")
      ->required();
  made.command->add_option("--root", arguments.root, "the root that devices have now, your own copy")->required();
  made.command->add_option("--policy-root", arguments.policy_root,
                           "the root under which that policy was signed, where it is another one");
  made.command->add_option("--root-before", arguments.root_before,
                           "the root that devices had before, until the policy's delay since is over on all of them: "
                           "what is dangerous takes its people as well");
  made.command->callback([&session, &action, perform, kept = made.arguments] {
    action = [&session, perform, kept] { return perform(session, *kept); };
  });
  return made;
}

void AddWriteOrder(CLI::App& group, Session& session, Action& action) {
  const auto [command, arguments] =
      AddOrder(group, session, action, "write", "write an order to devices", WriteDeviceOrder);
  command
      ->add_option(
          "ACTION", arguments->action,
          "report, bound-sessions, hold-installs, allow-installs, suspend, resume, end-licence, retire, rekey, "
          "disown")
      ->required();
  command->add_option("--device", arguments->devices, "id of a device; repeat it");
  command->add_option("--request", arguments->request,
                      "of disown, instead of --device: the request of the device that says whose it is (.ekd)");
  command->add_option("--sequence", arguments->sequence, "above that of the last order of its kind to these devices")
      ->required()
      ->check(WholeNumber(1));
  command->add_option("--days", arguments->days, "for so long it may be given (default: 7)")
      ->check(WholeNumber(1, 366));
  command->add_option("--product", arguments->product, "publisher/name, whose licence ends");
  command->add_option("--sessions", arguments->sessions, "how many may be open (default: no bound)")
      ->check(WholeNumber(1, formats::kMaxOrderedSessions));
  command->add_option("-o,--output", arguments->folder, "folder to make")->required();
}

}  // namespace

void AddOrderCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("order", "write and sign orders to devices");
  group->require_subcommand(1);
  AddWriteOrder(*group, session, action);
  const auto show = AddOrder(*group, session, action, "show", "show what an order says, and who gave it", ShowOrder);
  show.command->add_option("FOLDER", show.arguments->folder, "folder of the order")->required();
  const auto sign =
      AddOrder(*group, session, action, "sign", "give what 'order show' showed, by your own keys", SignOrder);
  sign.command->add_option("FOLDER", sign.arguments->folder, "folder of the order")->required();
  sign.command->add_option("--digest", sign.arguments->digest, "of what you looked at")->required();
  sign.command->add_option("--keys", sign.arguments->keys, "directory of your keys")->required();
  AddHolderOptions(*sign.command, session);
  const auto finish = AddOrder(*group, session, action, "finish",
                               "make the file for devices of what enough people signed", FinishOrder);
  finish.command->add_option("FOLDER", finish.arguments->folder, "folder of the order")->required();
  finish.command->add_option("-o,--output", finish.arguments->output, "file to make (.eko)")->required();
}

}  // namespace edgekeep::cli::publisher
