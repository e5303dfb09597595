// licence issue, show, renew, accept-return and transfer.
#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/inspect.h"
#include "edgekeep/author/licence.h"
#include "edgekeep/author/licence_papers.h"
#include "factory_belief.h"
#include "licence_terms.h"
#include "signature_text.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

author::DeviceCheck AskFactory(const Session& session, const ListedArguments& factory) {
  return [&session, &factory](const DeviceId& device) -> author::Done {
    EK_TRY(CheckNotRetired(session, factory, device));
    return CheckFactory(session, factory, device);
  };
}

struct IssueArguments {
  author::LicenceRequest request;
  ListedArguments factory;
  std::string product;
  TermArguments terms;
};

author::Done Issue(const Session& session, IssueArguments& arguments) {
  author::LicenceRequest& request = arguments.request;
  EK_TRY_ASSIGN(request.product, ParseProduct(arguments.product));
  request.is_allowed = AskFactory(session, arguments.factory);
  EK_TRY_ASSIGN(request.terms, ParseTerms(arguments.terms, session.context.now));
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  EK_TRY_ASSIGN(const author::LicenceReport licence,
                author::IssueLicence(session.context, publisher, passphrase, request));
  if (licence.anchor == formats::AnchorKind::kSoftware) {
    session.report.Warn(
        "this device has a software anchor, which is for development only: whoever copies its disk has "
        "its keys");
  }
  if (request.terms.allows_export) {
    session.report.Warn(
        "--allow-export: programs on this device can read the model's plaintext, and copy it anywhere; what was copied "
        "cannot be taken back");
  }
  if (licence.product_is_new) {
    session.report.Warn("nothing was granted or licensed for " + arguments.product + " before; check its name");
  }
  json::Object object;
  object.Set("licence", request.output).Set("id", Hex(licence.id.view()));
  object.Set("product", request.product.view()).Set("device", Hex(licence.device.view()));
  object.Set("epoch", licence.epoch.value).Set("terms", TermsToJson(request.terms));
  return session.report.Tell("Licensed " + arguments.product + " to device " + Hex(licence.device.view()) + " as " +
                                 request.output + ":\n" + TermsToText(request.terms),
                             object);
}

struct RenewArguments {
  author::RenewalRequest request;
  ListedArguments factory;
  TermArguments terms;
};

author::Done TellIssued(const Session& session, const char* what, const std::string& output,
                        const author::LicenceReport& licence) {
  json::Object object;
  object.Set("licence", output).Set("id", Hex(licence.id.view())).Set("product", licence.product.view());
  object.Set("device", Hex(licence.device.view())).Set("epoch", licence.epoch.value);
  object.Set("terms", TermsToJson(licence.terms));
  return session.report.Tell(what + std::string(licence.product.view()) + " for device " + Hex(licence.device.view()) +
                                 " as " + output + ":\n" + TermsToText(licence.terms),
                             object);
}

author::Done Renew(const Session& session, RenewArguments& arguments) {
  EK_TRY_ASSIGN(const formats::LicenceTerms end, ParseTerms(arguments.terms, session.context.now));
  arguments.request.expires = end.expires;
  arguments.request.is_allowed = AskFactory(session, arguments.factory);
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  EK_TRY_ASSIGN(const author::LicenceReport licence,
                author::RenewLicence(session.context, publisher, passphrase, arguments.request));
  return TellIssued(session, "Renewed the licence of ", arguments.request.output, licence);
}

author::Done AcceptReturn(const Session& session, const std::string& receipt) {
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const author::ReturnedLicence returned, author::AcceptReturn(session.context, publisher, receipt));
  json::Object object;
  object.Set("id", Hex(returned.id.view())).Set("product", returned.product.view());
  object.Set("device", Hex(returned.device.view())).Set("transferable", returned.transferable);
  return session.report.Tell("Licence " + Hex(returned.id.view()) + " of " + std::string(returned.product.view()) +
                                 " is over on device " + Hex(returned.device.view()) + ", and is renewed no more" +
                                 (returned.transferable ? "; it may be transferred once" : ""),
                             object);
}

struct TransferArguments {
  author::TransferRequest request;
  ListedArguments factory;
};

author::Done Transfer(const Session& session, TransferArguments& arguments) {
  author::TransferRequest& request = arguments.request;
  request.is_allowed = AskFactory(session, arguments.factory);
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  EK_TRY_ASSIGN(const author::LicenceReport licence,
                author::TransferLicence(session.context, publisher, passphrase, request));
  return TellIssued(session, "Transferred the licence of ", request.output, licence);
}

struct ShowArguments {
  std::string licence;
  std::string trust;
};

// What of a lease is left its device alone knows.
std::string LeftToText(const formats::LicenceTerms& terms, UnixTime now) {
  std::string text;
  if (const auto days = TermDaysLeft(terms, now)) {
    text = *terms.expires <= now ? "\n  left        nothing: the term is over"
                                 : "\n  left        " + std::to_string(*days) + " days of the term";
  }
  if (terms.lease) text += "\n  lease left  as its device counts: edgekeep licence show";
  return text;
}

