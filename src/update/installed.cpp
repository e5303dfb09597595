#include "edgekeep/update/installed.h"

namespace edgekeep::update {

Installed Installed::Judge(const core::Vault& vault, const ProductName& product, StoredCopies copies) {
  Installed installed;
  for (std::size_t i = 0; i < kNumCopies; ++i) {
    if (!copies[i]) continue;
    installed.num_present_ += 1;
    Result<core::AuthenticRecord> record = core::CheckRecord(vault, product, *std::move(copies[i]));
    if (!record) continue;
    const std::uint64_t generation = record->record().generation;
    installed.authentic_[i] = *std::move(record);
    const core::AuthenticRecord* const best = installed.current();
    if (best == nullptr || generation > best->record().generation) installed.counting_ = i;
  }
  installed.redundant_ = installed.authentic_[0] && installed.authentic_[1] &&
                         Equal(installed.authentic_[0]->bytes(), installed.authentic_[1]->bytes());
  return installed;
}

const core::AuthenticRecord* Installed::current() const& noexcept {
  return counting_ ? &*authentic_[*counting_] : nullptr;
}

InstallPlan PlanInstall(const Installed& installed) {
  const core::AuthenticRecord* const current = installed.current();
  if (current == nullptr) return {};
  const formats::CommitRecord& record = current->record();
  return {.slot = static_cast<std::uint8_t>(1 - record.slot), .generation = record.generation + 1};
}

std::size_t FirstCopyToReplace(const Installed& installed) {
  return 1 - installed.counting_copy();
}

RecoveryPlan PlanRecovery(const Installed& installed) {
  RecoveryPlan plan;
  const core::AuthenticRecord* const current = installed.current();
  if (current != nullptr) {
    if (!installed.redundant()) plan.copy_to_restore = 1 - installed.counting_copy();
    plan.slots_to_erase[1U - current->record().slot] = true;
  } else if (!installed.damaged()) {
    plan.slots_to_erase = {true, true};
  }
  return plan;
}

}  // namespace edgekeep::update
