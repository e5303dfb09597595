// release propose, review, approve, reject, publish, renew, verify.
#include "arguments.h"
#include "commands.h"
#include "edgekeep/author/proposal_entries.h"
#include "edgekeep/author/publication.h"
#include "edgekeep/log/release_record.h"
#include "log_directory.h"
#include "proof_options.h"
#include "release_arguments.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct ProposeArguments {
  author::ProposalRequest request;
  std::string product, version, expires, root, keys;
  std::uint64_t sequence = 0;
};

author::Done Propose(const Session& session, ProposeArguments arguments) {
  EK_TRY_ASSIGN(arguments.request.product, ParseProduct(arguments.product));
  const std::string display = arguments.version.empty() ? std::to_string(arguments.sequence) : arguments.version;
  EK_TRY_ASSIGN(arguments.request.version, ParseVersion(arguments.sequence, display));
  EK_TRY_ASSIGN(arguments.request.expires, ParseExpiry(session, arguments.expires, 365));
  EK_TRY_ASSIGN(const std::string root, ReadRoot(arguments.root));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY(author::Propose(session.context, arguments.request, root, keys));
  return session.report.Tell(
      "Proposed in " + arguments.request.folder +
          ".\nApprovers take a copy of it and of the files, and look at it with 'release review'.",
      json::Object().Set("folder", arguments.request.folder));
}

void AddPropose(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("propose", "propose files as a product's next release");
  auto arguments = std::make_shared<ProposeArguments>();
  author::ProposalRequest& request = arguments->request;
  command->add_option("FILES", request.files, "sealed files, grants, and what else belongs to it")->required();
  command->add_option("--product", arguments->product, "publisher/name")->required();
  command->add_option("--channel", request.channel, "who gets it (default: stable)");
  command->add_option("--version-sequence", arguments->sequence, "number by which versions compare")
      ->required()
      ->check(WholeNumber(1));
  command->add_option("--version", arguments->version, "version for people (default: the number)");
  command->add_option("--security-epoch", request.security_epoch, "floor that this release raises devices to")
      ->check(WholeNumber());
  command->add_option("--model", request.model, "the plain model: its inputs and outputs are stated");
  command->add_option("--sbom", request.sbom, "which of the files is the bill of materials (CycloneDX, JSON)");
  command->add_option("--expires", arguments->expires, "until when it may be installed (default: in 365 days)");
  command->add_option("--repository", request.repository, "what is published so far")->required();
  command->add_option("--root", arguments->root, "a root that you trust, your own copy")->required();
  command->add_option("--keys", arguments->keys, "directory of your keys")->required();
  command->add_option("-o,--output", request.folder, "folder to make")->required();
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Propose(session, *arguments); }; });
}

struct DecisionArguments {
  std::string folder, root, keys, digest, reason;
  author::ReviewMeans means;
  author::PublicationRequest publication;
  std::string log;
  ProofOptions proof;
};

author::Done ReadMeans(DecisionArguments& arguments) {
  EK_TRY_ASSIGN(arguments.means.trusted_root, ReadRoot(arguments.root));
  if (arguments.means.files.empty()) arguments.means.files = ".";
  return {};
}

json::Object Describe(const author::ProposalReview& review) {
  json::Array files;
  for (const author::ReleasedFile& file : review.files) {
    files.emplace_back(json::Object()
                           .Set("target", file.target)
                           .Set("kind", file.kind)
                           .Set("size", file.size)
                           .Set("sha256", Hex(file.sha256.view()))
                           .Set("about", file.about));
  }
  json::Array facts;
  for (const author::StatedFact& fact : review.facts) {
    json::Object object;
    object.Set("what", fact.what).Set("text", fact.text);
    facts.emplace_back(object.Set("seen_in", fact.seen_in.empty() ? json::Value() : json::Value(fact.seen_in)));
  }
  json::Array differences;
  for (const std::string& line : review.differences) differences.emplace_back(line);
  json::Array rejections;
  for (const auto& [holder, reason] : review.rejections) {
    rejections.emplace_back(json::Object().Set("holder", holder).Set("reason", reason));
  }
  json::Object object;
  object.Set("digest", Hex(review.digest.view())).Set("product", review.product).Set("channel", review.channel);
  object.Set("version", review.version).Set("version_sequence", review.sequence).Set("author", review.author);
  object.Set("security_epoch", review.security_epoch).Set("targets_version", review.targets_version);
  object.Set("expires", review.expires).Set("first", review.is_first).Set("version_before", review.version_before);
  object.Set("holders", HoldersJson(review.holders));
  object.Set("files", files).Set("facts", facts).Set("differences", differences);
  object.Set("approvals", TallyJson(review.approvals));
  return object.Set("rejections", rejections).Set("complete", review.is_complete);
}

