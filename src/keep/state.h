// What the keep knows while it runs. Handlers hold `mutex` while they decide, never while they wait for a cell.
#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "call_accounts.h"
#include "call_totals.h"
#include "change_budget.h"
#include "crashes.h"
#include "edgekeep/core/device.h"
#include "edgekeep/core/fresh_store.h"
#include "edgekeep/core/trust.h"
#include "edgekeep/gate/cell_orders.h"
#include "edgekeep/keep/floored_clock.h"
#include "edgekeep/keep/keep.h"
#include "lease_clock.h"
#include "reading_turn.h"
#include "serving_cells.h"
#include "session_count.h"

namespace edgekeep::keep {

enum class Standing : std::uint8_t {
  kNotInitialised,
  kForeign,  // the store was made by another device, or somebody changed it
  kInitialised,
};

struct Releases;

// What is known of one product beyond its record, until the keep ends.
struct ProductNote {
  ProductName product;
  gate::EngineKeyText no_prepared_form_for;  // the engine that could make none
  bool prepared_form_failed = false;         // what is on the disk did not open
  std::uint32_t prepared_form_crashes = 0;   // of cells that ran it, in a row
  std::uint32_t prepared_form_timeouts = 0;  // of cells that loaded it, in a row
  bool form_due = false;                     // to be remade when there is time
  std::uint8_t provider = 0;                 // that the last one opened took (formats::ExecutionProvider); 0: none
  bool boot_due = false;                     // its cell is to be started without anybody's asking
  bool boot_failed = false;                  // it was, and is again under another operations policy

  // After as many of either in a row the fault is taken to be the form's: the canonical package is opened instead,
  // until the form is made anew, something is installed, or the keep ends.
  static constexpr std::uint32_t kMostPreparedFormCrashes = 3;

  bool prepared_form_set_aside() const noexcept {
    return std::max(prepared_form_crashes, prepared_form_timeouts) >= kMostPreparedFormCrashes;
  }

  // There is a new one, of which nothing is known yet.
  void BeginFormAnew() noexcept {
    prepared_form_failed = false;
    prepared_form_crashes = prepared_form_timeouts = 0;
  }
};

// What the anchor does not hold of the device's KEM key.
inline constexpr std::string_view kDeviceObject = "device";
inline constexpr std::size_t kMaxDeviceSecret = 1024;

struct KeepState {
  KeepState(const World& its_world, const Settings& its_settings, core::Vault its_vault) noexcept;
  ~KeepState();

  // The protection of what is opened here.
  formats::Isolation Level() const noexcept {
    return core::ProtectionLevel(settings.keep_isolation, world.anchor.kind(), settings.cell_isolation);
  }

  // Under the mutex: what waited for it while a retirement began does nothing either.
  Status CheckNotRetiring() const;
  // Fails with kNotInitialised, or kDenied for a foreign store.
  Status CheckStanding() const;
  // Both.
  Status CheckInitialised() const;
  ProductNote& NoteOf(const ProductName& product);
  // Somebody the publisher trusts signed `time`. A device under releases lets no single party move its time.
  void KnowTime(UnixTime time);

  const Settings settings;
  const core::Vault vault;
  ports::Store& disk;  // what nothing is bound in
  core::FreshStore fresh;
  const World world;  // whose store is `fresh`

  std::mutex export_turn;  // held while a cell hands files out, before `mutex`: many requests take one cell
  std::mutex signing;      // one receipt at a time, so that who opens waits for one signature of the anchor's at most
  std::mutex mutex;        // guards everything below but `sessions` and what follows it, and `fresh` but for slot files
  FlooredClock clock;
  LeaseClock lease_clock;
  bool awaits_identity = false;          // a station was shown this chip, and has not answered yet
  bool clock_is_behind = false;          // and it was noted
  std::optional<ports::ChipFacts> chip;  // of the anchor, once it was asked: it never changes while a keep runs
  LicenceMeter meter;
  CallAccounts accounts;
  ChangeBudget changes;
  Standing standing = Standing::kNotInitialised;
  std::optional<core::TrustedPublisher> trust;  // these two never change once they are there,
  std::optional<core::Device> device;           // but for the KEM key, which is used under the mutex alone
  bool kem_in_doubt = false;                    // a change of it failed, and the store has the one that counts
  std::unique_ptr<Releases> releases;           // null where there is no memory: the keep does not start then
  bool installing = false;
  bool remaking = false;
  std::condition_variable remade;       // `remaking` has ended
  std::condition_variable form_is_due;  // or `ending`
  bool ending = false;
  std::atomic<bool> retiring = false;  // nothing else is done any more
  gate::EngineKeyText engine_key;
  InlineString<32> memory_locking;
  InlineVector<ProductNote, ports::kMaxStoredProducts> notes;
  SessionCount sessions;
  ServingCells cells;
  Crashes crashes;
  CallTotals totals;
  ReadingTurn::Place readings;
  const std::uint64_t began = world.clock.SecondsSinceStart().value_or(0);
};

// Reads trust and device from the store and sets the standing.
Status LoadStanding(KeepState& state);

// The right to write slots, had by one at a time. Takes the state's mutex for a moment when it is taken and given back.
class SlotTurn {
 public:
  // For somebody who waits for an install: waits until a form is remade that is being remade. Fails with kBusy where
  // another install is running.
  static Result<SlotTurn> TakeForInstall(KeepState& state);
  // For what nobody waits for. Fails with kBusy.
  static Result<SlotTurn> TakeForRemaking(KeepState& state);

  SlotTurn(SlotTurn&& other) noexcept : state_(std::exchange(other.state_, nullptr)), held_(other.held_) {}

  SlotTurn& operator=(SlotTurn&&) = delete;
  ~SlotTurn();

 private:
  SlotTurn(KeepState& state, bool KeepState::* held) noexcept : state_(&state), held_(held) {}

  KeepState* state_;
  bool KeepState::* held_;
};

}  // namespace edgekeep::keep
