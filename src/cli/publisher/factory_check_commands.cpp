// factory reconcile, factory verify.
#include <algorithm>

#include "edgekeep/factory/reconcile.h"
#include "edgekeep/files/new_file.h"
#include "factory_belief.h"
#include "log_directory.h"
#include "release_arguments.h"
#include "retired_identities.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct ReconcileArguments {
  OrderArguments order;
  BeliefArguments beliefs;
  std::vector<std::string> journals, identities, retired, other_lists;
  std::string keys, list, before;
  bool despite_journals = false;
};

json::Object Describe(const factory::Reconciliation& found) {
  json::Array problems;
  for (const factory::Problem& problem : found.problems) {
    json::Object item;
    item.Set("kind", factory::NameOf(problem.kind)).Set("place", problem.place).Set("text", problem.text);
    problems.emplace_back(std::move(item));
  }
  json::Object object;
  object.Set("units", found.units).Set("produced", found.produced).Set("accepted", found.accepted.size());
  object.Set("retired", found.retired.size()).Set("retired_chips", found.retired_chips.size());
  object.Set("refused", found.refused.size())
      .Set("voided", found.voided)
      .Set("strays", found.strays)
      .Set("missing", found.missing);
  return object.Set("problems", json::Value(std::move(problems)));
}

std::string TextOf(const factory::Reconciliation& found) {
  std::string text = std::to_string(found.units) + " units ordered, " + std::to_string(found.produced) +
                     " identities found: " + std::to_string(found.accepted.size()) + " accepted, " +
                     std::to_string(found.retired.size()) + " retired, " + std::to_string(found.refused.size()) +
                     " refused (" + std::to_string(found.voided) + " given up by their station, " +
                     std::to_string(found.strays) + " by tickets that their station does not have), " +
                     std::to_string(found.missing) + " units not made.";
  for (const factory::Problem& problem : found.problems) {
    text += "\n  " + std::string(factory::NameOf(problem.kind)) + "  " + problem.place + ": " + problem.text;
  }
  return text;
}

// Nobody comes off a list by the certificate's not being shown again.
author::Outcome<std::vector<formats::CertificateDigest>> RetiredBefore(const Session& session,
                                                                       const ReconcileArguments& arguments,
                                                                       const factory::VerifiedOrder& order) {
  std::vector<formats::CertificateDigest> retired;
  if (arguments.before.empty()) return retired;
  EK_TRY_ASSIGN(const factory::VerifiedList verified, ReadList(session, arguments.before, arguments.order.owner));
  const formats::IdentityList list = verified.list();
  if (list.order != order.id())
    return author::Failure{ErrorCode::kWrongProduct, "a list of another order", arguments.before, "name this order's"};
  for (ByteView rest = list.retired; !rest.empty(); rest = rest.subspan(formats::CertificateDigest::kSize)) {
    EK_TRY_ASSIGN(
        const auto digest,
        author::At(arguments.before, formats::CertificateDigest::From(rest.first(formats::CertificateDigest::kSize))));
    retired.push_back(digest);
  }
  return retired;
}

author::Done SignList(const Session& session, const ReconcileArguments& arguments, const factory::VerifiedOrder& order,
                      const factory::Reconciliation& found) {
  if (arguments.list.empty()) return {};
  const auto despite =
      arguments.despite_journals ? factory::Despite::kJournalsThatAreNotWhole : factory::Despite::kNothing;
  if (!found.has_whole_journals() && !arguments.despite_journals) return {};
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY_ASSIGN(const std::string list,
                author::At(arguments.list, factory::MakeList(session.context.provider, order, found,
                                                             session.context.now, keys.keys.pointers(), despite)));
  return author::At(arguments.list, files::WriteNewFile(arguments.list, files::Access::kPublic, AsBytes(list)));
}

author::Done Reconcile(Session& session, const ReconcileArguments& arguments) {
  if (arguments.journals.empty() && arguments.identities.empty()) {
    return author::Failure{ErrorCode::kBadArgument, "nothing to compare the order with", "JOURNAL",
                           "name the journals of its stations"};
  }
  EK_TRY_ASSIGN(const factory::VerifiedOrder order, ReadOrder(session, arguments.order));
  EK_TRY_ASSIGN(const auto beliefs, ReadBeliefs(session, arguments.beliefs));
  std::vector<ReadableLog> opened;
  std::vector<factory::JournalCopy> copies;
  for (const std::string& place : arguments.journals) {
    EK_TRY_ASSIGN(ReadableLog journal, OpenReadableLog(place));
    copies.push_back(
        {.place = place, .storage = journal.storage.get(), .prefix = journal.prefix, .note = journal.note});
    opened.push_back(std::move(journal));
  }
  std::vector<factory::PresentedIdentity> presented;
  for (const std::string& place : arguments.identities) {
    EK_TRY_ASSIGN(std::string bytes, ReadText(place, formats::kMaxFactoryIdentitySize));
    presented.push_back({.place = place, .bytes = std::move(bytes)});
  }
  EK_TRY_ASSIGN(std::vector<DeviceId> retired, ReadRetired(session, arguments.retired));
  EK_TRY_ASSIGN(std::vector<formats::CertificateDigest> before, RetiredBefore(session, arguments, order));
  std::vector<std::string> lists = arguments.other_lists;
  if (!arguments.before.empty()) lists.push_back(arguments.before);
  EK_TRY_ASSIGN(std::vector<formats::ChipId> chips, ChipsRetiredBy(session, lists, arguments.order.owner));
  const factory::Production production{.order = order,
                                       .stations = beliefs->stations,
                                       .check = CheckBy(session, *beliefs->authority),
                                       .retired = std::move(retired),
                                       .retired_before = std::move(before),
                                       .chips_before = std::move(chips)};
  EK_TRY_ASSIGN(const factory::Reconciliation found,
                author::At("journals", factory::Reconcile(session.context.provider, production, copies, presented)));
  EK_TRY(SignList(session, arguments, order, found));
  session.found_wrong = !found.is_clean();
  const bool is_withheld = !arguments.list.empty() && !arguments.despite_journals && !found.has_whole_journals();
  std::string text = TextOf(found);
  if (is_withheld) text += "\nNo list was signed: a journal is forked, broken or withheld (--despite-journals).";
  json::Object object = Describe(found);
  object.Set("list_signed", !arguments.list.empty() && !is_withheld);
  return session.report.Tell(text, object);
}

