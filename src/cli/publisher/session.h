// Session: what all commands share: the context, the common options, and the way results are told.
#pragma once
#include <string>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/author/publisher.h"
#include "edgekeep/json/value.h"

namespace CLI {
class App;
}

namespace edgekeep::crypto {
class CredentialCipher;
}

namespace edgekeep::ports {
class OwnerCertificates;
}

namespace edgekeep::cli::publisher {

// Where results go. In JSON mode standard output carries exactly one object, also for a failure. Control characters in
// what people read are shown, not obeyed: names of files are other people's.
class Report {
 public:
  // Tells of a command line that makes no sense, before there is a command.
  static void FailUsage(const std::string& what);

  void UseJson() { json_ = true; }

  bool is_json() const { return json_; }

  // Tells a result: `text` to people, `object` to machines. Fails when standard output cannot be written.
  author::Done Tell(const std::string& text, const json::Object& object) const;
  void Warn(const std::string& text) const;
  // One line of a service's log, with the time before it.
  void Note(const std::string& text) const;
  void Fail(const author::Failure& failure) const;

 private:
  bool json_ = false;
};

struct Session {
  author::Context context;
  const crypto::CredentialCipher* credential_cipher = nullptr;  // for whoever enrols devices
  ports::OwnerCertificates* owner_certificates = nullptr;       // for owners of devices
  Report report;
  std::string directory = ".";      // of the publisher
  bool is_directory_named = false;  // by --publisher
  std::string passphrase_file;
  int passphrase_descriptor = -1;
  std::string pin_file;
  int pin_descriptor = -1;
  // What a command was asked to look for is there: it told of it, and ends with exit code 1.
  bool found_wrong = false;

  author::Outcome<author::Publisher> OpenPublisher() const;
  // Asks for the passphrase of existing keys, or for a new one twice.
  author::Outcome<SecretBytes> Passphrase() const;
  author::Outcome<SecretBytes> NewPassphrase() const;
  // Of the token on which a holder keeps a key.
  author::Outcome<SecretBytes> Pin() const;
};

// Adds --publisher and the passphrase options.
void AddPublisherOption(CLI::App& command, Session& session);
void AddPassphraseOptions(CLI::App& command, Session& session);
// The same where keys are made, and what their files shall cost to open.
void AddNewPassphraseOptions(CLI::App& command, Session& session);
// How a key on a PKCS#11 token is reached.
void AddTokenOptions(CLI::App& command, Session& session);
// The passphrase and token options: of holders who sign.
void AddHolderOptions(CLI::App& command, Session& session);

}  // namespace edgekeep::cli::publisher
