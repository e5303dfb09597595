#include "factory_belief.h"

#include <algorithm>
#include <filesystem>

#include "demanded_lists.h"
#include "edgekeep/author/signing_folder.h"
#include "log_directory.h"
#include "reader_trust.h"
#include "retired_identities.h"

namespace edgekeep::cli::publisher {
namespace {

author::Failure NotTaken(const Error& error) {
  return {error.code(), std::string("verifying failed, ") + NameOf(error.code()), error.where(),
          "do not take this device for one of the product's"};
}

using MaybeListed = std::optional<ListedArguments>;

std::string WhereDemandsAre(const Session& session) {
  std::error_code ignored;
  const std::filesystem::path whole = std::filesystem::absolute(session.directory, ignored);
  const std::filesystem::path place = (whole / "").lexically_normal();
  return place.has_relative_path() ? place.parent_path().string() : place.string();
}

// One that was named by mistake would demand nothing.
author::Done CheckNamedPublisher(const Session& session) {
  if (session.is_directory_named) EK_TRY(session.OpenPublisher());
  return {};
}

// Nothing where nobody demands anything, and nothing was given.
author::Outcome<MaybeListed> WhatIsAsked(const Session& session, const ListedArguments& given) {
  EK_TRY(CheckNamedPublisher(session));
  EK_TRY_ASSIGN(const bool is_demanded, DemandsIdentities(session.directory));
  if (given.identity.empty() && !is_demanded) return MaybeListed();
  if (given.identity.empty())
    return author::Failure{ErrorCode::kForbidden, "devices are taken by their factory's list alone, and none was shown",
                           WhereDemandsAre(session), "show the device's own identity: --identity"};
  if (is_demanded != given.list.empty())
    return author::Failure{
        ErrorCode::kBadArgument,
        is_demanded ? "the list that counts is the publisher's own" : "an identity without a list", given.identity,
        is_demanded ? "leave --list, --owner, --stations and --ca out" : "name all four of its options"};
  if (!is_demanded) return MaybeListed(given);
  EK_TRY_ASSIGN(ListedArguments demanded, DemandedFor(session, given.identity));
  return MaybeListed(std::move(demanded));
}

}  // namespace

void AddBeliefOptions(CLI::App& command, BeliefArguments& arguments) {
  command.add_option("--stations", arguments.stations, "a log policy that names the stations' journals")->required();
  command.add_option("--ca", arguments.authority, "the authority's certificate (ca.pem)")->required();
}

author::Outcome<std::unique_ptr<Beliefs>> ReadBeliefs(const Session& session, const BeliefArguments& arguments) {
  EK_TRY_ASSIGN(factory::X509Library library, author::At("OpenSSL", factory::X509Library::Open()));
  EK_TRY_ASSIGN(release::log::Policy stations, ReadLogPolicy(session, arguments.stations));
  auto beliefs = std::make_unique<Beliefs>(Beliefs{std::move(library), std::move(stations), std::nullopt});
  EK_TRY_ASSIGN(factory::Authority authority, ReadAuthority(beliefs->library, arguments.authority));
  beliefs->authority.emplace(std::move(authority));
  return beliefs;
}

factory::CertificateCheck CheckBy(const Session& session, const factory::Authority& authority) {
  return
      [&session, &authority](ByteView certificate) { return authority.Verify(session.context.provider, certificate); };
}

author::Outcome<factory::VerifiedList> ReadList(const Session& session, const std::string& path,
                                                const std::string& owner) {
  EK_TRY_ASSIGN(const author::PublicHolder shown, author::ReadPublicHolder(owner));
  EK_TRY_ASSIGN(const author::VerifyingHolder holder, author::ToVerifyingHolder(shown));
  EK_TRY_ASSIGN(const std::string text, ReadText(path, factory::kMaxSignedList));
  return author::At(
      path, factory::VerifiedList::Verify(session.context.provider, text, holder.view(), author::kReleaseClasses));
}

author::Outcome<std::vector<formats::ChipId>> ChipsRetiredBy(const Session& session,
                                                             const std::vector<std::string>& lists,
                                                             const std::string& owner) {
  std::vector<formats::ChipId> chips;
  for (const std::string& path : lists) {
    EK_TRY_ASSIGN(const factory::VerifiedList list, ReadList(session, path, owner));
    for (ByteView rest = list.list().retired_chips; !rest.empty(); rest = rest.subspan(formats::ChipId::kSize)) {
      EK_TRY_ASSIGN(const auto chip, author::At(path, formats::ChipId::From(rest.first(formats::ChipId::kSize))));
      chips.push_back(chip);
    }
  }
  return chips;
}

author::Outcome<ListedIdentity> VerifyListed(const Session& session, const Beliefs& beliefs,
                                             const ListedArguments& arguments) {
  const crypto::Provider& provider = session.context.provider;
  EK_TRY_ASSIGN(factory::VerifiedList list, ReadList(session, arguments.list, arguments.beliefs.owner));
  EK_TRY_ASSIGN(const std::string bytes, ReadText(arguments.identity, formats::kMaxFactoryIdentitySize));
  auto identity = factory::JournalledIdentity::Verify(provider, beliefs.stations, bytes);
  if (!identity) return NotTaken(identity.error());
  const Result<DeviceId> device = factory::CheckListed(provider, *identity, list, CheckBy(session, *beliefs.authority));
  if (!device) return NotTaken(device.error());
  return ListedIdentity{std::move(*identity), std::move(list), *device};
}

void AddFactoryOptions(CLI::App& command, ListedArguments& arguments) {
  CLI::Option* const identity =
      command.add_option("--identity", arguments.identity,
                         "what the device has of its factory (.eki): refused unless its owner takes it, by the "
                         "publisher's own list ('publisher demand-identities'), or else by that of the next options");
  CLI::Option* const list = command.add_option("--list", arguments.list, "the owner's list of identities");
  CLI::Option* const owner =
      command.add_option("--owner", arguments.beliefs.owner, "public keys of who owns the product");
  CLI::Option* const stations =
      command.add_option("--stations", arguments.beliefs.stations, "a log policy that names the stations' journals");
  CLI::Option* const authority =
      command.add_option("--ca", arguments.beliefs.authority, "the factory's authority's certificate (ca.pem)");
  for (CLI::Option* const option : {list, owner, stations, authority}) {
    option->needs(identity);
    for (CLI::Option* const other : {list, owner, stations, authority}) {
      if (option != other) option->needs(other);
    }
  }
  command.add_option("--retired", arguments.retired, "certificate of a retired device (.ekx); repeat it");
}

author::Done CheckFactory(const Session& session, const ListedArguments& given, const DeviceId& device,
                          const std::optional<Digest>& endorsement) {
  EK_TRY_ASSIGN(const std::optional<ListedArguments> asked, WhatIsAsked(session, given));
  if (!asked) return {};
  const ListedArguments& arguments = *asked;
  EK_TRY_ASSIGN(const auto beliefs, ReadBeliefs(session, arguments.beliefs));
  EK_TRY_ASSIGN(const ListedIdentity listed, VerifyListed(session, *beliefs, arguments));
  if (listed.device != device) {
    return author::Failure{ErrorCode::kWrongDevice, "the identity is another device's", arguments.identity,
                           "have this device show its own: edgekeep device identity"};
  }
  const formats::Provisioned unit = listed.identity.provisioned();
  if (!endorsement || Equal(unit.chip.view(), endorsement->view())) return {};
  return author::Failure{ErrorCode::kWrongDevice, "the identity was given to another chip", arguments.identity,
                         "do not take this device for one of the product's"};
}

author::Outcome<AskedList> WhichListWasAsked(const Session& session, const ListedArguments& arguments) {
  EK_TRY_ASSIGN(const bool is_demanded, DemandsIdentities(session.directory));
  const std::string place = WhereDemandsAre(session);
  if (is_demanded) return AskedList{"demanded", place, "the one that " + place + " demands"};
  const std::string nobody =
      place + " demands none" + (session.is_directory_named ? "" : " (--publisher names another)");
  if (!arguments.identity.empty()) return AskedList{"given", place, arguments.list + "; " + nobody};
  return AskedList{"none", place, "none was asked: " + nobody};
}

author::Done CheckNotRetired(const Session& session, const ListedArguments& arguments, const DeviceId& device) {
  EK_TRY_ASSIGN(const std::vector<DeviceId> retired, ReadRetired(session, arguments.retired));
  if (std::ranges::find(retired, device) == retired.end()) return {};
  return author::Failure{ErrorCode::kForbidden, "the device was retired, for good", std::string(Hex(device.view())),
                         "a device that still answers by this identity is a copy"};
}

}  // namespace edgekeep::cli::publisher
