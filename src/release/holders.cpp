#include "edgekeep/release/holders.h"

#include <algorithm>

#include "edgekeep/release/limits.h"
#include "edgekeep/release/release_statement.h"
#include "edgekeep/release/signed_message.h"
#include "metadata_file.h"
#include "people_rules.h"
#include "signatures.h"

namespace edgekeep::release {
namespace {

using json::Node;

bool IsTopLevel(std::string_view role) {
  return role == "targets" || FileTypeOf(role) != FileType::kTargets;
}

Result<Signers> FindSigners(const MetadataFile& delegator, std::string_view role) {
  if (IsTopLevel(role)) return Signers{delegator.content().Find("keys"), delegator.content().Find("roles").Find(role)};
  const Node delegations = delegator.content().Find("delegations");
  const Node roles = delegations.Find("roles");
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (*roles[i].Find("name").AsText() == role) return Signers{delegations.Find("keys"), roles[i]};
  }
  return Error(ErrorCode::kNotFound, "delegated role");
}

Status AddVote(HolderVotes& votes, std::string_view holder, crypto::AlgorithmId algorithm) {
  EK_TRY_ASSIGN(const crypto::Algorithm row, crypto::FindAlgorithm(algorithm, crypto::Kind::kSignature));
  const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(row.security_class));
  const auto known = std::ranges::find_if(votes, [&](const auto& vote) { return vote.holder.view() == holder; });
  if (known != votes.end()) {
    known->classes |= bit;
    return {};
  }
  EK_TRY_ASSIGN(const auto name, InlineString<kMaxHolderName>::From(holder));
  return votes.PushBack({name, bit});
}

Result<HolderVotes> Count(const crypto::Provider& provider, const MetadataFile& file, const Signers& signers) {
  EK_TRY_ASSIGN(const SignedMessage message, SignedMessage::Of(provider, file.content()));
  HolderVotes votes;
  const Node signatures = file.signatures();
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    const std::string_view id = *signatures[i].Find("keyid").AsText();
    const Node key = signers.keys.Find(id);
    const std::string_view holder = HolderNamedBy(key);
    if (holder.empty() || !ListsKey(signers.role, id)) continue;
    const Result<MetadataSigner> signer = VerifySignature(provider, message, key, *signatures[i].Find("sig").AsText());
    if (signer) EK_TRY(AddVote(votes, holder, signer->algorithm));
  }
  return votes;
}

struct Ballot {
  HolderVotes votes;
  std::uint64_t threshold = 0;
};

Result<Ballot> Read(const crypto::Provider& provider, ByteView delegator, std::string_view role, ByteView file) {
  const FileType delegator_type = IsTopLevel(role) ? FileType::kRoot : FileType::kTargets;
  EK_TRY_ASSIGN(const MetadataFile naming, MetadataFile::Parse(delegator, delegator_type));
  EK_TRY(IsTopLevel(role) ? CheckPeopleOfRoot(provider, naming) : CheckPeopleOfDelegations(provider, naming));
  EK_TRY_ASSIGN(const Signers signers, FindSigners(naming, role));
  EK_TRY_ASSIGN(const MetadataFile signed_file, MetadataFile::Parse(file, FileTypeOf(role)));
  if (role == "root") EK_TRY(CheckPeopleOfRoot(provider, signed_file));
  Ballot ballot;
  EK_TRY_ASSIGN(ballot.threshold, signers.role.Find("threshold").AsUnsigned());
  EK_TRY_ASSIGN(ballot.votes, Count(provider, signed_file, signers));
  return ballot;
}

}  // namespace

bool IsComplete(const HolderVote& vote, const HolderRule& rule) {
  return std::ranges::all_of(rule.required_classes,
                             [&](std::uint8_t required) { return (vote.classes >> required & 1U) != 0; });
}

Result<HolderVotes> CountHolders(const crypto::Provider& provider, ByteView delegator, std::string_view role,
                                 ByteView file) {
  EK_TRY_ASSIGN(const Ballot ballot, Read(provider, delegator, role, file));
  return ballot.votes;
}

Result<HolderVotes> CheckHolders(const crypto::Provider& provider, ByteView delegator, std::string_view role,
                                 ByteView file, const HolderRule& rule) {
  EK_TRY_ASSIGN(const Ballot ballot, Read(provider, delegator, role, file));
  HolderVotes counted;
  for (const HolderVote& vote : ballot.votes) {
    const bool counts = std::ranges::find(rule.not_counted, vote.holder.view()) == rule.not_counted.end();
    if (counts && IsComplete(vote, rule)) EK_TRY(counted.PushBack(vote));
  }
  if (counted.size() >= std::max(ballot.threshold, rule.min_holders)) return counted;
  return Error(ErrorCode::kBadSignature, "too few holders signed in every class");
}

Status CheckDelegatesToNobody(ByteView targets) {
  EK_TRY_ASSIGN(const MetadataFile file, MetadataFile::Parse(targets, FileType::kTargets));
  const Node delegations = file.content().Find("delegations");
  if (delegations.Find("roles").size() == 0 && !delegations.Find("succinct_roles")) return {};
  return Error(ErrorCode::kUnsupported, "targets that delegate");
}

Result<HolderVotes> CheckApprovals(const crypto::Provider& provider, ByteView root, ByteView targets,
                                   std::span<const std::uint8_t> required_classes) {
  EK_TRY(CheckDelegatesToNobody(targets));
  EK_TRY_ASSIGN(const ReleaseStatement statement, ReleaseStatement::Read(provider, targets));
  const std::string_view author = statement.entry().author;
  const HolderRule rule{.required_classes = required_classes, .not_counted = {&author, 1}};
  return CheckHolders(provider, root, "targets", targets, rule);
}

}  // namespace edgekeep::release
