#include "edgekeep/author/rehearsal.h"

#include <algorithm>
#include <functional>

#include "edgekeep/author/publication.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/release/holders.h"
#include "metadata_json.h"
#include "rehearsal_crew.h"

namespace edgekeep::author {
namespace {

constexpr std::uint64_t kLifetime = 86400;
constexpr std::string_view kNote =
    "A rehearsal of losing holders. Nothing in here is real: every key was made for it and thrown away, no device "
    "trusts\n"
    "any of these roots, and all of them end within a day.\n";

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// One rehearsal in its directory.
class Stage {
 public:
  Stage(const Context& context, std::string directory, RehearsalCrew& crew, std::uint64_t approvals)
      : context_(context), directory_(std::move(directory)), crew_(crew), approvals_(approvals) {}

  Done MakeRoot(std::uint64_t threshold);
  // By people of `approvers`, and an author who is one more of `people`.
  Done Release(const std::vector<std::string>& approvers, const std::vector<std::string>& people);
  Done ChangeRoot();
  Done PublishChange();
  Done Follow() const;

 private:
  std::string Path(const std::string& name) const { return directory_ + "/" + name; }

  std::string repository() const { return Path("repository"); }

  ReviewMeans Means() const { return {root_, repository(), Path("files"), {}, {}}; }

  Done Sign(const std::string& folder, const std::string& trusted, const std::vector<std::string>& names);
  Done Approve(const std::string& folder, const std::string& name);

