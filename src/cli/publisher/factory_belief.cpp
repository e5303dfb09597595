#include "factory_belief.h"

#include <algorithm>

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

author::Outcome<ListedIdentity> VerifyListed(const Session& session, const Beliefs& beliefs,
                                             const ListedArguments& arguments) {
  const crypto::Provider& provider = session.context.provider;
  EK_TRY_ASSIGN(const author::PublicHolder shown, author::ReadPublicHolder(arguments.beliefs.owner));
  EK_TRY_ASSIGN(const author::VerifyingHolder owner, author::ToVerifyingHolder(shown));
  EK_TRY_ASSIGN(const std::string text, ReadText(arguments.list, factory::kMaxSignedList));
  EK_TRY_ASSIGN(
      factory::VerifiedList list,
      author::At(arguments.list, factory::VerifiedList::Verify(provider, text, owner.view(), author::kReleaseClasses)));
  EK_TRY_ASSIGN(const std::string bytes, ReadText(arguments.identity, formats::kMaxFactoryIdentitySize));
  auto identity = factory::JournalledIdentity::Verify(provider, beliefs.stations, bytes);
  if (!identity) return NotTaken(identity.error());
  const Result<DeviceId> device = factory::CheckListed(provider, *identity, list, CheckBy(session, *beliefs.authority));
  if (!device) return NotTaken(device.error());
  return ListedIdentity{std::move(*identity), std::move(list), *device};
}

void AddFactoryOptions(CLI::App& command, ListedArguments& arguments) {
  CLI::Option* const identity = command.add_option(
      "--identity", arguments.identity, "what the device has of its factory (.eki): refused unless its owner takes it");
  CLI::Option* const list = command.add_option("--list", arguments.list, "the owner's list of identities");
  CLI::Option* const owner =
      command.add_option("--owner", arguments.beliefs.owner, "public keys of who owns the product");
  CLI::Option* const stations =
      command.add_option("--stations", arguments.beliefs.stations, "a log policy that names the stations' journals");
  CLI::Option* const authority =
      command.add_option("--ca", arguments.beliefs.authority, "the factory's authority's certificate (ca.pem)");
  for (CLI::Option* const option : {list, owner, stations, authority}) {
    identity->needs(option);
    option->needs(identity);
  }
  command.add_option("--retired", arguments.retired, "certificate of a retired device (.ekx); repeat it");
}

author::Done CheckFactory(const Session& session, const ListedArguments& arguments, const DeviceId& device,
                          const std::optional<Digest>& endorsement) {
  if (arguments.identity.empty()) return {};
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

author::Done CheckNotRetired(const Session& session, const ListedArguments& arguments, const DeviceId& device) {
  EK_TRY_ASSIGN(const std::vector<DeviceId> retired, ReadRetired(session, arguments.retired));
  if (std::ranges::find(retired, device) == retired.end()) return {};
  return author::Failure{ErrorCode::kForbidden, "the device was retired, for good", std::string(Hex(device.view())),
                         "a device that still answers by this identity is a copy"};
}

}  // namespace edgekeep::cli::publisher
