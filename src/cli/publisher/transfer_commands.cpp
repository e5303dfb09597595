// transfer propose, to-sign, sign, countersign, show: at the desks of a device's owners.
#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/transfer.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/files/new_file.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct TransferArguments {
  std::string transfer, output;                                                        // most
  std::string device, from, to, server, licences = "transferable", values = "delete";  // propose
  std::uint64_t number = 1, days = 30;
  std::string side, signature;
  std::vector<std::string> signers;
};

author::Done WriteTransfer(const std::string& path, const Bytes& bytes) {
  return author::At(path, files::WriteNewFile(path, files::Access::kPublic, bytes.view()));
}

author::Done Propose(const Session& session, const TransferArguments& arguments) {
  author::TransferTerms terms{
      .device = {},
      .from = arguments.from,
      .to = arguments.to,
      .number = arguments.number,
      .until = {session.context.now.value + arguments.days * kSecondsPerDay},
      .licences = arguments.licences == "none" ? formats::LicencesHandedOver::kNone
                                               : formats::LicencesHandedOver::kTransferable,
      .values = arguments.values == "keep" ? formats::ValuesHandedOver::kAll : formats::ValuesHandedOver::kNone,
      .server = arguments.server};
  if (!FromHex(arguments.device, terms.device.mutable_view()))
    return author::Failure{ErrorCode::kBadArgument, "no device id", arguments.device,
                           "say its 64 hexadecimal characters, as 'edgekeep device show' does"};
  EK_TRY_ASSIGN(const Bytes made, author::ProposeTransfer(session.context, *session.owner_certificates, terms));
  EK_TRY(WriteTransfer(arguments.output, made));
  return session.report.Tell(arguments.output +
                                 " is a transfer that nobody signed yet. Both owners look at it with 'transfer show'; "
                                 "who gives signs ('transfer to-sign --as giver', 'transfer sign'), who takes "
                                 "countersigns ('transfer to-sign --as taker', 'transfer countersign').",
                             json::Object().Set("file", arguments.output));
}

author::Done WriteToSign(const Session& session, const TransferArguments& arguments) {
  const auto side = arguments.side == "giver" ? formats::TransferSide::kGiver : formats::TransferSide::kTaker;
  EK_TRY_ASSIGN(const Bytes bytes, author::ToSignOf(arguments.transfer, side));
  EK_TRY(WriteTransfer(arguments.output, bytes));
  return session.report.Tell(
      arguments.output + " is what who " + (arguments.side == "giver" ? "gives" : "takes") +
          " signs with the key of their authority: openssl pkeyutl -sign -rawin -inkey KEY -in " + arguments.output +
          " -out SIGNATURE",
      json::Object().Set("file", arguments.output));
}

author::Done AddWord(const Session& session, const TransferArguments& arguments, formats::TransferSide side) {
  EK_TRY_ASSIGN(const Bytes made, author::WithWordOf(session.context, *session.owner_certificates, arguments.transfer,
                                                     {.side = side,
                                                      .authority = arguments.from,
                                                      .signature = arguments.signature,
                                                      .certificates = arguments.signers}));
  EK_TRY(WriteTransfer(arguments.output, made));
  const bool gives = side == formats::TransferSide::kGiver;
  return session.report.Tell(
      arguments.output + (gives ? " is signed by who gives the device; who takes it countersigns."
                                : " is countersigned. On the device, once who gives it has "
                                  "signed: 'edgekeep device transfer " +
                                      arguments.output + "'."),
      json::Object().Set("file", arguments.output).Set("side", gives ? "giver" : "taker"));
}

author::Done Sign(const Session& session, const TransferArguments& arguments) {
  return AddWord(session, arguments, formats::TransferSide::kGiver);
}

author::Done Countersign(const Session& session, const TransferArguments& arguments) {
  return AddWord(session, arguments, formats::TransferSide::kTaker);
}

const char* WordOf(author::Said said) {
  if (said == author::Said::kNotYet) return "not yet";
  return said == author::Said::kVerified ? "verified" : "there, not verified: name their authority by --from";
}

