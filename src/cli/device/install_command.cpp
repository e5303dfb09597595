// install
#include <memory>

#include "commands.h"
#include "refresh.h"
#include "small_file.h"
#include "waiting.h"

namespace edgekeep::cli::device {
namespace {

struct InstallOptions {
  std::string sealed;
  std::string grant;
  std::string licence;
  RefreshOptions refresh;
};

Outcome<ek_installed> InstallAll(const Session& session, const InstallOptions& options) {
  const auto grant = ReadSmallFile(options.grant, "the grant");
  if (!grant) return grant.error();
  const auto licence = ReadSmallFile(options.licence, "the licence");
  if (!licence) return licence.error();
  const auto client = session.OpenClient();
  if (!client) return client.error();
  if (const Done refreshed = Refresh(session, *client, options.refresh); !refreshed) return refreshed.error();
  ek_install_files files = EK_INSTALL_FILES_INIT;
  files.sealed_path = options.sealed.c_str();
  files.grant = grant->data();
  files.grant_size = grant->size();
  files.licence = licence->data();
  files.licence_size = licence->size();
  ek_installed installed{};
  installed.struct_size = sizeof installed;
  ek_error error;
  const Waiting waiting("installing " + options.sealed + ": verifying, decrypting and re-sealing in a cell");
  if (ek_admin_install(client->get(), &files, &installed, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "installing " + options.sealed);
  }
  return installed;
}

Done Install(const Session& session, const InstallOptions& options) {
  const auto installed = InstallAll(session, options);
  if (!installed) return installed.error();
  json::Object object;
  object.Set("product", installed->product).Set("version", installed->version);
  object.Set("version_sequence", installed->version_sequence).Set("prepared", installed->prepared != 0);
  return session.Tell(
      std::string("installed ") + installed->product + " " + installed->version + " (sequence " +
          std::to_string(installed->version_sequence) + "), re-sealed for this device" +
          (installed->prepared != 0 ? ", prepared for its engine" : "; the engine has no prepared form"),
      object);
}

}  // namespace

void AddInstallCommand(CLI::App& root, const Session& session, Action& action) {
  const auto options = std::make_shared<InstallOptions>();
  CLI::App* install = root.add_subcommand("install", "install a sealed file by its grant and licence");
  install->add_option("sealed-file", options->sealed, "X.eks")->required();
  install->add_option("grant", options->grant, "G.ekg")->required();
  install->add_option("licence", options->licence, "L.lic")->required();
  CLI::Option* repository = install->add_option("--repository", options->refresh.repository,
                                                "directory of the published release, for devices that demand one");
  install
      ->add_option("--release", options->refresh.release,
                   "the release that the files are of, PRODUCT/CHANNEL/SEQUENCE, where it is not the newest")
      ->needs(repository);
  install->callback(
      [&session, &action, options] { action = [&session, options] { return Install(session, *options); }; });
}

}  // namespace edgekeep::cli::device
