#include "session.h"

#include <fcntl.h>

#include <CLI/CLI.hpp>

#include "arguments.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/signer/passphrase.h"

namespace edgekeep::cli::publisher {
namespace {

enum class Age { kExisting, kNew };

author::Failure NoTerminal(const std::string& secret, const std::string& advice) {
  return {ErrorCode::kBadState, "no terminal to ask for the " + secret, "/dev/tty", advice};
}

files::Descriptor OpenTerminal() {
  return files::Descriptor(::open("/dev/tty", O_RDWR | O_CLOEXEC));
}

author::Outcome<SecretBytes> AskOnTerminal(Age age) {
  const files::Descriptor terminal = OpenTerminal();
  if (!terminal.valid()) return NoTerminal("passphrase", "use --passphrase-file or --passphrase-fd");
  return author::At("passphrase", age == Age::kNew
                                      ? signer::AskNewPassphrase(terminal.get(), "New passphrase: ")
                                      : signer::AskPassphrase(terminal.get(), "Passphrase of the publisher's keys: "));
}

author::Outcome<SecretBytes> ReadFileOrDescriptor(const std::string& file, int descriptor) {
  if (!file.empty()) return author::At(file, signer::ReadPassphraseFile(file));
  return author::At("descriptor " + std::to_string(descriptor), signer::ReadPassphraseDescriptor(descriptor));
}

author::Outcome<SecretBytes> ReadPassphrase(const Session& session, Age age) {
  if (session.passphrase_file.empty() && session.passphrase_descriptor < 0) return AskOnTerminal(age);
  return ReadFileOrDescriptor(session.passphrase_file, session.passphrase_descriptor);
}

}  // namespace

author::Outcome<author::Publisher> Session::OpenPublisher() const {
  author::Outcome<author::Publisher> publisher = author::Publisher::Open(context, directory);
  if (publisher || publisher.error().code != ErrorCode::kNotFound) return publisher;
  return author::Failure{ErrorCode::kNotFound, "no publisher here", directory,
                         "name its directory with --publisher, or make one with 'edgekeep publisher init'"};
}

author::Outcome<SecretBytes> Session::Passphrase() const {
  return ReadPassphrase(*this, Age::kExisting);
}

author::Outcome<SecretBytes> Session::NewPassphrase() const {
  EK_TRY_ASSIGN(SecretBytes passphrase, ReadPassphrase(*this, Age::kNew));
  if (!signer::CheckNewPassphrase(passphrase)) {
    return author::Failure{ErrorCode::kBadArgument, "the passphrase is too short", "new passphrase",
                           "take at least 12 characters; several words are easy to keep in mind"};
  }
  return passphrase;
}

author::Outcome<SecretBytes> Session::Pin() const {
  if (!pin_file.empty() || pin_descriptor >= 0) return ReadFileOrDescriptor(pin_file, pin_descriptor);
  const files::Descriptor terminal = OpenTerminal();
  if (!terminal.valid()) return NoTerminal("PIN", "use --pin-file or --pin-fd");
  return author::At("PIN", signer::AskPassphrase(terminal.get(), "PIN of the token: "));
}

void AddPublisherOption(CLI::App& command, Session& session) {
  command.add_option_function<std::string>(
      "--publisher",
      [&session](const std::string& directory) {
        session.directory = directory;
        session.is_directory_named = true;
      },
      "the publisher's directory (default: this one)");
}

void AddPassphraseOptions(CLI::App& command, Session& session) {
  CLI::Option* file = command.add_option("--passphrase-file", session.passphrase_file,
                                         "read the passphrase from this file, which must be yours alone (mode 600)");
  command.add_option("--passphrase-fd", session.passphrase_descriptor, "read the passphrase from this open descriptor")
      ->check(WholeNumber(0, 65535))
      ->excludes(file);
}

void AddNewPassphraseOptions(CLI::App& command, Session& session) {
  AddPassphraseOptions(command, session);
  formats::Argon2Costs& costs = session.context.key_file_costs;
  command
      .add_option_function<std::uint32_t>(
          "--key-file-memory", [&costs](std::uint32_t mebibytes) { costs.memory_kib = mebibytes * 1024; },
          "MiB of memory that each guess at the passphrase costs, 19 to 1024 (default: 48)")
      ->check(WholeNumber(19, 1024));
  command.add_option("--key-file-passes", costs.passes, "passes over that memory, 2 to 16 (default: 4)")
      ->check(WholeNumber(2, 16));
}

void AddTokenOptions(CLI::App& command, Session& session) {
  CLI::Option* file = command.add_option("--pin-file", session.pin_file,
                                         "read the token's PIN from this file, which must be yours alone (mode 600)");
  command.add_option("--pin-fd", session.pin_descriptor, "read the token's PIN from this open descriptor")
      ->check(WholeNumber(0, 65535))
      ->excludes(file);
  command.add_option("--pkcs11-module", session.context.tokens.module,
                     "path of the token's PKCS#11 module (default: all that p11-kit is set up with)");
  session.context.tokens.ask_pin = [&session] { return session.Pin(); };
}

void AddHolderOptions(CLI::App& command, Session& session) {
  AddPassphraseOptions(command, session);
  AddTokenOptions(command, session);
}

}  // namespace edgekeep::cli::publisher
