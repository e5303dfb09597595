// Which package a product has: what the two copies of its commit record say together (spec/commit-record.md §5).
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "edgekeep/base/bytes.h"
#include "edgekeep/core/commit_record.h"

namespace edgekeep::update {

inline constexpr std::size_t kNumCopies = 2;

// What the store gave for "record.0" and "record.1"; absent: there is none.
using StoredCopies = std::array<std::optional<Bytes>, kNumCopies>;

// Of two copies the authentic one with the higher generation counts.
class Installed {
 public:
  static Installed Judge(const core::Vault& vault, const ProductName& product, StoredCopies copies);

  // Null when nothing authentic is there.
  const core::AuthenticRecord* current() const& noexcept;

  // True when copies are there and none is authentic: changed, or made by another device.
  bool damaged() const noexcept { return num_present_ > 0 && !counting_; }

  // True when both copies say the same.
  bool redundant() const noexcept { return redundant_; }

  // The copy that counts; without any, 1, so that the first commit goes to copy 0.
  std::size_t counting_copy() const noexcept { return counting_.value_or(1); }

 private:
  std::array<std::optional<core::AuthenticRecord>, kNumCopies> authentic_;
  std::optional<std::size_t> counting_;
  std::size_t num_present_ = 0;
  bool redundant_ = false;
};

// Where the next install goes.
struct InstallPlan {
  std::uint8_t slot = 0;         // the one that nothing refers to
  std::uint64_t generation = 1;  // of the record to be committed
};

InstallPlan PlanInstall(const Installed& installed);

// A new record is stored as this copy first, which is the commit, and then as the other one.
std::size_t FirstCopyToReplace(const Installed& installed);

// What a start has to finish or clear away. Nothing when the copies are damaged: that is not this device's to clear.
struct RecoveryPlan {
  std::optional<std::size_t> copy_to_restore;  // from the current record
  std::array<bool, 2> slots_to_erase{};
};

RecoveryPlan PlanRecovery(const Installed& installed);

}  // namespace edgekeep::update
