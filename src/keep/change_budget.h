// ChangeBudget: how often an application may change what it stores (spec/keep-state.md §12). Each change raises the
// anchor's counter, which silicon bears only so often.
#pragma once
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/core/state_root.h"

namespace edgekeep::keep {

// Each change is a debt of kInterval, which time pays off; who owes kChanges of them changes nothing. What is owed is
// stored with each change. While the keep runs the machine's counter pays, which nobody turns; what passed before its
// start, the time does. One thread at a time.
class ChangeBudget {
 public:
  static constexpr std::uint32_t kInterval = 7200;
  static constexpr std::uint32_t kChanges = 64;
  // Paid by a start of the keep alone, so that a device which is on for minutes stores something at all.
  static constexpr std::uint32_t kChangesAtStart = 4;

  // Both clocks.
  struct Moment {
    UnixTime now;
    std::uint64_t counter = 0;  // seconds since the machine started
  };

  // What is owed now, of what was stored.
  std::uint32_t DebtOf(const core::StateApplication& stored, const Moment& at);
  // Changes that may be made at once.
  std::uint32_t ChangesLeft(const core::StateApplication& stored, const Moment& at);
  // Charges a change; it is owed even where it fails then. Returns what is to be stored with it.
  core::StateApplication Charge(const core::StateApplication& stored, const Moment& at);
  // Another application takes its place.
  void Forget(std::uint32_t user);

 private:
  struct Known {
    std::uint32_t user = 0;
    std::uint32_t debt_seconds = 0;
    std::uint64_t counter = 0;  // when that was so
  };

  Known& Find(const core::StateApplication& stored, const Moment& at);

  // Those whose first change failed as well.
  InlineVector<Known, 2 * core::kMaxApplications> known_;
};

}  // namespace edgekeep::keep
