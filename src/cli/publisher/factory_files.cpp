#include "factory_files.h"

#include <algorithm>
#include <filesystem>

#include "edgekeep/author/signing_folder.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/signer/file_signing_key.h"
#include "edgekeep/signer/token_key.h"
#include "log_directory.h"

namespace edgekeep::cli::publisher {
namespace {

namespace fs = std::filesystem;

constexpr crypto::AlgorithmId kAlgorithm = crypto::AlgorithmId::kEcdsaP256Sha256;
constexpr const char* kPurpose = "factory-ca";

std::string KeyFileIn(const std::string& directory) {
  return directory + "/ca-p256.ekk";
}

std::string TokenFileIn(const std::string& directory) {
  return directory + "/ca-p256.p11";
}

author::Outcome<signer::TokenKeyAddress> AddressOf(const Session& session, const std::string& uri) {
  return signer::TokenKeyAddress{.uri = uri, .module = session.context.tokens.module, .algorithm = kAlgorithm};
}

author::Outcome<std::unique_ptr<sealing::SigningKey>> OwnKey(const Session& session, const std::string& place,
                                                             signer::StoredKey stored) {
  EK_TRY_ASSIGN(auto key,
                author::At(place, signer::FileSigningKey::Create(session.context.provider, std::move(stored))));
  return std::make_unique<signer::FileSigningKey>(std::move(key));
}

}  // namespace

void AddOrderOptions(CLI::App& command, OrderArguments& arguments) {
  command.add_option("--order", arguments.order, "the production order")->required();
  command.add_option("--owner", arguments.owner, "public keys of who owns the product (NAME.holder.json)")->required();
}

author::Outcome<factory::VerifiedOrder> ReadOrder(const Session& session, const OrderArguments& arguments) {
  EK_TRY_ASSIGN(const author::PublicHolder shown, author::ReadPublicHolder(arguments.owner));
  EK_TRY_ASSIGN(const author::VerifyingHolder owner, author::ToVerifyingHolder(shown));
  EK_TRY_ASSIGN(const std::string text, ReadText(arguments.order, factory::kMaxSignedOrder));
  return author::At(arguments.order, factory::VerifiedOrder::Verify(session.context.provider, text, owner.view(),
                                                                    author::kReleaseClasses));
}

author::Outcome<factory::Authority> ReadAuthority(const factory::X509Library& library, const std::string& certificate) {
  EK_TRY_ASSIGN(const std::string pem, ReadText(certificate, factory::kMaxPemFile));
  return author::At(certificate, factory::Authority::Parse(library, pem));
}

author::Outcome<std::unique_ptr<sealing::SigningKey>> OpenAuthorityKey(const Session& session,
                                                                       const std::string& directory,
                                                                       const SecretBytes& passphrase) {
  const std::string token_file = TokenFileIn(directory), key_file = KeyFileIn(directory);
  if (fs::exists(token_file)) {
    EK_TRY_ASSIGN(std::string uri, ReadText(token_file, signer::kMaxTokenUri + 1));
    if (uri.ends_with('\n')) uri.pop_back();
    EK_TRY_ASSIGN(const SecretBytes pin, session.context.tokens.ask_pin());
    EK_TRY_ASSIGN(const signer::TokenKeyAddress address, AddressOf(session, uri));
    return author::At(token_file, signer::OpenTokenKey(session.context.provider, address, pin));
  }
  EK_TRY_ASSIGN(signer::StoredKey stored,
                author::At(key_file, signer::OpenKeyFile(session.context.provider, key_file, kPurpose, passphrase)));
  return OwnKey(session, key_file, std::move(stored));
}

author::Outcome<std::unique_ptr<sealing::SigningKey>> MakeAuthorityKey(const Session& session,
                                                                       const std::string& directory,
                                                                       const std::string& token,
                                                                       const SecretBytes& passphrase) {
  const crypto::Provider& provider = session.context.provider;
  if (!token.empty()) {
    EK_TRY_ASSIGN(const SecretBytes pin, session.context.tokens.ask_pin());
    EK_TRY_ASSIGN(const signer::TokenKeyAddress address, AddressOf(session, token));
    EK_TRY_ASSIGN(auto key, author::At(token, signer::MakeTokenKey(provider, address, pin)));
    EK_TRY(author::At(directory,
                      files::WriteNewFile(TokenFileIn(directory), files::Access::kPrivate, AsBytes(token + "\n"))));
    return key;
  }
  EK_TRY_ASSIGN(crypto::KeyPair pair, author::At(directory, provider.GenerateSigningKey(kAlgorithm)));
  signer::StoredKey stored{.purpose = kPurpose,
                           .algorithm = kAlgorithm,
                           .public_key = std::move(pair.public_key),
                           .secret = std::move(pair.private_key)};
  EK_TRY(author::At(directory, signer::CreateKeyFile(provider, KeyFileIn(directory), stored, passphrase,
                                                     session.context.key_file_costs)));
  return OwnKey(session, directory, std::move(stored));
}

author::Outcome<OpenedJournal> OpenJournal(const Session& session, const std::string& directory,
                                           const SecretBytes& passphrase) {
  const crypto::Provider& provider = session.context.provider;
  OpenedJournal opened;
  EK_TRY_ASSIGN(opened.storage, author::At(directory, log::OpenDirectory(directory)));
  EK_TRY_ASSIGN(log::NoteKeys keys, author::At(directory, log::NoteKeys::Open(provider, directory + "/keys",
                                                                              log::NoteRole::kLog, passphrase)));
  opened.keys = std::make_unique<log::NoteKeys>(std::move(keys));
  EK_TRY_ASSIGN(log::Log log, author::At(directory, log::Log::Open(provider, *opened.storage, opened.keys->signers())));
  EK_TRY_ASSIGN(factory::Journal journal,
                author::At(directory, factory::Journal::Open(provider, *opened.storage, std::move(log))));
  opened.journal = std::make_unique<factory::Journal>(std::move(journal));
  return opened;
}

author::Outcome<std::vector<std::string>> ReadPemFiles(const std::string& path) {
  std::vector<std::string> files, pems;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
      if (entry.path().extension() == ".pem") files.push_back(entry.path());
    }
    if (files.empty())
      return author::Failure{ErrorCode::kNotFound, "no certificate of a maker (*.pem) is in this directory", path,
                             "put those of the chips' makers that you buy from there"};
  } else {
    files.push_back(path);
  }
  std::ranges::sort(files);
  for (const std::string& file : files) {
    EK_TRY_ASSIGN(std::string pem, ReadText(file, factory::kMaxPemFile));
    pems.push_back(std::move(pem));
  }
  return pems;
}

void AddFactoryCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("factory", "give devices identities, no more than were ordered");
  group->require_subcommand(1);
  AddOrderCommand(*group, session, action);
  AddAuthorityCommand(*group, session, action);
  AddServeStationCommand(*group, session, action);
  AddVoidCommand(*group, session, action);
  AddReconcileCommand(*group, session, action);
  AddVerifyIdentityCommand(*group, session, action);
}

}  // namespace edgekeep::cli::publisher