json::Object Describe(const author::LicenceInspection& inspection, UnixTime now) {
  const formats::Licence& licence = inspection.licence;
  json::Object object;
  object.Set("id", Hex(licence.id.view())).Set("issuer", licence.issuer.view());
  object.Set("product", licence.product.view()).Set("device", Hex(licence.device.view()));
  object.Set("issued_at", FormatTime(licence.issued_at)).Set("epoch", licence.epoch.value);
  const auto days = TermDaysLeft(licence.terms, now);
  object.Set("terms", TermsToJson(licence.terms)).Set("term_days_left", days ? json::Value(*days) : json::Value());
  object.Set("signatures", ToJson(inspection.signatures));
  object.Set("verified", VerificationToJson(inspection.verified));
  return object;
}

author::Done Show(const Session& session, const ShowArguments& arguments) {
  EK_TRY_ASSIGN(const author::LicenceInspection inspection,
                author::InspectLicence(session.context, arguments.licence, arguments.trust));
  const formats::Licence& licence = inspection.licence;
  std::string text = arguments.licence + ": licence " + Hex(licence.id.view()) + "\n";
  text += "  product     " + std::string(licence.product.view()) + "\n";
  text += "  device      " + Hex(licence.device.view()) + "\n";
  text += "  issued      " + FormatTime(licence.issued_at) + "\n";
  text += "  epoch       " + std::to_string(licence.epoch.value) + "\n";
  text += TermsToText(licence.terms) + LeftToText(licence.terms, session.context.now) + "\n";
  text += ToText(inspection.signatures);
  text += VerificationToText(inspection.verified, "licensor");
  return session.report.Tell(text, Describe(inspection, session.context.now));
}

void AddIssue(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("issue", "let one device use one product");
  auto arguments = std::make_shared<IssueArguments>();
  command->add_option("--device", arguments->request.device_request, "the device's request (.ekd)")->required();
  command->add_option("--product", arguments->product, "publisher/name")->required();
  command->add_option("-o,--output", arguments->request.output, "licence to make (.lic)")->required();
  AddTermOptions(*command, arguments->terms);
  AddFactoryOptions(*command, arguments->factory);
  AddPublisherOption(*command, session);
  AddPassphraseOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Issue(session, *arguments); }; });
}

void AddEpochOption(CLI::App& command, bool& into_epoch) {
  command.add_flag("--into-epoch", into_epoch, "also a licence that 'publisher new-epoch' left behind, and so revoked");
}

void AddRenew(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("renew", "another lease of the same licence, for the device that asks");
  auto arguments = std::make_shared<RenewArguments>();
  command->add_option("REQUEST", arguments->request.report, "from the device: edgekeep licence renew-request")
      ->required();
  command->add_option("-o,--output", arguments->request.output, "licence to make (.lic)")->required();
  AddEndOptions(*command, arguments->terms);
  AddEpochOption(*command, arguments->request.into_epoch);
  AddFactoryOptions(*command, arguments->factory);
  AddPublisherOption(*command, session);
  AddPassphraseOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Renew(session, *arguments); }; });
}

void AddReturns(CLI::App& group, Session& session, Action& action) {
  CLI::App* accept = group.add_subcommand("accept-return", "verify a receipt and remember it: no more renewals");
  auto receipt = std::make_shared<std::string>();
  accept->add_option("RECEIPT", *receipt, "from the device: edgekeep licence return")->required();
  AddPublisherOption(*accept, session);
  accept->callback(
      [&session, &action, receipt] { action = [&session, receipt] { return AcceptReturn(session, *receipt); }; });
  CLI::App* transfer = group.add_subcommand("transfer", "issue a returned licence to one other device");
  auto arguments = std::make_shared<TransferArguments>();
  author::TransferRequest* const request = &arguments->request;
  transfer->add_option("RECEIPT", request->receipt, "from the device that gave it back")->required();
  transfer->add_option("--device", request->device_request, "the other device's request (.ekd)")->required();
  transfer->add_option("-o,--output", request->output, "licence to make (.lic)")->required();
  AddEpochOption(*transfer, request->into_epoch);
  AddFactoryOptions(*transfer, arguments->factory);
  AddPublisherOption(*transfer, session);
  AddPassphraseOptions(*transfer, session);
  transfer->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Transfer(session, *arguments); }; });
}

}  // namespace

void AddLicenceCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("licence", "issue, show, renew and transfer licences");
  group->require_subcommand(1);
  AddIssue(*group, session, action);
  AddRenew(*group, session, action);
  AddReturns(*group, session, action);
  AddLicenceServeCommands(*group, session, action);
  CLI::App* show = group->add_subcommand("show", "show a licence's terms");
  auto arguments = std::make_shared<ShowArguments>();
  show->add_option("LICENCE", arguments->licence, "licence (.lic)")->required();
  show->add_option("--trust", arguments->trust, "verify against this trust bundle (publisher.ekt)");
  show->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Show(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
