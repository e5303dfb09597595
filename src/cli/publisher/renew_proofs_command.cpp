// release renew-proofs: new proofs of all that was released, for devices that come to believe other logs, cosigners or
// notaries.
#include "commands.h"
#include "edgekeep/author/signing_folder.h"
#include "edgekeep/log/release_record.h"
#include "log_directory.h"
#include "proof_options.h"
#include "release_arguments.h"
#include "wording.h"

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
  log::TreeReader tree;
  std::string_view note;
  const ProofBeliefs& beliefs;
};

// What the log has of each, by one reading.
author::Outcome<std::vector<log::ReleaseRecord>> RecordsOf(const Renewal& renewal, const std::string& log,
                                                           const std::vector<author::StoredProof>& proofs) {
  std::vector<ByteView> contents;
  for (const author::StoredProof& stored : proofs) contents.push_back(stored.content.view());
  return author::At(log,
                    log::FindReleases(renewal.view, contents, renewal.beliefs.notaries(), author::kReleaseClasses));
}

author::Done RenewOne(Renewal& renewal, const std::string& repository, const author::StoredProof& stored,
                      const log::ReleaseRecord& record) {
  if (!record.release)
    return author::Failure{ErrorCode::kNotFound, "the release is not in the log", stored.path, "name its log"};
  EK_TRY_ASSIGN(const std::string proof,
                author::At(stored.path, log::WriteReleaseProof(renewal.tree, renewal.note, record)));
  return author::ReplaceProof(renewal.session.context, repository, renewal.beliefs.demands(), stored, proof);
}

// What became of each release's proof.
struct Renewed {
  json::Array renewed, kept;
  std::string text;

  void Keep(const std::string& path, const std::string& why) {
    text += Line(path + " stays as it is: " + why);
    kept.emplace_back(json::Object().Set("proof", path).Set("why", why));
  }
};

// One that cannot be renewed stays as it was and holds up none of the others.
author::Done RenewAll(Session& session, Renewal renewal, const RenewalArguments& arguments,
                      const author::RepositoryState& state) {
  const std::string& repository = arguments.means.repository;
  EK_TRY_ASSIGN(const auto proofs, author::ProofsOf(session.context, repository, state));
  EK_TRY_ASSIGN(const auto records, RecordsOf(renewal, arguments.log, proofs.read));
  Renewed done;
  for (const author::UnreadProof& unread : proofs.unread) done.Keep(unread.path, unread.why);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (session.context.stop_requested()) return author::Describe(Error(ErrorCode::kPeerGone), repository);
    const author::StoredProof& stored = proofs.read[i];
    if (const author::Done one = RenewOne(renewal, repository, stored, records[i])) {
      done.renewed.emplace_back(stored.path);
    } else {
      done.Keep(stored.path, one.error().what);
    }
  }
  session.found_wrong = done.kept.size() != 0;
  const std::size_t all = proofs.read.size() + proofs.unread.size();
  const std::string count = std::to_string(done.renewed.size()) + " of " + std::to_string(all);
  json::Object object;
  object.Set("renewed", std::move(done.renewed)).Set("kept", std::move(done.kept));
  return session.report.Tell(done.text + count + " releases have new proofs.", object);
}

author::Done RenewProofs(Session& session, RenewalArguments arguments) {
  EK_TRY_ASSIGN(arguments.means.trusted_root, ReadRoot(arguments.root));
  EK_TRY_ASSIGN(const auto beliefs, ProofBeliefs::Read(session, arguments.proof, arguments.means));
  if (!beliefs) {
    return author::Failure{ErrorCode::kBadArgument, "nobody is named whom the proofs have to satisfy", "--trust-policy",
                           "name the policy that devices have, or will have"};
  }
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.log));
  const log::LogView view{session.context.provider, *opened.storage, opened.prefix, opened.origin, opened.head};
  EK_TRY_ASSIGN(const auto state, author::VerifyRepository(session.context, arguments.means.repository,
                                                           arguments.means.trusted_root, author::Freshness::kOfRoot));
  return RenewAll(session, {session, view, opened.Tree(session.context.provider), opened.note, *beliefs}, arguments,
                  state);
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