struct VerifyArguments {
  ListedArguments listed;
  std::string certificate;
  std::vector<std::string> retired;
};

author::Done WriteCertificate(const std::string& path, const factory::X509Library& library, ByteView certificate) {
  if (path.empty()) return {};
  EK_TRY_ASSIGN(const std::string pem, author::At(path, factory::ToPem(library, certificate)));
  return author::At(path, files::WriteNewFile(path, files::Access::kPublic, AsBytes(pem)));
}

author::Done VerifyIdentity(const Session& session, const VerifyArguments& arguments) {
  EK_TRY_ASSIGN(const auto beliefs, ReadBeliefs(session, arguments.listed.beliefs));
  EK_TRY_ASSIGN(const ListedIdentity taken, VerifyListed(session, *beliefs, arguments.listed));
  const factory::JournalledIdentity& identity = taken.identity;
  const formats::Provisioned unit = identity.provisioned();
  const std::string product(taken.list.list().product.view()), device = Hex(taken.device.view());
  EK_TRY_ASSIGN(const std::vector<DeviceId> retired, ReadRetired(session, arguments.retired));
  if (std::ranges::find(retired, taken.device) != retired.end())
    return author::Failure{ErrorCode::kForbidden, "verifying failed, forbidden", "this identity was retired, for good",
                           "do not take this device for one of the product's"};
  EK_TRY(WriteCertificate(arguments.certificate, beliefs->library, unit.certificate));
  json::Object object;
  object.Set("device", device).Set("product", product).Set("station", identity.origin());
  object.Set("entered_at", FormatTime(identity.entered_at())).Set("ticket", unit.ticket.number);
  return session.report.Tell("Device " + device + ", a " + product + " by ticket " +
                                 std::to_string(unit.ticket.number) + " of " + identity.origin() + ", " +
                                 FormatTime(identity.entered_at()) + ". That it has the key is for the device to show.",
                             object);
}

}  // namespace

void AddReconcileCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command =
      group.add_subcommand("reconcile", "compare an order with what its stations and devices say was made");
  auto arguments = std::make_shared<ReconcileArguments>();
  AddOrderOptions(*command, arguments->order);
  AddBeliefOptions(*command, arguments->beliefs);
  command->add_option("JOURNAL", arguments->journals, "stations' journals, or exported ones");
  command->add_option("--identity", arguments->identities, "identities of devices in the field");
  command->add_option(
      "--retired", arguments->retired,
      "certificates of devices that retired (.ekx), or directories of them: the list takes them no more");
  command->add_option("--before", arguments->before, "the list before: who had retired by it stays so");
  command->add_option(
      "--retired-chips", arguments->other_lists,
      "lists of this owner's other orders: chips that retired by them get no identity of this one either");
  CLI::Option* list = command->add_option("--list", arguments->list, "sign the list of identities into this file");
  command->add_option("--keys", arguments->keys, "directory with the keys of who owns the product")->needs(list);
  list->needs("--keys");
  command
      ->add_flag("--despite-journals", arguments->despite_journals,
                 "sign it although a journal is forked, broken or withheld")
      ->needs(list);
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Reconcile(session, *arguments); }; });
}

void AddVerifyIdentityCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("verify", "whether an identity is one that its product's owner takes");
  auto arguments = std::make_shared<VerifyArguments>();
  command->add_option("IDENTITY", arguments->listed.identity, "what a device has of its factory")->required();
  command->add_option("--list", arguments->listed.list, "the owner's list of identities")->required();
  command->add_option("--owner", arguments->listed.beliefs.owner, "public keys of who owns the product")->required();
  AddBeliefOptions(*command, arguments->listed.beliefs);
  command->add_option("--retired", arguments->retired, "certificate of a retired device (.ekx); repeat it");
  command->add_option("--certificate", arguments->certificate, "write the device's certificate (PEM) into this file");
  command->callback([&session, &action, arguments] {
    action = [&session, arguments] { return VerifyIdentity(session, *arguments); };
  });
}

}  // namespace edgekeep::cli::publisher
