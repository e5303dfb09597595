// CallAccounts: who may make how many calls under which licence (spec/keep-state.md §8).
#pragma once
#include <optional>

#include "edgekeep/gate/ledger.h"
#include "licence_meter.h"

namespace edgekeep::keep {

// What bounds the calls of one licence.
struct CallBounds {
  formats::LicenceId licence;
  std::optional<std::uint64_t> budget;
  std::optional<std::uint32_t> per_minute;

  bool any() const noexcept { return budget.has_value() || per_minute.has_value(); }
};

// Cells hold calls for use and draw more before they run out. All cells of a licence share one account: a bucket that
// fills evenly in a minute and, where there is a budget, what was reserved in the meter and not handed out. What a
// cell holds counts against the bucket's room, so that no more than its room is ever used at once. Requires the
// state's mutex.
class CallAccounts {
 public:
  static constexpr std::size_t kMost = 64;
  // Each reservation raises the anchor's counter, which wears out: blocks are made to last so long.
  static constexpr std::uint64_t kReserveSeconds = 7200;

  explicit CallAccounts(LicenceMeter meter) noexcept : meter_(meter) {}

  // What one cell holds, as far as the keep knows.
  struct Holding {
    std::uint64_t calls = 0;
  };

  // Answers a cell: what it used and gives back first, then what it gets. `seconds` are the machine's counter, which
  // nobody can turn. Refusals are answers; fails as the meter does, or with kBusy when there are too many accounts.
  Result<gate::DrawnCalls> Draw(const CallBounds& bounds, Holding& holding, const gate::CallDraw& draw,
                                std::uint64_t seconds);

  // The cell is gone, and what it held with it.
  void Drop(const CallBounds& bounds, Holding& holding) noexcept;

  // Calls that the budget leaves, what cells hold included.
  Result<std::uint64_t> Left(const CallBounds& bounds) const;

 private:
  struct Account {
    formats::LicenceId licence;
    std::uint64_t held = 0;      // by all cells
    std::uint64_t reserved = 0;  // in the meter, held by nobody
    std::uint64_t block = 0;     // that was reserved last; 0: none since the keep began
    std::uint64_t reserved_at = 0;
    std::uint64_t level = 0;    // of the bucket, in sixtieths of a call
    std::uint64_t seconds = 0;  // when the level was right
    std::uint32_t room = 0;     // of the bucket, in calls; 0: no bucket yet
  };

  Account* Find(const formats::LicenceId& licence) noexcept;
  const Account* Find(const formats::LicenceId& licence) const noexcept;
  Result<Account*> FindOrOpen(const CallBounds& bounds, std::uint64_t seconds);
  Status Reserve(const CallBounds& bounds, Account& account, std::uint64_t wanted, std::uint64_t seconds);

  LicenceMeter meter_;
  InlineVector<Account, kMost> accounts_;
};

}  // namespace edgekeep::keep
