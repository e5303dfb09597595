// What the commands of a factory read.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "edgekeep/author/holder_keys.h"
#include "edgekeep/factory/journal.h"
#include "edgekeep/factory/openssl/certificates.h"
#include "edgekeep/factory/order.h"
#include "edgekeep/log/key_directory.h"
#include "edgekeep/release/log/policy.h"

namespace edgekeep::cli::publisher {

inline constexpr const char* kAuthorityCertificate = "ca.pem";

// Whose word orders and lists are, and which order it is about.
struct OrderArguments {
  std::string order;
  std::string owner;
};

void AddOrderOptions(CLI::App& command, OrderArguments& arguments);
author::Outcome<factory::VerifiedOrder> ReadOrder(const Session& session, const OrderArguments& arguments);

// The authority of a factory: a directory with its certificate, and its key in a file or on a token.
author::Outcome<factory::Authority> ReadAuthority(const factory::X509Library& library, const std::string& certificate);
author::Outcome<std::unique_ptr<sealing::SigningKey>> OpenAuthorityKey(const Session& session,
                                                                       const std::string& directory,
                                                                       const SecretBytes& passphrase);
author::Outcome<std::unique_ptr<sealing::SigningKey>> MakeAuthorityKey(const Session& session,
                                                                       const std::string& directory,
                                                                       const std::string& token,
                                                                       const SecretBytes& passphrase);

// A station's journal, to be written to.
struct OpenedJournal {
  std::unique_ptr<log::Storage> storage;
  std::unique_ptr<log::NoteKeys> keys;
  std::unique_ptr<factory::Journal> journal;  // borrows from them
};

author::Outcome<OpenedJournal> OpenJournal(const Session& session, const std::string& directory,
                                           const SecretBytes& passphrase);

// All files *.pem of a directory, or one file.
author::Outcome<std::vector<std::string>> ReadPemFiles(const std::string& path);

void AddOrderCommand(CLI::App& group, Session& session, Action& action);
void AddAuthorityCommand(CLI::App& group, Session& session, Action& action);
void AddServeStationCommand(CLI::App& group, Session& session, Action& action);
void AddVoidCommand(CLI::App& group, Session& session, Action& action);
void AddReconcileCommand(CLI::App& group, Session& session, Action& action);
void AddVerifyIdentityCommand(CLI::App& group, Session& session, Action& action);

}  // namespace edgekeep::cli::publisher
