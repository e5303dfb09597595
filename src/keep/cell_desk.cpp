#include "cell_desk.h"

#include <algorithm>
#include <new>

#include "edgekeep/gate/admin.h"
#include "state.h"

namespace edgekeep::keep {
namespace {

constexpr std::size_t kMaxDrawnSize = 64;
constexpr std::uint32_t kRetrySeconds = 1;

}  // namespace

CellDesk::CellDesk(KeepState& state, const ServedUnder& served, const formats::ServingId& serving) noexcept
    : state_(&state),
      served_(served),
      serving_(serving),
      bounds_{served.licence, served.terms.call_budget, served.terms.calls_per_minute} {}

Result<std::unique_ptr<CellDesk>> CellDesk::Open(KeepState& state, const ServedUnder& served) {
  formats::ServingId serving;
  EK_TRY(state.world.provider.Random(serving.mutable_view()));
  std::unique_ptr<CellDesk> desk(new (std::nothrow) CellDesk(state, served, serving));
  if (!desk) return Error(ErrorCode::kNoMemory, "cell's desk");
  state.totals.Know(served.product);
  return desk;
}

CellDesk::~CellDesk() {
  const std::lock_guard lock(state_->mutex);
  state_->accounts.Drop(bounds_, holding_);
}

Result<std::optional<Bytes>> CellDesk::Answer(std::uint16_t command, ByteView body) {
  switch (static_cast<gate::Command>(command)) {
    case gate::Command::kDrawCalls: {
      EK_TRY_ASSIGN(const gate::CallDraw draw, gate::DecodeCallDraw(body));
      EK_TRY_ASSIGN(const gate::DrawnCalls drawn, Draw(draw));
      if (draw.last) return std::optional<Bytes>();
      EK_TRY_ASSIGN(Bytes answer, Bytes::Allocate(kMaxDrawnSize));
      CborWriter out(answer.mutable_view());
      EK_TRY(gate::EncodeDrawnCalls(drawn, out));
      answer.Truncate(out.written().size());
      return std::optional(std::move(answer));
    }
    case gate::Command::kSignReceipts: {
      EK_TRY_ASSIGN(const gate::ReceiptsToSign receipts, gate::DecodeReceiptsToSign(body));
      EK_TRY_ASSIGN(const Bytes object, SignReceipts(receipts));
      EK_TRY_ASSIGN(Bytes answer, Bytes::Allocate(object.size() + 16));
      CborWriter out(answer.mutable_view());
      EK_TRY(gate::EncodeBlob(object.view(), out));
      answer.Truncate(out.written().size());
      return std::optional(std::move(answer));
    }
    case gate::Command::kReportStatistics: {
      EK_TRY_ASSIGN(const gate::CellStatistics statistics, gate::DecodeCellStatistics(body));
      Take(statistics.cell);
      return std::optional<Bytes>();
    }
    default:
      return Error(ErrorCode::kUnsupported, "not for the ledger");
  }
}

void CellDesk::Take(const gate::CellReading& reading) noexcept {
  state_->totals.Take(served_.product, reading, heard_);
}

// A keep that cannot count does not let calls through: the cell hears why, and asks again.
Result<gate::DrawnCalls> CellDesk::Draw(const gate::CallDraw& draw) {
  const std::lock_guard lock(state_->mutex);
  if (state_->retiring) return gate::DrawnCalls{.refusal = ErrorCode::kForbidden, .retry_seconds = kRetrySeconds};
  const Result<std::uint64_t> seconds = state_->world.clock.SecondsSinceStart();
  if (!seconds) return gate::DrawnCalls{.refusal = seconds.error().code(), .retry_seconds = kRetrySeconds};
  const Result<gate::DrawnCalls> drawn = state_->accounts.Draw(bounds_, holding_, draw, *seconds);
  if (drawn) return drawn;
  state_->world.journal.NoteRefusal("count calls", drawn.error());
  return gate::DrawnCalls{.refusal = drawn.error().code(), .retry_seconds = kRetrySeconds};
}

// Each number of a serving is signed once: a cell cannot have two calls signed as one. What was signed last is given
// again: its answer may have come too late, and the cell has receipts signed in their order.
Result<Bytes> CellDesk::SignReceipts(const gate::ReceiptsToSign& receipts) {
  if (!served_.policy.receipts) return Error(ErrorCode::kForbidden, "receipts: not of this product");
  if (last_object_.size() != 0 && receipts == last_signed_) return Bytes::Copy(last_object_.view());
  if (receipts.first < next_receipt_) return Error(ErrorCode::kBadState, "receipts: signed already");
  // Not under the state's mutex: an anchor may take a hundred milliseconds, in which the keep has other things to
  // decide.
  const std::lock_guard turn(state_->signing);
  EK_TRY_ASSIGN(const UnixTime now, TimeNow());
  EK_TRY_ASSIGN(Bytes object, state_->device->SignReceipts({.product = served_.product,
                                                            .version = served_.version,
                                                            .sealed_file = served_.sealed_file,
                                                            .device = state_->device->id(),
                                                            .licence = served_.licence,
                                                            .serving = serving_,
                                                            .first = receipts.first,
                                                            .count = receipts.count,
                                                            .root = receipts.root,
                                                            .signed_at = now}));
  next_receipt_ = receipts.first + receipts.count;
  last_signed_ = receipts;
  EK_TRY_ASSIGN(last_object_, Bytes::Copy(object.view()));
  return object;
}

Result<UnixTime> CellDesk::TimeNow() {
  const std::lock_guard lock(state_->mutex);
  EK_TRY(state_->CheckNotRetiring());
  return state_->clock.Now();
}

CellDesk::Stage CellDesk::StageAt(UnixTime now, bool lease_over) const noexcept {
  if (!lease_over && (!served_.terms.expires || now < *served_.terms.expires)) return stage_;
  switch (served_.policy.licence_end) {
    case formats::LicenceEnd::kDegrade:
      return std::max(stage_, Stage::kDegraded);
    case formats::LicenceEnd::kStop:
      return Stage::kStopped;
    case formats::LicenceEnd::kFinish:
      break;
  }
  return stage_;
}

void CellDesk::Renew(const formats::LicenceTerms& terms) noexcept {
  served_.terms = terms;
  if (stage_ == Stage::kStopped) return;
  stage_ = Stage::kRunning;
  bounds_.budget = terms.call_budget;
  bounds_.per_minute = terms.calls_per_minute;
}

void CellDesk::Enter(Stage stage) noexcept {
  stage_ = stage;
  if (stage != Stage::kDegraded) return;
  const std::uint32_t rate = served_.policy.degraded_calls_per_minute;
  bounds_.per_minute = std::min(bounds_.per_minute.value_or(rate), rate);
}

}  // namespace edgekeep::keep
