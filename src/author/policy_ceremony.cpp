#include "edgekeep/author/policy_ceremony.h"

#include <algorithm>

#include "ceremony_entries.h"
#include "edgekeep/author/holder_keys.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/release/release_statement.h"
#include "edgekeep/release/trust_policy.h"
#include "joint_statement.h"
#include "policy_folder.h"
#include "policy_text.h"
#include "root_view.h"

namespace edgekeep::author {
namespace {

Done CheckTaken(const Context& context, const std::string& folder, const formats::TrustPolicy& policy) {
  for (const formats::Holder& notary : policy.notaries) {
    if (notary.keys.size() != kReleaseClasses.size())
      return Failure{ErrorCode::kMalformed, "not one key of each class", std::string(notary.name),
                     "name a holder.json"};
  }
  EK_TRY_ASSIGN(const auto log, At(folder, release::log::Policy::Parse(context.provider, policy.log_policy)));
  return At(folder, release::CheckLogApart(policy, log));
}

Result<Bytes> Encode(const formats::TrustPolicy& policy) {
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(formats::kMaxTrustPolicySize));
  CborWriter writer(buffer.mutable_view());
  EK_TRY(formats::EncodeTrustPolicy(policy, writer));
  buffer.Truncate(writer.written().size());
  return buffer;
}

// A word is a role's, a key's or an officer's.
Status AddWho(const std::string& word, formats::OrderRule& rule) {
  if (word == "root") return rule.roles.PushBack(formats::OrderRole::kRoot);
  if (word == "approvers") return rule.roles.PushBack(formats::OrderRole::kApprovers);
  KeyId key;
  if (word.size() == 2 * KeyId::kSize && FromHex(word, key.mutable_view())) return rule.keys.PushBack(key);
  return rule.officers.PushBack(word);
}

Done AddOrderRules(const std::string& place, const PolicyContent& content, formats::TrustPolicy& policy) {
  for (const OrderRuleContent& wanted : content.orders) {
    formats::OrderRule rule{.kind = wanted.kind, .quorum = wanted.quorum};
    for (const std::string& word : wanted.who) EK_TRY(At(word, AddWho(word, rule)));
    std::ranges::sort(rule.roles);
    std::ranges::sort(rule.officers);
    std::ranges::sort(rule.keys);
    EK_TRY(At(place, policy.orders.PushBack(rule)));
  }
  std::ranges::sort(policy.orders, {}, &formats::OrderRule::kind);
  for (const formats::QuarantinedClass& chips : content.quarantine)
    EK_TRY(At(place, policy.quarantine.PushBack(chips)));
  std::ranges::sort(policy.quarantine, {},
                    [](const auto& chips) { return std::pair(chips.manufacturer, chips.first_firmware); });
  return {};
}

Outcome<formats::TrustPolicy> PolicyOf(const std::string& place, const PolicyContent& content,
                                       std::vector<VerifyingHolder>& holders) {
  formats::TrustPolicy policy{.version = content.version,
                              .authority = content.authority,
                              .profile = content.profile,
                              .min_approvers = content.min_approvers,
                              .delay = content.delay,
                              .max_time_step = content.max_time_step,
                              .issued_at = content.issued_at,
                              .min_independent_witnesses = content.min_independent_witnesses,
                              .log_policy = content.log_policy};
  for (const std::uint8_t number : kReleaseClasses) EK_TRY(At(place, policy.required_classes.PushBack(number)));
  holders.reserve(content.notaries.size() + content.officers.size());
  for (const PublicHolder& notary : content.notaries) {
    EK_TRY_ASSIGN(VerifyingHolder holder, ToVerifyingHolder(notary));
    holders.push_back(std::move(holder));
    EK_TRY(At(place, policy.notaries.PushBack(holders.back().view())));
  }
  for (const std::string& name : content.dependent_cosigners) {
    EK_TRY(At(place, policy.dependent_cosigners.PushBack(name)));
  }
  for (const PublicHolder& officer : content.officers) {
    EK_TRY_ASSIGN(VerifyingHolder holder, ToVerifyingHolder(officer));
    holders.push_back(std::move(holder));
    EK_TRY(At(place, policy.officers.PushBack(holders.back().view())));
  }
  EK_TRY(AddOrderRules(place, content, policy));
  return policy;
}

// A device takes a repair under the root that it names, and under no other.
Done CheckRepair(const PolicyFolder& folder, const std::string& path, const PolicyRoots& roots) {
  if (folder.is_policy()) return {};
  EK_TRY_ASSIGN(const formats::TimeRepair repair, At(path, formats::DecodeTimeRepair(folder.payload())));
  EK_TRY_ASSIGN(const auto facts, At("root", release::ReadMetadataFacts("root", AsBytes(roots.root))));
  if (repair.root_version == facts.version) return {};
  return Failure{ErrorCode::kWrongVersion,
                 "a repair under root " + std::to_string(repair.root_version) + ", and this is root " +
                     std::to_string(facts.version),
                 path, "name the root that devices have now; if it is newer, write another repair"};
}

Outcome<JointStatement> StatementOf(const PolicyFolder& folder) {
  EK_TRY_ASSIGN(std::vector<Bytes> files, folder.Signed());
  return JointStatement{folder.type(), folder.payload(), std::move(files)};
}

// Of a policy: from its issue on, since each device waits by its own time.
Result<formats::PolicyChange> ChangeOf(const PolicyFolder& folder) {
  if (folder.is_policy()) {
    EK_TRY_ASSIGN(const formats::TrustPolicy policy, formats::DecodeTrustPolicy(folder.payload()));
    return formats::PolicyChange{.kind = formats::PolicyKind::kTrust,
                                 .version = policy.version,
                                 .policy = folder.digest(),
                                 .not_before = policy.issued_at};
  }
  EK_TRY_ASSIGN(const formats::TimeRepair repair, formats::DecodeTimeRepair(folder.payload()));
  return formats::PolicyChange{.kind = formats::PolicyKind::kTimeRepair,
                               .version = repair.number,
                               .policy = folder.digest(),
                               .not_before = repair.time};
}

// What the log is told.
Outcome<std::vector<CeremonyContent>> ContentsOf(const PolicyFolder& folder, const std::string& path) {
  EK_TRY_ASSIGN(const formats::PolicyChange change, At(path, ChangeOf(folder)));
  EK_TRY_ASSIGN(Bytes content, At(path, Bytes::Allocate(formats::kMaxLogContentSize)));
  CborWriter writer(content.mutable_view());
  EK_TRY(At(path, formats::EncodePolicyChange(change, writer)));
  content.Truncate(writer.written().size());
  std::vector<CeremonyContent> contents;
  contents.push_back({folder.is_policy() ? "policy-change" : "time-repair", std::move(content)});
  return contents;
}

Outcome<std::vector<ListedHolder>> NotariesOf(const Context& context, const PolicyFolder& folder,
                                              const std::string& place) {
  std::vector<ListedHolder> listed;
  if (!folder.is_policy()) return listed;
  EK_TRY_ASSIGN(const formats::TrustPolicy policy, At(place, formats::DecodeTrustPolicy(folder.payload())));
  for (const formats::Holder& notary : policy.notaries) {
    EK_TRY_ASSIGN(Fingerprint fingerprint, FingerprintOf(context, notary));
    listed.push_back({.name = std::string(notary.name), .roles = {"notary"}, .fingerprint = std::move(fingerprint)});
  }
  for (const formats::Holder& officer : policy.officers) {
    EK_TRY_ASSIGN(Fingerprint fingerprint, FingerprintOf(context, officer));
    listed.push_back({.name = std::string(officer.name), .roles = {"officer"}, .fingerprint = std::move(fingerprint)});
  }
  return listed;
}

using RoleViews = std::map<std::string, RoleView>;

Outcome<RoleViews> RolesIn(const Context& context, const std::string& root, const std::string& place) {
  if (root.empty()) return RoleViews();
  EK_TRY_ASSIGN(const MetadataText parsed, ParseMetadata(context, root, place));
  return ViewRoles(context, parsed, place);
}

}  // namespace