  const Context& context_;
  std::string directory_;
  RehearsalCrew& crew_;
  std::uint64_t approvals_;
  std::string root_;     // that devices know
  std::string changed_;  // that follows it
  std::uint64_t num_releases_ = 0;
};

Done Stage::Sign(const std::string& folder, const std::string& trusted, const std::vector<std::string>& names) {
  EK_TRY_ASSIGN(const RootReview review, ReviewRoot(context_, folder, trusted));
  for (const std::string& name : names) EK_TRY(SignRoot(context_, folder, trusted, review.digest, crew_.keys(name)));
  return {};
}

Done Stage::MakeRoot(std::uint64_t threshold) {
  const std::string folder = Path("first-ceremony");
  EK_TRY(StartRoot(context_, folder, crew_.Content({context_.now.value + kLifetime})));
  std::vector<std::string> signers = crew_.Everybody("root");
  signers.resize(std::min<std::size_t>(signers.size(), threshold));
  EK_TRY(Sign(folder, "", signers));
  EK_TRY_ASSIGN(root_, FinishRoot(context_, folder, ""));
  return PublishRoot(context_, repository(), root_, nullptr);
}

Done Stage::Approve(const std::string& folder, const std::string& name) {
  EK_TRY_ASSIGN(const ProposalReview review, ReviewProposal(context_, folder, Means()));
  return author::Approve(context_, folder, Means(), review.digest, crew_.keys(name));
}

Done Stage::Release(const std::vector<std::string>& approvers, const std::vector<std::string>& people) {
  if (approvers.size() < approvals_) {
    return Failure{ErrorCode::kBadSignature,
                   std::to_string(approvers.size()) + " of " + std::to_string(approvals_) + " approvers are left",
                   "release", "recovery keys do not approve: the root's holders name new approvers in time"};
  }
  // The first release is before the loss.
  if (num_releases_ > 0 && crew_.is_lost(crew_.service())) {
    return Failure{ErrorCode::kForbidden, "the keys of the service that publishes are lost too", "release",
                   "keep a copy of them"};
  }
  const std::vector<std::string> chosen(approvers.begin(), approvers.begin() + static_cast<std::ptrdiff_t>(approvals_));
  const auto author = std::ranges::find_if(
      people, [&](const std::string& name) { return std::ranges::find(chosen, name) == chosen.end(); });
  if (author == people.end()) {
    return Failure{ErrorCode::kBadSignature, "nobody is left to be the author", "release",
                   "nobody approves a release of one's own: one more holder is needed"};
  }
  const std::string number = std::to_string(++num_releases_);
  const std::string file = Path("files") + "/rehearsal-" + number + ".txt";
  EK_TRY(At(file, files::WriteNewFile(file, files::Access::kPublic, AsBytes(kNote))));
  ProposalRequest request;
  request.repository = repository();
  request.folder = Path("proposal-" + number);
  EK_TRY_ASSIGN(request.product, At("product", ProductName::Parse("rehearsal/rehearsal")));
  EK_TRY_ASSIGN(request.version.display, At("version", VersionText::From(number)));
  request.version.sequence = {num_releases_};
  request.files = {file};
  request.expires = {context_.now.value + kLifetime};
  EK_TRY(Propose(context_, request, root_, crew_.keys(*author)));
  for (const std::string& name : chosen) EK_TRY(Approve(request.folder, name));
  const auto state = Publish(context_, {.folder = request.folder}, Means(), crew_.keys(crew_.service()));
  return state ? Done() : Done(state.error());
}

Done Stage::ChangeRoot() {
  const std::string folder = Path("change");
  EK_TRY_ASSIGN(const auto replaced, crew_.ReplaceLost(context_));
  EK_TRY(StartRootChange(context_, folder, root_,
                         {.replace = replaced, .remove = {}, .add = {}, .expires = {context_.now.value + kLifetime}}));
  // Everybody signs who can: whoever stays for both roots, whoever has new keys for the new one.
  EK_TRY(Sign(folder, root_, crew_.Everybody("root")));
  EK_TRY_ASSIGN(changed_, FinishRoot(context_, folder, root_));
  return {};
}

Done Stage::PublishChange() {
  return PublishRoot(context_, repository(), changed_, &crew_.keys(crew_.service()));
}

Done Stage::Follow() const {
  const auto state = VerifyRepository(context_, repository(), root_, Freshness::kOfAll);
  return state ? Done() : Done(state.error());
}

RehearsedRole Count(const RehearsalCrew& crew, const std::string& role, std::uint64_t threshold) {
  const std::vector<std::string> names = crew.Everybody(role);
  const auto recovery =
      std::ranges::count_if(names, [](const std::string& name) { return release::IsRecoveryName(name); });
  return {role, threshold, names.size(), crew.num_lost(role), static_cast<std::uint64_t>(recovery)};
}

// Who approved what is released now; where that is not known, whoever is lost: the worst there is.
Outcome<std::vector<std::string>> ApproversOf(const Context& context, const RehearsalRequest& request,
                                              const RehearsalCrew& crew) {
  if (!request.repository.empty()) {
    EK_TRY_ASSIGN(const RepositoryState state,
                  VerifyRepository(context, request.repository, request.root, Freshness::kOfRoot));
    if (!state.approvers.empty()) return state.approvers;
  }
  std::vector<std::string> names = crew.Everybody("targets");
  std::ranges::stable_partition(names, [&](const std::string& name) { return crew.is_lost(name); });
  return names;
}

bool Try(Rehearsal& rehearsal, const std::string& what, const std::function<Done()>& act) {
  const Done done = act();
  rehearsal.steps.push_back({what, done.has_value(), done ? "" : done.error().what + ": " + done.error().where});
  return done.has_value();
}

std::vector<std::string> People(const RehearsalCrew& crew, bool staying) {
  std::vector<std::string> people;
  for (const char* role : {"root", "targets"}) {
    for (const std::string& name : staying ? crew.Staying(role) : crew.Everybody(role)) {
      if (!release::IsRecoveryName(name)) people.push_back(name);
    }
  }
  return people;
}

void Perform(Stage& stage, const RehearsalCrew& crew, const std::vector<std::string>& approvers,
             std::uint64_t root_threshold, Rehearsal& rehearsal) {
  const auto step = [&](const std::string& what, const std::function<Done()>& act) {
    return Try(rehearsal, what, act);
  };
  const std::vector<std::string> staying = crew.Staying("targets");
  const bool lacks_quorum = std::ranges::any_of(approvers, [&](const auto& name) { return crew.is_lost(name); });
  if (!step("a root with the same people and thresholds", [&] { return stage.MakeRoot(root_threshold); })) return;
  if (!step("a release, approved by " + Listed(approvers),
            [&] { return stage.Release(approvers, People(crew, false)); }))
    return;
  if (lacks_quorum && !step("released once more, approved by those who stay: " + Listed(staying),
                            [&] { return stage.Release(staying, People(crew, true)); }))
    return;
  if (!step("a root with new keys for whoever lost them, signed by those who stay", [&] { return stage.ChangeRoot(); }))
    return;
  if (!step("that root is published", [&] { return stage.PublishChange(); })) return;
  rehearsal.survives = step("a device that knew the root before follows", [&] { return stage.Follow(); });
}

}  // namespace

Outcome<Rehearsal> Rehearse(const Context& context, const RehearsalRequest& request) {
  EK_TRY(CheckTrustedRoot(context, request.root, "root"));
  EK_TRY_ASSIGN(const MetadataText root, ParseMetadata(context, request.root, "root"));
  EK_TRY_ASSIGN(const auto roles, ViewRoles(context, root, "root"));
  EK_TRY_ASSIGN(RehearsalCrew crew, RehearsalCrew::Create(context, roles, request.lost));
  EK_TRY_ASSIGN(std::vector<std::string> approvers, ApproversOf(context, request, crew));
  const std::uint64_t approvals = roles.at("targets").threshold;
  approvers.resize(std::min<std::size_t>(approvers.size(), approvals));
  EK_TRY_ASSIGN(files::NewDirectory directory, At(request.directory, files::NewDirectory::Create(request.directory)));
  EK_TRY_ASSIGN(files::NewDirectory files,
                At(request.directory, files::NewDirectory::Create(directory.path() + "/files")));
  EK_TRY(At(request.directory, files.Commit()));
  const std::string note = directory.path() + "/REHEARSAL.txt";
  EK_TRY(At(note, files::WriteNewFile(note, files::Access::kPublic, AsBytes(kNote))));
  Rehearsal rehearsal;
  for (const char* role : {"root", "targets"}) {
    rehearsal.roles.push_back(Count(crew, role, roles.at(role).threshold));
  }
  Stage stage(context, directory.path(), crew, approvals);
  Perform(stage, crew, approvers, roles.at("root").threshold, rehearsal);
  EK_TRY(At(request.directory, directory.Commit()));
  return rehearsal;
}

}  // namespace edgekeep::author
