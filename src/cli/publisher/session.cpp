#include "session.h"

#include <fcntl.h>

#include <CLI/CLI.hpp>

#include "arguments.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/signer/passphrase.h"

namespace edgekeep::cli::publisher {
namespace {

enum class Age { kExisting, kNew };

author::Outcome<SecretBytes> AskOnTerminal(Age age) {
  const files::Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!terminal.valid()) {
    return author::Failure{ErrorCode::kBadState, "no terminal to ask for the passphrase", "/dev/tty",
                           "use --passphrase-file or --passphrase-fd"};
  }
  return author::At("passphrase", age == Age::kNew
                                      ? signer::AskNewPassphrase(terminal.get(), "New passphrase: ")
                                      : signer::AskPassphrase(terminal.get(), "Passphrase of the publisher's keys: "));
}

author::Outcome<SecretBytes> ReadPassphrase(const Session& session, Age age) {
  if (!session.passphrase_file.empty()) {
    return author::At(session.passphrase_file, signer::ReadPassphraseFile(session.passphrase_file));
  }
  if (session.passphrase_descriptor >= 0) {
    return author::At("descriptor " + std::to_string(session.passphrase_descriptor),
                      signer::ReadPassphraseDescriptor(session.passphrase_descriptor));
  }
  return AskOnTerminal(age);
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

void AddPublisherOption(CLI::App& command, Session& session) {
  command.add_option("--publisher", session.directory, "the publisher's directory (default: this one)");
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

}  // namespace edgekeep::cli::publisher
