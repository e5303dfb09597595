#include "audit_arguments.h"

#include <algorithm>

#include "edgekeep/author/published_proof.h"
#include "edgekeep/author/repository.h"
#include "edgekeep/author/signing_folder.h"
#include "log_directory.h"
#include "release_arguments.h"
#include "seen_checkpoints.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

author::Outcome<std::vector<log::TrustedPolicy>> ReadPolicies(const Session& session, const AuditArguments& arguments,
                                                              const std::vector<std::string>& roots) {
  std::vector<log::TrustedPolicy> policies;
  std::optional<author::AskedPolicy> last;
  for (const std::string& path : arguments.trust_policies) {
    EK_TRY_ASSIGN(author::AskedPolicy policy, author::AskedPolicy::Read(session.context, path, roots));
    policies.push_back({policy.version(), policy.fingerprint()});
    last = std::move(policy);
  }
  for (const std::string& path : arguments.time_repairs) {
    EK_TRY_ASSIGN(const author::AskedRepair repair, last->ReadRepair(session.context, path, roots));
    policies.push_back({repair.number, repair.fingerprint, formats::PolicyKind::kTimeRepair});
  }
  return policies;
}

// Which epochs the log should know of, by what is published.
author::Done ReadEpochs(const Session& session, const TrustFiles& files, std::vector<log::ReleasedEpoch>& epochs) {
  if (files.repository.empty()) return {};
  EK_TRY_ASSIGN(const std::string root, ReadText(files.root));
  EK_TRY_ASSIGN(const auto released, author::ReleasedEpochs(session.context, files.repository, root));
  for (const author::ReleasedEpoch& one : released) epochs.push_back({one.product, one.epoch});
  return {};
}

}  // namespace

void AddAuditOptions(CLI::App& command, AuditArguments& arguments) {
  command.add_option("LOG", arguments.log, "a log's directory, an exported one, or its address")->required();
  command.add_option("--policy", arguments.policy, "which logs and witnesses you believe (spec/log.md)")->required();
  command.add_option("--root", arguments.trust.root, "the root from which on people are followed, your own copy")
      ->required();
  command.add_option(
      "--repository", arguments.trust.repository,
      "what is published: the roots after it, the release and the epochs of grants, which are compared with the log");
  command.add_option("--notary", arguments.notary, "the notary's holder.json")->required();
  command.add_option("--former", arguments.trust.former,
                     "holder.json of a notary before it, @ and the index of the first entry that is not its any more");
  command.add_option("--seen", arguments.seen,
                     "directory of checkpoints that you saw: read, and this one added where cosigners say when");
  command.add_option("--rules", arguments.trust.settings, "the notary's settings (default: no rule)");
  CLI::Option* policy = command.add_option("--trust-policy", arguments.trust_policies,
                                           "a trust policy that devices have: the log must too");
  command
      .add_option("--time-repair", arguments.time_repairs,
                  "a repair of time that devices have, under the last of these policies: the log must too")
      ->needs(policy);
}

author::Outcome<AuditorTrust> ReadAuditorTrust(const Session& session, const AuditArguments& arguments) {
  EK_TRY_ASSIGN(release::log::Policy policy, ReadLogPolicy(session, arguments.policy));
  EK_TRY_ASSIGN(const author::PublicHolder shown, author::ReadPublicHolder(arguments.notary));
  EK_TRY_ASSIGN(author::VerifyingHolder notary, author::ToVerifyingHolder(shown));
  EK_TRY_ASSIGN(auto read, ReadReaderTrust(session, arguments.trust, std::move(notary)));
  EK_TRY_ASSIGN(read->trust.policies, ReadPolicies(session, arguments, read->roots));
  AuditorTrust trust{std::move(policy), std::move(read)};
  const author::Done epochs = ReadEpochs(session, arguments.trust, trust.read->trust.epochs);
  if (!epochs) trust.unread_grants = epochs.error();
  return trust;
}

std::optional<log::Concern> RepositoryConcern(const Session& session, const AuditArguments& arguments,
                                              const AuditorTrust& trust,
                                              const std::vector<log::AuditedRelease>* releases) {
  if (arguments.trust.repository.empty()) return std::nullopt;
  const auto root = ReadRoot(arguments.trust.root);
  if (!root) return std::nullopt;  // whoever believes a root has read it
  const auto published = author::PublishedRelease(session.context, arguments.trust.repository, *root);
  const auto concern = [](std::string text) {
    return log::Concern{log::ConcernKind::kRepository, {}, std::move(text)};
  };
  if (!published) return concern(published.error().what + ": " + published.error().where);
  if (trust.unread_grants) return concern(trust.unread_grants->what + ": " + trust.unread_grants->where);
  if (!*published || releases == nullptr) return std::nullopt;
  const bool is_logged = std::ranges::any_of(*releases, [&](const auto& one) { return one.digest == **published; });
  if (is_logged) return std::nullopt;
  return concern("the release that is published is not in the log: " + arguments.trust.repository);
}

author::Outcome<BelievedLog> OpenBelievedLog(const Session& session, const AuditArguments& arguments,
                                             const release::log::Policy& policy, UnixTime now) {
  EK_TRY_ASSIGN(ReadableLog opened, OpenReadableLog(arguments.log));
  const UnixTime latest = LatestBelieved(now);
  EK_TRY_ASSIGN(const auto checkpoint,
                author::At(arguments.log, policy.Verify(session.context.provider, opened.note, latest)));
  EK_TRY_ASSIGN(auto seen, ReadSeen(session, {arguments.seen, policy, latest}, checkpoint.origin()));
  return BelievedLog{std::move(opened.storage), std::move(opened.prefix), std::move(opened.note), checkpoint,
                     std::move(seen)};
}

}  // namespace edgekeep::cli::publisher
