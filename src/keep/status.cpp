#include "edgekeep/core/licence.h"
#include "edgekeep/release/release_statement.h"
#include "handlers.h"
#include "leases.h"
#include "operations.h"
#include "orders.h"
#include "quarantine.h"
#include "records.h"

namespace edgekeep::keep {
namespace {

struct LicenceStanding {
  bool licensed = false;
  std::optional<UnixTime> expires;
  std::optional<std::uint64_t> calls_left;
  std::optional<gate::LeaseFacts> lease;
  bool returned = false;
};

// No secret is touched: whether a licence holds can be told from what is public.
LicenceStanding StandingOf(KeepState& state, const formats::CommitRecord& record) {
  const Result<Bytes> bytes = ReadLicence(state.world.store, record.product, record.slot);
  const Result<UnixTime> now = state.clock.Now();
  if (!bytes || !now) return {};
  const core::LicenceUse use{record.product, record.version.sequence, *now, state.Level()};
  const Result<core::VerifiedLicence> licence = core::VerifyLicence(*state.device, *state.trust, use, bytes->view());
  if (!licence) return {};
  const formats::LicenceTerms& terms = licence->licence().terms;
  LicenceStanding standing{true, terms.expires, std::nullopt, std::nullopt, false};
  const auto bar = state.fresh.BarOf(record.product);
  if (!bar || !core::CheckNotReturned(*bar, licence->licence().id, licence->licence().issued_at)) {
    return {.returned = bar.has_value()};
  }
  if (terms.call_budget) {
    const Result<std::uint64_t> left = state.accounts.Left({licence->licence().id, terms.call_budget, std::nullopt});
    if (left) standing.calls_left = *left;
  }
  if (!terms.lease) return standing;
  const Result<core::LeaseStanding> lease = LeaseOf(state, licence->licence().id, *terms.lease);
  standing.licensed = lease && lease->phase != core::LeasePhase::kOver;
  if (lease) standing.lease = {terms.lease->seconds, terms.lease->grace_seconds, lease->used_seconds};
  return standing;
}

Result<gate::ProductStatus> StatusOf(KeepState& state, const formats::CommitRecord& record) {
  const LicenceStanding licence = StandingOf(state, record);
  gate::ProductStatus status;
  status.product = record.product;
  status.version = record.version;
  status.slot = record.slot;
  status.licensed = licence.licensed;
  status.licence_expires = licence.expires;
  status.calls_left = licence.calls_left;
  status.lease = licence.lease;
  status.returned = licence.returned;
  if (record.prepared) {
    status.prepared_for = record.prepared->engine_key;
    status.prepared_form_current = !state.engine_key.empty() && record.prepared->engine_key == state.engine_key;
  }
  status.open_sessions = state.sessions.Of(record.product);
  EK_TRY_ASSIGN(status.policy, EncodePolicy(record.policy));
  const ProductNote& note = state.NoteOf(record.product);
  status.provider = note.provider;
  status.prepared_form_set_aside = note.prepared_form_set_aside();
  status.crashes = state.crashes.FactsOf(record.product, state.world.clock.SecondsSinceStart().value_or(UINT64_MAX));
  return status;
}

Status AddProducts(KeepState& state, gate::StatusAnswer& answer) {
  EK_TRY_ASSIGN(const auto products, state.world.store.Products());
  for (const ProductName& product : products) {
    EK_TRY_ASSIGN(const update::Installed installed, ReadInstalled(state.world.store, state.vault, product));
    if (installed.current() == nullptr) continue;
    EK_TRY_ASSIGN(const gate::ProductStatus status, StatusOf(state, installed.current()->record()));
    EK_TRY(answer.products.PushBack(status));
  }
  return {};
}

Result<gate::ReleaseStatus> StatusOfReleases(KeepState& state) {
  // A disk that takes nothing hides nothing: what counts is told all the same.
  static_cast<void>(SettlePolicies(state).has_value());
  Releases& releases = *state.releases;
  gate::ReleaseStatus status;
  status.policy_version = releases.policy().version;
  status.profile = static_cast<std::uint8_t>(releases.policy().profile);
  EK_TRY_ASSIGN(const Bytes root, CurrentRoot(releases));
  EK_TRY_ASSIGN(const release::MetadataFacts facts, release::ReadMetadataFacts("root", root.view()));
  status.root_version = facts.version;
  // Not out of the file: it may be large, or damaged, which changes nothing about what was seen.
  status.targets_version = releases.marks.seen.targets;
  status.time_floor = state.clock.floor();
  status.policy_fingerprint = releases.counting->policy.fingerprint();
  const Result<const TakenOperations*> operations = OperationsInForce(state);
  status.operations_unreadable = !operations;
  if (!operations && operations.error().code() != ErrorCode::kDenied) return operations.error();
  if (operations && *operations != nullptr) {
    EK_TRY_ASSIGN(status.operations, gate::OperationsBytes::From((*operations)->bytes.view()));
  }
  status.suspended = releases.marks.ordered.suspended;
  status.installs_held = releases.marks.ordered.installs_held;
  status.max_sessions = releases.marks.ordered.sessions;
  const Status renewable = CheckNotQuarantined(state);
  status.quarantined = !renewable && renewable.error().code() == ErrorCode::kForbidden;
  if (!releases.waiting) return status;
  status.waiting_policy = releases.waiting->policy.policy().version;
  status.waits_until = CountsFrom(state);
  return status;
}

bool KnowsEngine(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  return !state.engine_key.empty();
}

}  // namespace

void LearnEngine(KeepState& state) {
  if (KnowsEngine(state)) return;
  const Result<std::unique_ptr<ports::Cell>> cell = state.world.cells.Start(ports::CellPurpose::kServe, 0);
  if (!cell) return;
  const Result<gate::CellHello> hello = gate::DecodeCellHello((*cell)->hello());
  if (!hello) return;
  const std::lock_guard lock(state.mutex);
  state.engine_key = hello->engine_key;
  state.memory_locking = hello->memory_locking;
}

Result<gate::StatusAnswer> ShowStatus(KeepState& state) {
  LearnEngine(state);
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckNotRetiring());
  if (state.standing == Standing::kForeign) EK_TRY(state.CheckInitialised());
  gate::StatusAnswer answer;
  answer.anchor = static_cast<std::uint8_t>(state.world.anchor.kind());
  answer.engine_key = state.engine_key;
  answer.memory_locking = state.memory_locking;
  if (state.standing == Standing::kNotInitialised) return answer;
  answer.initialised = true;
  answer.device = state.device->id();
  answer.publisher = InlineString<63>::Truncated(state.trust->bundle().publisher);
  const std::uint64_t behind = state.clock.Behind();
  if (behind > kClockTolerance) answer.clock_behind_seconds = behind;
  EK_TRY(AddProducts(state, answer));
  if (state.releases->demanded()) {
    EK_TRY_ASSIGN(answer.releases, StatusOfReleases(state));
  }
  return answer;
}

}  // namespace edgekeep::keep