// Only a licensor and a device can look inside of a sealed file.
std::string FactText(const author::StatedFact& fact) {
  const std::string said = fact.what + " " + fact.text;
  return fact.seen_in.empty() ? "the author says: " + said : said + " (as " + fact.seen_in + " has it)";
}

std::string ToText(const author::ProposalReview& review) {
  std::string text = Line(review.product + " " + review.version + " (sequence " + std::to_string(review.sequence) +
                          "), channel " + review.channel + ", proposed by " + review.author);
  text += Line("  replaces        " + (review.version_before.empty() ? "nothing" : review.version_before));
  text += Line("  security epoch  " + std::to_string(review.security_epoch));
  text += Line("  until           " + review.expires);
  for (const author::ReleasedFile& file : review.files) {
    text += Line("  + " + file.target) + Line("      " + file.kind + ", " + Bytes64(file.size)) +
            Line("      sha256 " + Hex(file.sha256.view()));
    if (!file.about.empty()) text += Line("      " + file.about);
  }
  for (const author::StatedFact& fact : review.facts) text += Line("  " + FactText(fact));
  for (const std::string& line : review.differences) text += Line("  * " + line);
  text += HoldersText(review.holders) + Line("Approvals: " + TallyText(review.approvals));
  for (const auto& [holder, reason] : review.rejections) text += Line("REJECTED by " + holder + ": " + reason);
  return text + "Digest " + Hex(review.digest.view());
}

author::Done Review(const Session& session, DecisionArguments arguments) {
  EK_TRY(ReadMeans(arguments));
  EK_TRY_ASSIGN(const author::ProposalReview review,
                author::ReviewProposal(session.context, arguments.folder, arguments.means));
  if (arguments.means.trust.empty()) {
    session.report.Warn("signatures of sealed files and grants were not verified: name publisher.ekt with --trust");
  }
  return session.report.Tell(ToText(review), Describe(review));
}

author::Done Approve(const Session& session, DecisionArguments arguments) {
  EK_TRY(ReadMeans(arguments));
  EK_TRY_ASSIGN(const Digest digest, ParseDigest(arguments.digest));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY(author::Approve(session.context, arguments.folder, arguments.means, digest, keys));
  return session.report.Tell(keys.holder.name + " approved " + arguments.folder + ".",
                             json::Object().Set("holder", keys.holder.name).Set("digest", arguments.digest));
}

author::Done Reject(const Session& session, DecisionArguments arguments) {
  EK_TRY(ReadMeans(arguments));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY(author::Reject(session.context, arguments.folder, arguments.means, arguments.reason, keys));
  return session.report.Tell(keys.holder.name + " rejected " + arguments.folder + ".",
                             json::Object().Set("holder", keys.holder.name).Set("reason", arguments.reason));
}

json::Object Describe(const author::RepositoryState& state) {
  json::Array approvers;
  for (const std::string& name : state.approvers) approvers.emplace_back(name);
  json::Object object;
  object.Set("root", state.root_version).Set("targets", state.targets_version);
  object.Set("snapshot", state.snapshot_version).Set("timestamp", state.timestamp_version);
  return object.Set("approvers", approvers);
}

std::string ToText(const author::RepositoryState& state) {
  std::string text = "Root " + std::to_string(state.root_version) + ", targets " +
                     std::to_string(state.targets_version) + ", approved by";
  for (const std::string& name : state.approvers) {
    text += (&name == state.approvers.data() ? " " : ", ") + name;
  }
  return text + "; every signature holds, in every class.";
}

