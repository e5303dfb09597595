#include <algorithm>

#include "edgekeep/author/proposal.h"
#include "edgekeep/release/release_statement.h"
#include "manifest_check.h"
#include "operations_release.h"
#include "release_files.h"
#include "release_rule.h"

namespace edgekeep::author {
namespace {

Outcome<ReleasedFile> CheckFile(const Context& context, const OpenedProposal& proposal, const ReviewMeans& means,
                                const std::string& target, const TargetView& view) {
  const formats::ReleaseEntry& entry = proposal.statement.entry();
  EK_TRY_ASSIGN(const std::string name, TargetNameOf(target));
  const std::string path = means.files + "/" + name;
  EK_TRY_ASSIGN(ReleasedFile file, DescribeFile(context, path, {entry.product, entry.version, means.trust}));
  if (HexText(file.sha256.view()) != view.sha256 || file.size != view.size) {
    return NotAsStated("not the file that is proposed", path);
  }
  file.target = target;
  // A bill of materials is what its author calls so; everything else shows what it is.
  if (file.kind == "file" && view.kind == "sbom") file.kind = view.kind;
  if (file.kind != view.kind) return NotAsStated("proposed as something else than it is", path);
  return file;
}

Done CompareReleases(const Context& context, const OpenedProposal& proposal, const ReviewMeans& means,
                     const Manifest& manifest, ProposalReview& review) {
  const formats::ReleaseEntry& entry = proposal.statement.entry();
  const std::string prefix = std::string(entry.product.view()) + "/" + std::string(entry.channel) + "/";
  EK_TRY_ASSIGN(const auto before, ReadNewestManifest(context, means.repository, proposal.before, prefix));
  std::vector<std::string>& lines = review.differences;
  for (const ReleasedFile& file : review.files) {
    if (file.version.empty() || file.version == review.version) continue;
    lines.push_back(file.name + " calls its version " + file.version + ", the release " + review.version);
  }
  if (!before) {
    lines.emplace_back("first release of this product and channel");
    return {};
  }
  review.version_before = before->version + " (sequence " + std::to_string(before->sequence) + ")";
  if (manifest.sequence <= before->sequence) lines.emplace_back("THE VERSION GOES BACK");
  if (manifest.sequence > before->sequence + 1) lines.emplace_back("the version skips numbers");
  const auto what = [&review](const std::string& name) {
    const auto fact = std::ranges::find(review.facts, name, &StatedFact::what);
    return fact == review.facts.end() || fact->seen_in.empty() ? "the author says: " + name : name;
  };
  CompareLists(what("input"), before->inputs, manifest.inputs, lines);
  CompareLists(what("output"), before->outputs, manifest.outputs, lines);
  CompareLists(what("component"), before->components, manifest.components, lines);
  return {};
}

Outcome<Tally> TallyApprovals(const Context& context, const OpenedProposal& proposal, const SigningFolder& folder) {
  EK_TRY_ASSIGN(const std::string file, folder.Assemble(context, {proposal.state.root}));
  EK_TRY_ASSIGN(const auto votes,
                At(folder.path(),
                   release::CountHolders(context.provider, AsBytes(proposal.state.root), "targets", AsBytes(file))));
  const RoleView& role = proposal.roles.at("targets");
  Tally tally{.role = "targets", .threshold = role.threshold, .holders = {}};
  for (const auto& [holder, ids] : role.keys) {
    if (holder == proposal.statement.entry().author) continue;
    const auto vote = std::ranges::find_if(votes, [&](const auto& one) { return one.holder.view() == holder; });
    tally.holders.push_back({holder, vote != votes.end() && release::IsComplete(*vote, kReleaseRule)});
  }
  return tally;
}

void TakeStatement(const OpenedProposal& proposal, ProposalReview& review) {
  const formats::ReleaseEntry& entry = proposal.statement.entry();
  review.digest = proposal.folder.digest();
  review.targets_version = entry.targets_version;
  review.product = entry.product.view();
  review.channel = entry.channel;
  review.version = entry.version.display.view();
  review.sequence = entry.version.sequence.value;
  review.security_epoch = entry.security_epoch;
  review.author = entry.author;
  review.holders = ListHolders({}, proposal.roles);
  review.is_first = proposal.state.targets.empty();
}

}  // namespace

Outcome<ProposalReview> ReviewProposal(const Context& context, const std::string& folder, const ReviewMeans& means) {
  EK_TRY_ASSIGN(const OpenedProposal proposal, OpenProposal(context, folder, means));
  ProposalReview review;
  TakeStatement(proposal, review);
  EK_TRY_ASSIGN(const std::string_view expires, At(folder, proposal.content.content().Find("expires").AsText()));
  review.expires = expires;
  const formats::ReleaseEntry& entry = proposal.statement.entry();
  const std::string directory = DirectoryOf(entry.product, review.channel, entry.version.sequence);
  EK_TRY(CompareTargets(proposal.before, proposal.targets, entry));
  for (const auto& [target, view] : proposal.targets) {
    if (proposal.before.contains(target) || target == directory + kManifestName) continue;
    EK_TRY_ASSIGN(ReleasedFile file, CheckFile(context, proposal, means, target, view));
    review.files.push_back(std::move(file));
  }
  EK_TRY(CheckOperationsRelease(release::ReleasePlace::Of(entry), review.files, proposal.before));
  EK_TRY_ASSIGN(const Manifest manifest, CheckManifest(context, proposal, means, folder, review.files));
  review.facts = FactsIn(manifest, means, review.files);
  EK_TRY(CompareReleases(context, proposal, means, manifest, review));
  EK_TRY_ASSIGN(const auto demands, CompareOperations(context, means.repository, proposal.before, review, means.files));
  review.differences.insert(review.differences.end(), demands.begin(), demands.end());
  EK_TRY_ASSIGN(review.approvals, TallyApprovals(context, proposal, proposal.folder));
  EK_TRY_ASSIGN(review.rejections, ReadRejections(context, folder, proposal.root.text, proposal.statement.digest()));
  review.is_complete = review.approvals.num_signed() >= review.approvals.threshold && review.rejections.empty();
  return review;
}

}  // namespace edgekeep::author