Done StartPolicy(const Context& context, const std::string& folder, const PolicyContent& content) {
  std::vector<VerifyingHolder> holders;
  EK_TRY_ASSIGN(const formats::TrustPolicy policy, PolicyOf(folder, content, holders));
  EK_TRY(CheckTaken(context, folder, policy));
  EK_TRY_ASSIGN(const Bytes payload, At(folder, Encode(policy)));
  return PolicyFolder::Create(folder, formats::typ::kTrustPolicy, payload.view());
}

Done StartTimeRepair(const Context&, const std::string& folder, formats::TimeRepair repair, const std::string& root) {
  EK_TRY_ASSIGN(const auto facts, At("root", release::ReadMetadataFacts("root", AsBytes(root))));
  repair.root_version = facts.version;
  std::array<std::uint8_t, formats::kMaxTimeRepairSize> buffer;
  CborWriter writer(buffer);
  EK_TRY(At(folder, formats::EncodeTimeRepair(repair, writer)));
  return PolicyFolder::Create(folder, formats::typ::kTimeRepair, writer.written());
}

Outcome<PolicyReview> ReviewPolicy(const Context& context, const std::string& path, const PolicyRoots& roots) {
  EK_TRY_ASSIGN(const PolicyFolder folder, PolicyFolder::Open(context, path));
  EK_TRY_ASSIGN(const JointStatement statement, StatementOf(folder));
  EK_TRY(CheckRepair(folder, path, roots));
  EK_TRY_ASSIGN(JointSignatures count,
                CountSigners(context, statement, {roots.root, roots.root_before, Counted::kPeople}));
  PolicyReview review;
  EK_TRY_ASSIGN(review.lines, At(path, DescribeStatement(folder.type(), folder.payload())));
  EK_TRY_ASSIGN(const RoleViews now, RolesIn(context, roots.root, "root"));
  EK_TRY_ASSIGN(const RoleViews before, RolesIn(context, roots.root_before, "root before"));
  review.holders = ListHolders(before, now);
  EK_TRY_ASSIGN(std::vector<ListedHolder> notaries, NotariesOf(context, folder, path));
  review.holders.insert(review.holders.end(), notaries.begin(), notaries.end());
  review.digest = folder.digest();
  review.is_complete = count.IsComplete();
  review.tallies = std::move(count.tallies);
  return review;
}

