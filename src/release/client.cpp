#include "edgekeep/release/client.h"

#include <new>
#include <utility>

#include "edgekeep/base/check.h"
#include "workflow.h"

namespace edgekeep::release {

Result<Progress> Client::Workflow::Remember(Result<Progress> result) {
  const bool is_refreshed = step_ == Step::kRefreshed || step_ == Step::kDelegated;
  if (!result) step_ = is_refreshed ? Step::kRefreshed : Step::kFailed;
  return result;
}

Result<Progress> Client::Workflow::Refresh() {
  if (step_ != Step::kOpened) return Error(ErrorCode::kBadState, "refresh of release metadata");
  return Remember(StartRefresh());
}

Result<Progress> Client::Workflow::FindTarget(std::string_view path) {
  if (step_ != Step::kRefreshed) return Error(ErrorCode::kBadState, "search for a target");
  return Remember(StartSearch(path));
}

Result<Progress> Client::Workflow::Take(ByteView bytes) {
  if (bytes.size() > wanted_.max_size) return Error(ErrorCode::kTooLarge, "release metadata");
  switch (step_) {
    case Step::kRoot:
      return TakeRoot(bytes);
    case Step::kTimestamp:
      return TakeTimestamp(bytes);
    case Step::kSnapshot:
      return TakeSnapshot(bytes);
    case Step::kTargets:
      return TakeTargets(bytes);
    default:
      return TakeDelegated(bytes);
  }
}

Result<Progress> Client::Workflow::TakeFile(ByteView bytes) {
  if (!wants_file()) return Error(ErrorCode::kBadState, "release metadata that was not wanted");
  return Remember(Take(bytes));
}

Result<Progress> Client::Workflow::TakeNotFound() {
  if (!wants_file()) return Error(ErrorCode::kBadState, "release metadata that was not wanted");
  // There is no newer root, as usual.
  if (step_ == Step::kRoot) return Remember(StartTimestamp());
  return Remember(Error(ErrorCode::kNotFound, "release metadata"));
}

Error Client::Workflow::TakeFailure() {
  if (!wants_file()) return Error(ErrorCode::kBadState, "release metadata that was not wanted");
  return Remember(Error(ErrorCode::kIo, "fetching release metadata")).error();
}

const WantedFile& Client::Workflow::wanted() const noexcept {
  return wanted_;
}

const VerifiedTarget& Client::Workflow::target() const noexcept {
  EK_CHECK(found_);
  return *found_;
}

Status Initialise(const crypto::Provider& provider, ports::MetadataStore& store, ByteView root) {
  if (root.size() > Limits().root_bytes) return Error(ErrorCode::kTooLarge, "root metadata");
  EK_TRY(TrustedRoles::From(provider, UnixTime{}, root));
  const Result<Bytes> there = store.Read("root.json", Limits().root_bytes);
  if (there) return Error(ErrorCode::kAlreadyExists, "root metadata");
  if (there.error().code() != ErrorCode::kNotFound) return there.error();
  return store.Replace("root.json", root);
}

Client::Client(std::unique_ptr<Workflow> workflow) noexcept : workflow_(std::move(workflow)) {}

Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::Open(const Parts& parts) {
  const Result<Bytes> root = parts.store.Read("root.json", parts.limits.root_bytes);
  if (!root && root.error().code() == ErrorCode::kNotFound) {
    return Error(ErrorCode::kNotInitialised, "no root metadata to begin with");
  }
  if (!root) return root.error();
  EK_TRY_ASSIGN(TrustedRoles roles, TrustedRoles::From(parts.provider, parts.now, root->view()));
  std::unique_ptr<Workflow> workflow(new (std::nothrow) Workflow(parts, std::move(roles)));
  if (!workflow) return Error(ErrorCode::kNoMemory, "release client");
  std::unique_ptr<Client> client(new (std::nothrow) Client(std::move(workflow)));
  if (!client) return Error(ErrorCode::kNoMemory, "release client");
  return client;
}

Result<Progress> Client::Refresh() {
  return workflow_->Refresh();
}

Result<Progress> Client::FindTarget(std::string_view path) {
  return workflow_->FindTarget(path);
}

const WantedFile& Client::wanted() const noexcept {
  return workflow_->wanted();
}

Result<Progress> Client::TakeFile(ByteView bytes) {
  return workflow_->TakeFile(bytes);
}

Result<Progress> Client::TakeNotFound() {
  return workflow_->TakeNotFound();
}

Error Client::TakeFailure() {
  return workflow_->TakeFailure();
}

const VerifiedTarget& Client::target() const noexcept {
  return workflow_->target();
}

Status Client::CheckDescribed(ByteView bytes) const {
  return workflow_->CheckDescribed(bytes);
}

Result<VersionFloors> Client::Reached() const {
  return workflow_->Reached();
}

}  // namespace edgekeep::release