// What the log has about a proposal; an unfavourable verdict too, for the check to tell of.
author::Outcome<std::string> MakeProof(const Session& session, const DecisionArguments& arguments,
                                       const ProofBeliefs& beliefs) {
  if (arguments.log.empty()) {
    return author::Failure{ErrorCode::kBadArgument, "no log to take the proof from", "--log", "name its directory"};
  }
  EK_TRY_ASSIGN(const auto entries, author::ReadProposalEntries(session.context, arguments.folder, arguments.means));
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.log));
  const log::LogView view{session.context.provider, *opened.storage, opened.prefix, opened.origin, opened.head};
  EK_TRY_ASSIGN(const log::ReleaseRecord record,
                author::At(arguments.log, log::FindRelease(view, AsBytes(entries.front().content), beliefs.notaries(),
                                                           author::kReleaseClasses)));
  if (record.release) {
    log::TreeReader tree = opened.Tree(session.context.provider);
    return author::At(arguments.log, log::WriteReleaseProof(tree, opened.note, record));
  }
  return author::Failure{ErrorCode::kNotFound, "the release is not in the log", arguments.log,
                         "enter it with 'release submit'"};
}

author::Done Publish(const Session& session, DecisionArguments arguments) {
  EK_TRY(ReadMeans(arguments));
  arguments.publication.folder = arguments.folder;
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY_ASSIGN(const auto beliefs, ProofBeliefs::Read(session, arguments.proof, arguments.means));
  std::optional<release::ProofDemands> demands;
  if (beliefs) {
    demands.emplace(beliefs->demands());
    EK_TRY_ASSIGN(arguments.publication.proof, MakeProof(session, arguments, *beliefs));
    arguments.publication.proof_demands = &*demands;
    arguments.publication.trust_policy = beliefs->trust_policy();
  } else {
    session.report.Warn(kWithoutLog);
  }
  EK_TRY_ASSIGN(const author::RepositoryState state,
                author::Publish(session.context, arguments.publication, arguments.means, keys));
  return session.report.Tell("Published in " + arguments.means.repository + ".\n" + ToText(state), Describe(state));
}

author::Done Renew(const Session& session, const DecisionArguments& arguments) {
  EK_TRY_ASSIGN(const std::string root, ReadRoot(arguments.root));
  EK_TRY_ASSIGN(const author::ReleaseKeys keys, OpenKeys(session, arguments.keys));
  EK_TRY_ASSIGN(const author::Renewal renewal, author::RenewTimestamp(session.context, arguments.means.repository, root,
                                                                      arguments.publication.timestamp_seconds, keys));
  const std::string what = renewal.renewed_snapshot
                               ? "Snapshot and timestamp are new: the snapshot would have ended first."
                               : "The timestamp is new.";
  return session.report.Tell(what + "\n" + ToText(renewal.state),
                             Describe(renewal.state).Set("renewed_snapshot", renewal.renewed_snapshot));
}

author::Done Verify(const Session& session, DecisionArguments arguments) {
  EK_TRY(ReadMeans(arguments));
  const std::string& root = arguments.means.trusted_root;
  EK_TRY_ASSIGN(const author::RepositoryState state,
                author::VerifyRepository(session.context, arguments.means.repository, root, author::Freshness::kOfAll));
  if (state.targets.empty()) {
    return author::Failure{ErrorCode::kNotFound, "nothing is released, so there is nothing to verify",
                           arguments.means.repository,
                           "its roots hold, up to root " + std::to_string(state.root_version)};
  }
  EK_TRY_ASSIGN(const auto beliefs, ProofBeliefs::Read(session, arguments.proof, arguments.means));
  json::Object object = Describe(state);
  if (!beliefs) return session.report.Tell(Line(ToText(state)) + kWithoutLog, object.Set("proof", json::Value()));
  if (beliefs->trust_policy() != nullptr) {
    EK_TRY(beliefs->trust_policy()->CheckApprovals(session.context, state.root, state.targets));
  }
  EK_TRY_ASSIGN(const auto proof,
                author::VerifyPublishedProof(session.context, arguments.means.repository, state, beliefs->demands()));
  return session.report.Tell(Line(ToText(state)) + ProofText(proof), object.Set("proof", ProofJson(proof)));
}