Done SignPolicy(const Context& context, const std::string& path, const PolicyRoots& roots, const Digest& digest,
                const ReleaseKeys& keys, const PublicHolder* new_keys) {
  EK_TRY_ASSIGN(const PolicyFolder folder, PolicyFolder::Open(context, path));
  if (folder.digest() != digest)
    return Failure{ErrorCode::kWrongVersion, "not what was reviewed", path, "look at it again with 'policy show'"};
  EK_TRY(At(path, DescribeStatement(folder.type(), folder.payload())));
  if (release::IsRecoveryName(keys.holder.name)) {
    return Failure{ErrorCode::kForbidden, "recovery keys sign roots and nothing else", keys.holder.name,
                   "have the root's holders sign"};
  }
  EK_TRY(CheckRepair(folder, path, roots));
  EK_TRY(CheckTrustedRoot(context, roots.root, "root"));
  EK_TRY_ASSIGN(const RoleViews now, RolesIn(context, roots.root, "root"));
  EK_TRY_ASSIGN(const RoleViews before, RolesIn(context, roots.root_before, "root before"));
  EK_TRY(CheckListed(context, {before, now}, {keys.holder, new_keys}, "root"));
  EK_TRY_ASSIGN(const std::vector<ListedHolder> notaries, NotariesOf(context, folder, path));
  EK_TRY_ASSIGN(const Fingerprint own, FingerprintOf(context, keys.holder));
  EK_TRY(CheckOwnKeys(notaries, keys.holder.name, own, path));
  if (folder.is_policy()) {
    EK_TRY_ASSIGN(const formats::TrustPolicy policy, At(path, formats::DecodeTrustPolicy(folder.payload())));
    EK_TRY_ASSIGN(const auto log, At(path, release::log::Policy::Parse(context.provider, policy.log_policy)));
    EK_TRY(At(path, release::CheckSeparation(context.provider, policy, log, AsBytes(roots.root))));
  }
  EK_TRY_ASSIGN(const auto contents, ContentsOf(folder, path));
  EK_TRY(SignCeremonyContents(context, path, contents, keys));
  return folder.Sign(context, keys);
}

Outcome<CeremonyEntry> PolicyEntry(const Context& context, const std::string& path, const PolicyRoots& roots) {
  EK_TRY_ASSIGN(const PolicyFolder folder, PolicyFolder::Open(context, path));
  EK_TRY(FinishPolicy(context, path, roots));
  EK_TRY_ASSIGN(const auto contents, ContentsOf(folder, path));
  EK_TRY_ASSIGN(auto entries,
                JoinCeremonyEntries(context, path, contents, {roots.root, roots.root_before, Counted::kPeople}));
  return std::move(entries.front());
}

Outcome<Bytes> FinishPolicy(const Context& context, const std::string& path, const PolicyRoots& roots) {
  EK_TRY_ASSIGN(const PolicyFolder folder, PolicyFolder::Open(context, path));
  EK_TRY_ASSIGN(const JointStatement statement, StatementOf(folder));
  EK_TRY(CheckRepair(folder, path, roots));
  EK_TRY_ASSIGN(const JointSignatures count,
                CountSigners(context, statement, {roots.root, roots.root_before, Counted::kPeople}));
  if (!count.IsComplete())
    return Failure{ErrorCode::kBadSignature, "too few holders signed", path, "see who has with 'policy show'"};
  EK_TRY_ASSIGN(Bytes object, JoinSignatures(context, statement, count, path));
  if (folder.is_policy()) {
    EK_TRY(At(path, release::VerifyTrustPolicy(context.provider, object.view(), AsBytes(roots.root))));
  }
  return object;
}

}  // namespace edgekeep::author
