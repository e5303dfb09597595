// release renew-proofs: new proofs of all that was released, for devices that come to believe other logs, cosigners or
// notaries.
#include "commands.h"
#include "edgekeep/author/signing_folder.h"
#include "edgekeep/log/release_record.h"
#include "log_directory.h"
#include "proof_options.h"
#include "release_arguments.h"

namespace edgekeep::cli::publisher {
namespace {

struct RenewalArguments {
  author::ReviewMeans means;
  std::string root, log;
  ProofOptions proof;
};

// What proofs are made from, and whom they have to satisfy.
struct Renewal {
  const Session& session;
  const log::LogView& view;
  std::string_view note;
  const ProofBeliefs& beliefs;
};

author::Done RenewOne(const Renewal& renewal, const std::string& repository, const author::StoredProof& stored) {
  EK_TRY_ASSIGN(const log::ReleaseRecord record,
                author::At(stored.path, log::FindRelease(renewal.view, stored.content.view(),
                                                         renewal.beliefs.notaries(), author::kReleaseClasses)));
  if (!record.release)
    return author::Failure{ErrorCode::kNotFound, "the release is not in the log", stored.path, "name its log"};
  EK_TRY_ASSIGN(const std::string proof,
                author::At(stored.path, log::WriteReleaseProof(renewal.view, renewal.note, record)));
  return author::ReplaceProof(renewal.session.context, repository, renewal.beliefs.demands(), stored, proof);
}

// One that cannot be renewed stays as it was and holds up none of the others.
author::Done RenewAll(Session& session, const Renewal& renewal, const std::string& repository) {
  EK_TRY_ASSIGN(const auto proofs, author::ProofsOf(session.context, repository));
  json::Array renewed, kept;
  std::string text;
  for (const author::StoredProof& stored : proofs) {
    const author::Done done = RenewOne(renewal, repository, stored);
    if (done) {
      renewed.emplace_back(stored.path);
      continue;
    }
    session.found_wrong = true;
    text += stored.path + " stays as it is: " + done.error().what + "\n";
    kept.emplace_back(json::Object().Set("proof", stored.path).Set("why", done.error().what));
  }
  const std::string count = std::to_string(renewed.size()) + " of " + std::to_string(proofs.size());
  json::Object object;
  object.Set("renewed", std::move(renewed)).Set("kept", std::move(kept));
  return session.report.Tell(text + count + " proofs are new.", object);
}

author::Done RenewProofs(Session& session, RenewalArguments arguments) {
  EK_TRY_ASSIGN(arguments.means.trusted_root, ReadText(arguments.root));
  EK_TRY_ASSIGN(const auto beliefs, ProofBeliefs::Read(session, arguments.proof, arguments.means));
  if (!beliefs) {
    return author::Failure{ErrorCode::kBadArgument, "nobody is named whom the proofs have to satisfy", "--trust-policy",
                           "name the policy that devices have, or will have"};
  }
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.log));
  const log::LogView view{session.context.provider, *opened.storage, opened.prefix, opened.head};
  return RenewAll(session, {session, view, opened.note, *beliefs}, arguments.means.repository);
}

}  // namespace

void AddRenewProofsCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand(
      "renew-proofs", "make the proofs of all releases anew, before devices get another trust policy");
  auto arguments = std::make_shared<RenewalArguments>();
  command->add_option("REPOSITORY", arguments->means.repository, "directory that is served")->required();
  command->add_option("--root", arguments->root, "a root that you trust, your own copy")->required();
  command->add_option("--log", arguments->log, "the log's directory, an exported one, or its address")->required();
  AddProofOptions(*command, arguments->proof);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return RenewProofs(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
