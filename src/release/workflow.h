// Client::Workflow: which step the workflow is at, and what each step does with the file it wanted.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "delegations.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/release/client.h"
#include "file_name.h"
#include "trusted_roles.h"

namespace edgekeep::release {

class Client::Workflow {
 public:
  Workflow(const Parts& parts, TrustedRoles roles) noexcept : parts_(parts), roles_(std::move(roles)) {
    roles_.HoldTo(parts.floors);
  }

  Result<Progress> Refresh();
  Result<Progress> FindTarget(std::string_view path);
  Result<Progress> TakeFile(ByteView bytes);
  Result<Progress> TakeNotFound();
  Error TakeFailure();

  const WantedFile& wanted() const noexcept;
  const VerifiedTarget& target() const noexcept;

  Result<VersionFloors> Reached() const { return roles_.Reached(); }

  Status CheckDescribed(ByteView bytes) const;

 private:
  enum class Step : std::uint8_t { kOpened, kRoot, kTimestamp, kSnapshot, kTargets, kRefreshed, kDelegated, kFailed };

  // A role on the way from the top to where the search is, and which of its delegations comes next.
  struct Visit {
    const MetadataFile* file = nullptr;  // the top-level targets, or `delegated`
    std::optional<MetadataFile> delegated;
    std::size_t next = 0;
    bool is_over = false;
  };

  bool wants_file() const noexcept {
    return step_ != Step::kOpened && step_ != Step::kRefreshed && step_ != Step::kFailed;
  }

  Result<Progress> Take(ByteView bytes);
  Result<Progress> TakeRoot(ByteView bytes);
  Result<Progress> TakeTimestamp(ByteView bytes);
  Result<Progress> TakeSnapshot(ByteView bytes);
  Result<Progress> TakeTargets(ByteView bytes);
  Result<Progress> TakeDelegated(ByteView bytes);

  Result<Progress> StartTimestamp();
  Result<Progress> StartSnapshot();
  Result<Progress> StartTargets();

  Result<Progress> StartSearch(std::string_view path);
  Result<Progress> Search();
  Status FindDelegation();
  Result<bool> EnterStored();
  Result<Progress> WantDelegated();
  void Enter(MetadataFile file);

  Progress Want(Step step, const FetchedName& name, std::size_t max_size);
  Result<Progress> WantDescribed(Step step, std::string_view role, const FileDescription& description,
                                 std::size_t max_size);
  Result<std::optional<Bytes>> ReadStored(std::string_view role, std::size_t max_size);
  Status Persist(std::string_view role, ByteView bytes);
  Result<Progress> StartRefresh();
  // Passes a result on. A search that failed leaves all that was refreshed, and another may follow; whatever fails
  // before is the end.
  Result<Progress> Remember(Result<Progress> result);

  Parts parts_;
  TrustedRoles roles_;
  Step step_ = Step::kOpened;
  WantedFile wanted_;
  unsigned num_rotations_ = 0;
  std::optional<MetadataFile> targets_;

  std::optional<SoughtTarget> sought_;
  std::optional<VerifiedTarget> found_;
  std::array<Visit, kMaxDelegations + 1> visits_;
  std::size_t depth_ = 0;
  InlineVector<InlineString<kMaxEncodedRole>, kMaxDelegations> visited_;
  Delegation delegation_;  // whose file is wanted
};

}  // namespace edgekeep::release
