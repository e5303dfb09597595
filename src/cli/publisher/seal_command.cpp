// seal and grant.
#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/grant.h"
#include "edgekeep/author/seal.h"
#include "edgekeep/policy/write.h"
#include "policy_file.h"
#include "progress_bar.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct SealArguments {
  author::SealRequest request;
  std::vector<std::string> files;
  std::string product;
  std::uint64_t sequence = 0;
  std::string version;
  std::string policy;  // path; empty: none
};

json::Object Describe(const author::SealReport& sealed, const author::SealRequest& request) {
  json::Object object;
  object.Set("sealed_file", request.output).Set("id", Hex(sealed.id.view()));
  object.Set("product", request.product.view()).Set("version", request.version.display.view());
  object.Set("version_sequence", request.version.sequence.value);
  object.Set("plaintext_size", sealed.plaintext_size).Set("file_size", sealed.file_size);
  object.Set("policy", policy::ToJson(request.policy));
  return object;
}

author::Done Seal(const Session& session, SealArguments& arguments) {
  author::SealRequest& request = arguments.request;
  EK_TRY_ASSIGN(request.product, ParseProduct(arguments.product));
  EK_TRY_ASSIGN(request.version, ParseVersion(arguments.sequence, arguments.version));
  if (!arguments.policy.empty()) {
    EK_TRY_ASSIGN(request.policy, ReadPolicyFile(arguments.policy));
  }
  request.model = arguments.files.front();
  request.side_files.assign(arguments.files.begin() + 1, arguments.files.end());
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  author::Outcome<author::SealReport> sealed = [&] {
    ProgressBar bar("sealing");
    return author::Seal(session.context, publisher, passphrase, request,
                        [&bar](std::uint64_t done, std::uint64_t total) { bar.Show(done, total); });
  }();
  EK_TRY(sealed);
  if (sealed->warning) session.report.Warn(*sealed->warning);
  return session.report.Tell("Sealed " + arguments.product + " " + Versioned(request.version) + " as " +
                                 request.output + ", " + Bytes64(sealed->file_size) + ".\nId " + Hex(sealed->id.view()),
                             Describe(*sealed, request));
}

struct GrantArguments {
  author::GrantRequest request;
  std::uint64_t epoch = 0;  // 0: the current one
};

author::Done Grant(const Session& session, GrantArguments& arguments) {
  if (arguments.epoch != 0) arguments.request.epoch = Epoch{arguments.epoch};
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  EK_TRY_ASSIGN(const author::GrantReport grant,
                author::MakeGrant(session.context, publisher, passphrase, arguments.request));
  json::Object object;
  object.Set("grant", arguments.request.output).Set("sealed_file_id", Hex(grant.sealed_file.view()));
  object.Set("product", grant.product.view()).Set("version_sequence", grant.version.sequence.value);
  object.Set("epoch", grant.epoch.value);
  return session.report.Tell("Granted " + std::string(grant.product.view()) + " " + Versioned(grant.version) +
                                 " in epoch " + std::to_string(grant.epoch.value) + " as " + arguments.request.output +
                                 ".",
                             object);
}

}  // namespace

void AddSealCommand(CLI::App& root, Session& session, Action& action) {
  CLI::App* command = root.add_subcommand("seal", "make a sealed file of a model and its side files");
  auto arguments = std::make_shared<SealArguments>();
  command->add_option("FILES", arguments->files, "the model, then the files it needs beside it")
      ->required()
      ->option_text("MODEL [SIDE...]");
  command->add_option("--product", arguments->product, "publisher/name")->required();
  command->add_option("--version-sequence", arguments->sequence, "number by which versions compare")
      ->required()
      ->check(WholeNumber());
  command->add_option("--version", arguments->version, "what people call this version")->required();
  command->add_option("-o,--output", arguments->request.output, "sealed file to make (.eks)")->required();
  const std::map<std::string, author::SealCipher> ciphers{{"aes-256-gcm", author::SealCipher::kAes256Gcm},
                                                          {"chacha20-poly1305", author::SealCipher::kChaCha20Poly1305}};
  command->add_option("--cipher", arguments->request.cipher, "bulk cipher (default: aes-256-gcm)")
      ->transform(CLI::Transformer(ciphers, CLI::ignore_case))
      ->option_text("aes-256-gcm|chacha20-poly1305");
  command->add_option("--policy", arguments->policy, "how devices are to run it (JSON; default: as each device does)");
  AddPublisherOption(*command, session);
  AddPassphraseOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Seal(session, *arguments); }; });
}

void AddGrantCommand(CLI::App& root, Session& session, Action& action) {
  CLI::App* command = root.add_subcommand("grant", "let licensed devices open a sealed file");
  auto arguments = std::make_shared<GrantArguments>();
  command->add_option("SEALED", arguments->request.sealed_file, "sealed file (.eks)")->required();
  command->add_option("-o,--output", arguments->request.output, "grant to make (.ekg)")->required();
  command->add_option("--epoch", arguments->epoch, "an earlier epoch (default: the current one)")
      ->check(WholeNumber(1));
  AddPublisherOption(*command, session);
  AddPassphraseOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Grant(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