author::Done ShowTransfer(const Session& session, const TransferArguments& arguments) {
  EK_TRY_ASSIGN(
      const author::TransferReview review,
      author::ReviewTransfer(session.context, *session.owner_certificates, arguments.transfer, arguments.from));
  std::string text;
  json::Array lines;
  for (const std::string& line : review.lines) {
    text += Line(line);
    lines.emplace_back(line);
  }
  text += Line(std::string("signed by who gives: ") + WordOf(review.giver));
  text += std::string("countersigned by who takes: ") + WordOf(review.taker);
  json::Object object;
  object.Set("device", Hex(review.device.view())).Set("number", review.number).Set("says", lines);
  object.Set("signed", review.giver != author::Said::kNotYet);
  object.Set("signature_verified", review.giver == author::Said::kVerified);
  object.Set("countersigned", review.taker == author::Said::kVerified);
  return session.report.Tell(text, object);
}

struct TransferCommand {
  CLI::App* command;
  std::shared_ptr<TransferArguments> arguments;
};

TransferCommand AddTransfer(CLI::App& group, Session& session, Action& action, const char* name, const char* about,
                            author::Done (*perform)(const Session&, const TransferArguments&)) {
  TransferCommand made{group.add_subcommand(name, about), std::make_shared<TransferArguments>()};
  made.command->callback([&session, &action, perform, kept = made.arguments] {
    action = [&session, perform, kept] { return perform(session, *kept); };
  });
  return made;
}

void AddFile(const TransferCommand& made, const char* output) {
  made.command->add_option("TRANSFER", made.arguments->transfer, "the transfer (.ekw)")->required();
  if (output != nullptr) made.command->add_option("-o,--output", made.arguments->output, output)->required();
}

void AddWordOptions(const TransferCommand& made) {
  AddFile(made, "file to make (.ekw)");
  made.command->add_option("--signature", made.arguments->signature, "what was signed of 'transfer to-sign'")
      ->required();
  made.command->add_option("--signer", made.arguments->signers,
                           "certificate of who signed for the authority, then those above it; none where its own key "
                           "signed");
}

void AddProposal(const TransferCommand& made) {
  TransferArguments& arguments = *made.arguments;
  made.command->add_option("--device", arguments.device, "id of the device")->required();
  made.command
      ->add_option("--number", arguments.number,
                   "one more than its changes of owner ('edgekeep device credential'; default: 1)")
      ->check(WholeNumber(1));
  made.command->add_option("--from", arguments.from, "the authority of who gives the device (PEM)")->required();
  made.command->add_option("--to", arguments.to, "the authority of who takes it (PEM)")->required();
  made.command->add_option("--est", arguments.server, "EST server of who takes it: https://HOST");
  made.command->add_option("--licences", arguments.licences, "which stay: transferable (default) or none")
      ->check(CLI::IsMember({"transferable", "none"}));
  made.command->add_option("--values", arguments.values, "what applications stored: delete (default) or keep")
      ->check(CLI::IsMember({"delete", "keep"}));
  made.command->add_option("--days", arguments.days, "for so long it holds (default: 30)")->check(WholeNumber(1, 366));
  made.command->add_option("-o,--output", arguments.output, "file to make (.ekw)")->required();
}

}  // namespace

void AddTransferCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("transfer", "hand a device over to another owner");
  group->require_subcommand(1);
  AddProposal(AddTransfer(*group, session, action, "propose", "write a transfer for both owners to sign", Propose));
  const auto to_sign =
      AddTransfer(*group, session, action, "to-sign", "write what one of the two owners signs", WriteToSign);
  AddFile(to_sign, "file to make");
  to_sign.command->add_option("--as", to_sign.arguments->side, "giver or taker")
      ->required()
      ->check(CLI::IsMember({"giver", "taker"}));
  const auto sign = AddTransfer(*group, session, action, "sign", "add the signature of who gives the device", Sign);
  AddWordOptions(sign);
  sign.command->add_option("--from", sign.arguments->from, "their authority (PEM)")->required();
  AddWordOptions(
      AddTransfer(*group, session, action, "countersign", "add the signature of who takes the device", Countersign));
  const auto show =
      AddTransfer(*group, session, action, "show", "show what a transfer says, and who signed it", ShowTransfer);
  AddFile(show, nullptr);
  show.command->add_option("--from", show.arguments->from, "the authority of who gives it, to verify their signature");
}

}  // namespace edgekeep::cli::publisher
