// receipt verify.
#include "commands.h"
#include "edgekeep/author/receipt.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

json::Object Describe(const author::ReceiptReport& report, const author::ReceiptFiles& files) {
  const formats::ReceiptBatch& batch = report.receipt.batch();
  const formats::AnsweredCall& call = report.receipt.call();
  json::Object object;
  object.Set("product", batch.product.view()).Set("version", batch.version.display.view());
  object.Set("version_sequence", batch.version.sequence.value).Set("sealed_file", Hex(batch.sealed_file.view()));
  object.Set("device", Hex(batch.device.view())).Set("licence", Hex(batch.licence.view()));
  object.Set("serving", Hex(batch.serving.view())).Set("number", call.number);
  object.Set("inputs", Hex(call.inputs.view())).Set("outputs", Hex(call.outputs.view()));
  object.Set("answered_before", FormatTime(batch.signed_at));
  object.Set("inputs_compared", !files.inputs.empty()).Set("outputs_compared", !files.outputs.empty());
  return object;
}

std::string Compared(const Digest& digest, const std::string& path) {
  return Hex(digest.view()) + (path.empty() ? "" : ", as " + path);
}

std::string Tell(const author::ReceiptReport& report, const author::ReceiptFiles& files) {
  const formats::ReceiptBatch& batch = report.receipt.batch();
  const formats::AnsweredCall& call = report.receipt.call();
  std::string text = files.receipt + ": signed by the device, and whole\n";
  text += "  product     " + std::string(batch.product.view()) + " " + Versioned(batch.version) + "\n";
  text += "  file        " + Hex(batch.sealed_file.view()) + "\n";
  text += "  device      " + Hex(batch.device.view()) + "\n";
  text += "  licence     " + Hex(batch.licence.view()) + "\n";
  text += "  call        " + std::to_string(call.number) + " of cell " + Hex(batch.serving.view()) + "\n";
  text += "  answered    before " + FormatTime(batch.signed_at) + "\n";
  text += "  inputs      " + Compared(call.inputs, files.inputs) + "\n";
  return text + "  outputs     " + Compared(call.outputs, files.outputs);
}

author::Done Verify(const Session& session, const author::ReceiptFiles& files) {
  EK_TRY_ASSIGN(const author::ReceiptReport report, author::VerifyReceiptFiles(session.context, files));
  if (report.anchor == formats::AnchorKind::kSoftware) {
    session.report.Warn(
        "this device has a software anchor, which is for development only: whoever copies its disk "
        "signs receipts like it");
  }
  return session.report.Tell(Tell(report, files), Describe(report, files));
}

}  // namespace

void AddReceiptCommand(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("receipt", "check what a device says that it answered");
  group->require_subcommand(1);
  CLI::App* verify = group->add_subcommand("verify", "check a receipt, and that it is about these tensors");
  auto files = std::make_shared<author::ReceiptFiles>();
  verify->add_option("RECEIPT", files->receipt, "receipt (.ekr)")->required();
  verify->add_option("--request", files->device_request, "the device's request (.ekd), from a source you trust")
      ->required();
  verify->add_option("--inputs", files->inputs, "the call's inputs, as written beside the receipt");
  verify->add_option("--outputs", files->outputs, "the call's outputs, the same");
  verify->callback([&session, &action, files] { action = [&session, files] { return Verify(session, *files); }; });
}

}  // namespace edgekeep::cli::publisher
