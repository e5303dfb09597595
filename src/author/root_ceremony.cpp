#include "edgekeep/author/root_ceremony.h"

#include <algorithm>

#include "ceremony_entries.h"
#include "edgekeep/release/release_statement.h"
#include "release_rule.h"
#include "repository_files.h"
#include "root_view.h"

namespace edgekeep::author {
namespace {

Outcome<Tally> TallyOf(const Context& context, const std::string& label, const MetadataText& naming,
                       const RoleView& role, const std::string& file) {
  EK_TRY_ASSIGN(const release::HolderVotes votes,
                At(label, release::CountHolders(context.provider, naming.bytes(), "root", AsBytes(file))));
  Tally tally{.role = label, .threshold = role.threshold, .holders = {}};
  for (const auto& [holder, ids] : role.keys) {
    const auto vote = std::ranges::find_if(votes, [&](const auto& one) { return one.holder.view() == holder; });
    tally.holders.push_back({holder, vote != votes.end() && release::IsComplete(*vote, kReleaseRule)});
  }
  return tally;
}

struct Ceremony {
  SigningFolder folder;
  MetadataText content;
  std::map<std::string, RoleView> roles;
  std::optional<MetadataText> before;
  std::map<std::string, RoleView> roles_before;
};

Failure NotTheNext(const std::string& folder) {
  return {ErrorCode::kWrongVersion, "not the root that follows the trusted one", folder,
          "name the root that devices have now with --root; version 1 follows none"};
}

Outcome<Ceremony> OpenCeremony(const Context& context, const std::string& path, const std::string& trusted) {
  EK_TRY_ASSIGN(SigningFolder folder, SigningFolder::Open(context, path));
  if (folder.role() != "root") return Describe(Error(ErrorCode::kBadArgument, "no root ceremony"), path);
  EK_TRY_ASSIGN(MetadataText content, ParseMetadata(context, folder.content_text(), path));
  EK_TRY_ASSIGN(auto roles, ViewRoles(context, content, path));
  Ceremony ceremony{std::move(folder), std::move(content), std::move(roles), {}, {}};
  EK_TRY_ASSIGN(const auto facts, At(path, release::ReadMetadataFacts("root", ceremony.content.bytes())));
  if (facts.expires <= context.now) return Describe(Error(ErrorCode::kExpired, "root metadata"), path);
  if (trusted.empty()) {
    if (facts.version != 1) return NotTheNext(path);
    return ceremony;
  }
  EK_TRY_ASSIGN(ceremony.before, ParseMetadata(context, trusted, "trusted root"));
  EK_TRY_ASSIGN(ceremony.roles_before, ViewRoles(context, *ceremony.before, "trusted root"));
  EK_TRY(At("trusted root",
            release::CheckHolders(context.provider, AsBytes(trusted), "root", AsBytes(trusted), kReleaseRule)));
  EK_TRY_ASSIGN(const auto facts_before, At("trusted root", release::ReadMetadataFacts("root", AsBytes(trusted))));
  if (facts.version != facts_before.version + 1) return NotTheNext(path);
  return ceremony;
}

Outcome<std::string> AssembleRoot(const Context& context, const Ceremony& ceremony) {
  std::vector<std::string> roots = {ceremony.content.text};
  if (ceremony.before) roots.push_back(ceremony.before->text);
  return ceremony.folder.Assemble(context, roots);
}

Outcome<std::vector<Tally>> TalliesOf(const Context& context, const Ceremony& ceremony, const std::string& file) {
  std::vector<Tally> tallies;
  EK_TRY_ASSIGN(Tally own, TallyOf(context, "root", ceremony.content, ceremony.roles.at("root"), file));
  tallies.push_back(std::move(own));
  if (ceremony.before) {
    EK_TRY_ASSIGN(Tally before,
                  TallyOf(context, "root before", *ceremony.before, ceremony.roles_before.at("root"), file));
    tallies.push_back(std::move(before));
  }
  return tallies;
}

Outcome<std::vector<CeremonyContent>> ContentsOf(const Ceremony& ceremony) {
  return CeremonyContents(ceremony.folder.version(), ceremony.folder.digest(), ceremony.roles, ceremony.roles_before);
}

bool IsReached(const Tally& tally) {
  return tally.num_signed() >= tally.threshold;
}

}  // namespace

std::uint64_t Tally::num_signed() const {
  return static_cast<std::uint64_t>(std::ranges::count(holders, true, &Standing::signed_all));
}

Outcome<RootReview> ReviewRoot(const Context& context, const std::string& folder, const std::string& trusted) {
  EK_TRY_ASSIGN(const Ceremony ceremony, OpenCeremony(context, folder, trusted));
  EK_TRY_ASSIGN(const std::string file, AssembleRoot(context, ceremony));
  RootReview review;
  review.version = ceremony.folder.version();
  review.digest = ceremony.folder.digest();
  EK_TRY_ASSIGN(const std::string_view expires, At(folder, ceremony.content.content().Find("expires").AsText()));
  review.expires = expires;
  review.changes = CompareRoots(ceremony.roles_before, ceremony.roles);
  review.holders = ListHolders(ceremony.roles_before, ceremony.roles);
  EK_TRY_ASSIGN(review.tallies, TalliesOf(context, ceremony, file));
  review.is_complete = std::ranges::all_of(review.tallies, IsReached);
  return review;
}

Done SignRoot(const Context& context, const std::string& folder, const std::string& trusted, const Digest& digest,
              const ReleaseKeys& keys, const PublicHolder* new_keys) {
  EK_TRY_ASSIGN(const Ceremony ceremony, OpenCeremony(context, folder, trusted));
  if (ceremony.folder.digest() != digest) {
    return Failure{ErrorCode::kWrongVersion, "not what was reviewed", folder, "review it again, and sign what you saw"};
  }
  const std::string& name = keys.holder.name;
  if (!ceremony.roles.at("root").keys.contains(name) &&
      (!ceremony.before || !ceremony.roles_before.at("root").keys.contains(name))) {
    return Failure{ErrorCode::kForbidden, name + " is no root holder", folder, "have a root holder sign"};
  }
  EK_TRY(CheckListed(context, {ceremony.roles_before, ceremony.roles}, {keys.holder, new_keys}, folder));
  EK_TRY_ASSIGN(const auto contents, ContentsOf(ceremony));
  EK_TRY(SignCeremonyContents(context, folder, contents, keys));
  return ceremony.folder.Sign(context, keys);
}

Outcome<std::string> FinishRoot(const Context& context, const std::string& folder, const std::string& trusted) {
  EK_TRY_ASSIGN(const Ceremony ceremony, OpenCeremony(context, folder, trusted));
  EK_TRY_ASSIGN(std::string file, AssembleRoot(context, ceremony));
  EK_TRY(CheckDevicesTake("root", file, folder));
  EK_TRY(At(folder, release::CheckHolders(context.provider, AsBytes(file), "root", AsBytes(file), kReleaseRule)));
  if (ceremony.before) {
    EK_TRY(At(folder,
              release::CheckHolders(context.provider, ceremony.before->bytes(), "root", AsBytes(file), kReleaseRule)));
  }
  return file;
}

Outcome<std::vector<CeremonyEntry>> CeremonyEntries(const Context& context, const std::string& folder,
                                                    const std::string& trusted) {
  EK_TRY_ASSIGN(const std::string root, FinishRoot(context, folder, trusted));
  EK_TRY_ASSIGN(const Ceremony ceremony, OpenCeremony(context, folder, trusted));
  EK_TRY_ASSIGN(const auto contents, ContentsOf(ceremony));
  return JoinCeremonyEntries(context, folder, contents, {root, trusted, Counted::kAll});
}

Done CheckTrustedRoot(const Context& context, const std::string& root, const std::string& place) {
  EK_TRY_ASSIGN(const MetadataText parsed, ParseMetadata(context, root, place));
  EK_TRY(ViewRoles(context, parsed, place));
  EK_TRY(At(place, release::CheckHolders(context.provider, AsBytes(root), "root", AsBytes(root), kReleaseRule)));
  EK_TRY_ASSIGN(const auto facts, At(place, release::ReadMetadataFacts("root", AsBytes(root))));
  if (facts.expires <= context.now) return Describe(Error(ErrorCode::kExpired, "root metadata"), place);
  return {};
}

}  // namespace edgekeep::author
