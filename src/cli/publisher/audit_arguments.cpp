#include "audit_arguments.h"

#include "edgekeep/author/published_proof.h"
#include "edgekeep/author/signing_folder.h"
#include "log_directory.h"
#include "notary_settings.h"
#include "release_arguments.h"

namespace edgekeep::cli::publisher {
namespace {

// A clock that is a little slow makes nothing of a good witness's word.
constexpr std::uint64_t kClockTolerance = 300;
constexpr std::size_t kMaxSettingsSize = 65536;

author::Outcome<log::AuditedRoot> ForAudit(const author::ChainedRoot& root, const log::NotaryPolicy& settings,
                                           const author::VerifyingHolder& notary) {
  log::AuditedRoot audited{.version = root.version,
                           .digest = root.digest,
                           .expires = root.people.expires,
                           .holders = root.people.views(),
                           .root_holders = root.root_holders,
                           .root_threshold = root.root_threshold,
                           .policy = {}};
  EK_TRY_ASSIGN(audited.policy, WithPeople(settings, root.people, notary));
  return audited;
}

author::Outcome<std::vector<std::string>> ReadRoots(const AuditArguments& arguments) {
  EK_TRY_ASSIGN(const std::string trusted, ReadText(arguments.root));
  if (arguments.repository.empty()) return std::vector<std::string>{trusted};
  return author::RootsFrom(trusted, arguments.repository);
}

author::Outcome<std::vector<log::AuditedPolicy>> ReadPolicies(const Session& session, const AuditArguments& arguments,
                                                              const std::vector<std::string>& roots) {
  std::vector<log::AuditedPolicy> policies;
  for (const std::string& path : arguments.trust_policies) {
    EK_TRY_ASSIGN(const author::AskedPolicy policy, author::AskedPolicy::Read(session.context, path, roots));
    policies.push_back({policy.version(), policy.fingerprint()});
  }
  return policies;
}

author::Outcome<log::NotaryPolicy> ReadSettings(const std::string& path) {
  if (path.empty()) return ParseNotarySettings("{}", "notary settings");
  EK_TRY_ASSIGN(const std::string text, ReadText(path, kMaxSettingsSize));
  return ParseNotarySettings(text, path);
}

}  // namespace

void AddAuditOptions(CLI::App& command, AuditArguments& arguments) {
  command.add_option("LOG", arguments.log, "a log's directory, an exported one, or its address")->required();
  command.add_option("--policy", arguments.policy, "which logs and witnesses you believe (spec/log.md)")->required();
  command.add_option("--root", arguments.root, "the root from which on people are followed, your own copy")->required();
  command.add_option("--repository", arguments.repository, "where the roots after it are");
  command.add_option("--notary", arguments.notary, "the notary's holder.json")->required();
  command.add_option("--former", arguments.former, "holder.json of a notary before it, whose verdicts stand");
  command.add_option("--rules", arguments.rules, "the notary's settings");
  command.add_option("--trust-policy", arguments.trust_policies, "a trust policy that devices have: the log must too");
}

author::Outcome<std::unique_ptr<AuditorTrust>> ReadAuditorTrust(const Session& session,
                                                                const AuditArguments& arguments) {
  EK_TRY_ASSIGN(release::log::Policy policy, ReadLogPolicy(session, arguments.policy));
  EK_TRY_ASSIGN(const std::vector<std::string> roots, ReadRoots(arguments));
  EK_TRY_ASSIGN(auto chain, author::ReadRootChain(session.context, roots));
  std::vector<author::VerifyingHolder> notaries;
  std::vector<std::string> paths = {arguments.notary};
  paths.insert(paths.end(), arguments.former.begin(), arguments.former.end());
  for (const std::string& path : paths) {
    EK_TRY_ASSIGN(const author::PublicHolder shown, author::ReadPublicHolder(path));
    EK_TRY_ASSIGN(author::VerifyingHolder notary, author::ToVerifyingHolder(shown));
    notaries.push_back(std::move(notary));
  }
  EK_TRY_ASSIGN(const log::NotaryPolicy settings, ReadSettings(arguments.rules));
  auto read = std::make_unique<AuditorTrust>(std::move(policy), std::move(chain), std::move(notaries));
  log::AuditTrust& trust = read->trust;
  for (const author::VerifyingHolder& notary : read->notaries) trust.notaries.push_back(notary.view());
  EK_TRY_ASSIGN(trust.policies, ReadPolicies(session, arguments, roots));
  trust.required_classes = {author::kReleaseClasses.begin(), author::kReleaseClasses.end()};
  for (const author::ChainedRoot& root : read->chain) {
    EK_TRY_ASSIGN(log::AuditedRoot audited, ForAudit(root, settings, read->notaries.front()));
    trust.roots.push_back(std::move(audited));
    // Nobody who approved judged; WithPeople says so of each notary.
    for (const author::VerifyingHolder& notary : read->notaries) EK_TRY(WithPeople({}, root.people, notary));
  }
  return read;
}

author::Outcome<BelievedLog> OpenBelievedLog(const Session& session, const AuditArguments& arguments,
                                             const release::log::Policy& policy, UnixTime now) {
  EK_TRY_ASSIGN(ReadableLog opened, OpenReadableLog(arguments.log));
  EK_TRY_ASSIGN(const auto checkpoint, author::At(arguments.log, policy.Verify(session.context.provider, opened.note,
                                                                               UnixTime{now.value + kClockTolerance})));
  return BelievedLog{std::move(opened.storage), std::move(opened.prefix), std::move(opened.note), checkpoint};
}

}  // namespace edgekeep::cli::publisher
