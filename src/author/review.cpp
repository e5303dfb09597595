#include <algorithm>

#include "edgekeep/author/proposal.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/json/text.h"
#include "edgekeep/release/release_statement.h"
#include "opened_proposal.h"
#include "release_files.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxManifestFile = 1'000'000;
constexpr release::HolderRule kRule{.required_classes = kReleaseClasses};

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
  if (file.kind == "file") file.kind = view.kind;
  return file;
}

Outcome<std::string> ReadManifestFile(const Context& context, const OpenedProposal& proposal,
                                      const std::string& folder) {
  const std::string path = folder + "/" + kManifestName;
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxManifestFile)));
  EK_TRY_ASSIGN(const Digest digest, At(path, crypto::Sha256(context.provider, {bytes.view()})));
  if (digest != proposal.statement.entry().manifest) return NotAsStated("not the manifest that is proposed", path);
  return std::string(AsText(bytes.view()));
}

// The manifest is for devices what the metadata is for reviewers: both must say the same.
Done CheckManifest(const OpenedProposal& proposal, std::string_view text, const std::vector<ReleasedFile>& files,
                   const std::string& place) {
  EK_TRY_ASSIGN(const json::Document document, At(place, json::Document::Parse(AsBytes(text), {})));
  const json::Node list = document.root().Find("files");
  if (!list.is_array() || list.size() != files.size()) return NotAsStated("lists other files", place);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Result<std::string_view> path = list[i].Find("path").AsText();
    const auto found = std::ranges::find_if(files, [&](const auto& file) { return path && file.target == *path; });
    const Result<std::string_view> sha256 = list[i].Find("sha256").AsText();
    if (found == files.end() || !sha256 || HexText(found->sha256.view()) != *sha256) {
      return NotAsStated("lists other files", place);
    }
  }
  const formats::ReleaseEntry& entry = proposal.statement.entry();
  const Result<std::string_view> product = document.root().Find("product").AsText();
  const Result<std::uint64_t> sequence = document.root().Find("sequence").AsUnsigned();
  const Result<std::uint64_t> epoch = document.root().Find("security-epoch").AsUnsigned();
  if (!product || *product != entry.product.view() || !sequence || *sequence != entry.version.sequence.value ||
      !epoch || *epoch != entry.security_epoch) {
    return NotAsStated("is about another release", place);
  }
  return {};
}

Done CompareReleases(const Context& context, const OpenedProposal& proposal, const ReviewMeans& means,
                     const Manifest& manifest, ProposalReview& review) {
  const formats::ReleaseEntry& entry = proposal.statement.entry();
  const std::string prefix = std::string(entry.product.view()) + "/" + std::string(entry.channel) + "/";
  EK_TRY_ASSIGN(const auto before, ReadNewestManifest(context, means.repository, proposal.before, prefix));
  std::vector<std::string>& lines = review.differences;
  if (!before) {
    lines.emplace_back("first release of this product and channel");
    return {};
  }
  review.version_before = before->version + " (sequence " + std::to_string(before->sequence) + ")";
  if (manifest.sequence <= before->sequence) lines.emplace_back("THE VERSION GOES BACK");
  if (manifest.sequence > before->sequence + 1) lines.emplace_back("the version skips numbers");
  CompareLists("input", before->inputs, manifest.inputs, lines);
  CompareLists("output", before->outputs, manifest.outputs, lines);
  CompareLists("component", before->components, manifest.components, lines);
  return {};
}

// A reviewer who has the model need not take the author's word for what goes in and out.
Done CompareModel(const ReviewMeans& means, const Manifest& manifest) {
  if (means.model.empty()) return {};
  EK_TRY_ASSIGN(const json::Object interface, InterfaceOf(means.model));
  const json::Object stated = json::Object().Set("interface", interface).Set("sequence", 1).Set("version", "1");
  EK_TRY_ASSIGN(const Manifest own, ParseManifest(json::Write(stated), means.model));
  if (own.inputs == manifest.inputs && own.outputs == manifest.outputs) return {};
  return NotAsStated("has other inputs or outputs than the author states", means.model);
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
    tally.holders.push_back({holder, vote != votes.end() && release::IsComplete(*vote, kRule)});
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
  EK_TRY_ASSIGN(const std::string text, ReadManifestFile(context, proposal, folder));
  EK_TRY(CheckManifest(proposal, text, review.files, folder + "/" + kManifestName));
  EK_TRY_ASSIGN(const Manifest manifest, ParseManifest(text, folder));
  EK_TRY(CompareModel(means, manifest));
  EK_TRY(CompareReleases(context, proposal, means, manifest, review));
  EK_TRY_ASSIGN(review.approvals, TallyApprovals(context, proposal, proposal.folder));
  EK_TRY_ASSIGN(review.rejections, ReadRejections(context, folder, proposal.root.text, proposal.statement.digest()));
  review.is_complete = review.approvals.num_signed() >= review.approvals.threshold && review.rejections.empty();
  return review;
}

}  // namespace edgekeep::author