using Decide = author::Done (*)(const Session&, DecisionArguments);

struct Words {
  const char* name;
  const char* about;
  Decide decide;
};

// The options by which somebody looks at a proposal.
std::pair<CLI::App*, std::shared_ptr<DecisionArguments>> AddDecision(CLI::App& group, Session& session, Action& action,
                                                                     const Words& words) {
  CLI::App* command = group.add_subcommand(words.name, words.about);
  auto arguments = std::make_shared<DecisionArguments>();
  command->add_option("FOLDER", arguments->folder, "folder of the proposal")->required();
  command->add_option("--files", arguments->means.files, "where the proposed files lie (default: here)");
  command->add_option("--repository", arguments->means.repository, "what is published so far")->required();
  command->add_option("--root", arguments->root, "a root that you trust, your own copy")->required();
  command->add_option("--trust", arguments->means.trust, "publisher.ekt: verify sealed files and grants");
  command->add_option("--model", arguments->means.model, "the plain model, to compare inputs and outputs");
  command->callback([&session, &action, arguments, decide = words.decide] {
    action = [&session, arguments, decide] { return decide(session, *arguments); };
  });
  return {command, arguments};
}

void AddKeysOptions(CLI::App& command, Session& session, DecisionArguments& arguments) {
  command.add_option("--keys", arguments.keys, "directory of your keys")->required();
  AddHolderOptions(command, session);
}

void AddRepositoryCommands(CLI::App& group, Session& session, Action& action) {
  for (const bool renews : {true, false}) {
    CLI::App* command = group.add_subcommand(renews ? "renew" : "verify",
                                             renews ? "sign the timestamp anew, before it expires"
                                                    : "verify a repository as a device does; needs no network");
    auto arguments = std::make_shared<DecisionArguments>();
    command->add_option("REPOSITORY", arguments->means.repository, "directory that is served")->required();
    command->add_option("--root", arguments->root, "a root that you trust, your own copy")->required();
    if (renews) AddKeysOptions(*command, session, *arguments);
    if (!renews) AddProofOptions(*command, arguments->proof);
    command->callback([&session, &action, arguments, renews] {
      action = [&session, arguments, renews] {
        return renews ? Renew(session, *arguments) : Verify(session, *arguments);
      };
    });
  }
}

}  // namespace

void AddReleaseCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("release", "release by quorum: ceremonies, proposals, approvals, repositories");
  group->require_subcommand(1);
  AddRootCommands(*group, session, action);
  AddRehearseCommand(*group, session, action);
  AddPropose(*group, session, action);
  AddDecision(*group, session, action, {"review", "verify a proposal here, and show everything about it", Review});
  const auto approve = AddDecision(*group, session, action, {"approve", "approve what you reviewed", Approve});
  approve.first->add_option("--digest", approve.second->digest, "of what you reviewed")->required();
  AddKeysOptions(*approve.first, session, *approve.second);
  const auto reject = AddDecision(*group, session, action, {"reject", "reject a proposal, and say why", Reject});
  reject.first->add_option("--reason", reject.second->reason, "for everybody to read")->required();
  AddKeysOptions(*reject.first, session, *reject.second);
  const auto publish = AddDecision(*group, session, action, {"publish", "publish an approved proposal", Publish});
  AddKeysOptions(*publish.first, session, *publish.second);
  publish.first->add_option("--log", publish.second->log,
                            "the log's directory, an exported one, or its address: for the proof");
  AddProofOptions(*publish.first, publish.second->proof);
  AddReleaseLogCommands(*group, session, action);
  AddRenewProofsCommand(*group, session, action);
  AddRepositoryCommands(*group, session, action);
}

}  // namespace edgekeep::cli::publisher
