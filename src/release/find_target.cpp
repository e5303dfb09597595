// The search for a target: depth first, delegations in their order (TUF 1.0.34 §5.6.7).
#include <algorithm>

#include "edgekeep/base/check.h"
#include "workflow.h"

namespace edgekeep::release {
namespace {

// True for a relative path whose parts are all names: no "..", "." or nothing between slashes, no control characters.
bool IsTargetPath(std::string_view path) {
  if (path.empty() || path.size() > kMaxTargetPath) return false;
  const bool is_text =
      std::ranges::none_of(path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\'; });
  if (!is_text) return false;
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part(path.data(), end);
    if (part.empty() || part == "." || part == "..") return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

}  // namespace

Result<Progress> Client::Workflow::StartSearch(std::string_view path) {
  found_.reset();
  if (!IsTargetPath(path)) return Error(ErrorCode::kBadArgument, "path of a target");
  EK_TRY_ASSIGN(sought_, SoughtTarget::From(parts_.provider, path, parts_.limits.pattern_steps));
  visited_ = {};
  while (depth_ > 0) visits_[--depth_] = {};
  visits_[depth_++].file = &*targets_;
  return Search();
}

// Looks into one role after the other, until one names the target or its file must be fetched first.
Result<Progress> Client::Workflow::Search() {
  while (true) {
    const json::Node node = visits_[depth_ - 1].file->content().Find("targets").Find(sought_->path());
    if (node) {
      EK_TRY_ASSIGN(found_, VerifiedTarget::From(sought_->path(), node, roles_.consistent_snapshot()));
      step_ = Step::kRefreshed;
      return Progress::kDone;
    }
    EK_TRY(FindDelegation());
    EK_TRY_ASSIGN(const bool entered, EnterStored());
    if (!entered) return WantDelegated();
  }
}

// Finds the next role that may name the target. A terminating delegation leaves nothing to be looked at behind it, on
// no level, also where its role was visited before.
Status Client::Workflow::FindDelegation() {
  while (depth_ > 0) {
    Visit& visit = visits_[depth_ - 1];
    std::optional<Delegation> delegation;
    if (!visit.is_over) {
      EK_TRY_ASSIGN(delegation, sought_->NextDelegation(*visit.file, visit.next));
    }
    if (!delegation) {
      visits_[--depth_] = {};
      continue;
    }
    if (delegation->terminating) {
      for (std::size_t i = 0; i < depth_; ++i) visits_[i].is_over = true;
    }
    if (std::ranges::find(visited_, delegation->role) != visited_.end()) continue;
    if (visited_.size() >= std::min<std::size_t>(parts_.limits.delegations, kMaxDelegations)) {
      return Error(ErrorCode::kTooLarge, "number of delegated roles");
    }
    delegation_ = *delegation;
    return visited_.PushBack(delegation->role);
  }
  return Error(ErrorCode::kNotFound, "target");
}

// What is stored is verified against who delegates now: on another way to the same role others may answer for it.
Result<bool> Client::Workflow::EnterStored() {
  const std::string_view role = delegation_.role.view();
  EK_TRY(roles_.DescriptionOf(role));
  EK_TRY_ASSIGN(const std::optional<Bytes> stored, ReadStored(role, parts_.limits.targets_bytes));
  if (!stored) return false;
  Result<MetadataFile> file = roles_.VerifyTargets(role, delegation_.signers, stored->view());
  if (!file) return false;
  Enter(*std::move(file));
  return true;
}

Result<Progress> Client::Workflow::WantDelegated() {
  const std::string_view role = delegation_.role.view();
  EK_TRY_ASSIGN(const FileDescription description, roles_.DescriptionOf(role));
  return WantDescribed(Step::kDelegated, role, description, parts_.limits.targets_bytes);
}

Result<Progress> Client::Workflow::TakeDelegated(ByteView bytes) {
  const std::string_view role = delegation_.role.view();
  EK_TRY_ASSIGN(MetadataFile file, roles_.VerifyTargets(role, delegation_.signers, bytes));
  EK_TRY(Persist(role, bytes));
  Enter(std::move(file));
  return Search();
}

void Client::Workflow::Enter(MetadataFile file) {
  EK_CHECK(depth_ < visits_.size());
  Visit& visit = visits_[depth_++];
  visit.delegated = std::move(file);
  visit.file = &*visit.delegated;
}

}  // namespace edgekeep::release
