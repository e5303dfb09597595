// CellDesk: what one serving cell may ask of the keep, and how it stands with its licence.
#pragma once
#include "call_accounts.h"
#include "call_totals.h"
#include "edgekeep/formats/commit_record.h"
#include "edgekeep/formats/receipt.h"
#include "edgekeep/ports/session_host.h"

namespace edgekeep::keep {

struct KeepState;

// What a cell serves, and under what.
struct ServedUnder {
  ProductName product;
  Version version;
  SealedFileId sealed_file;
  formats::ProductPolicy policy;
  formats::LicenceId licence;
  formats::LicenceTerms terms;
};

// Takes the state's mutex for answers, but not while a receipt is signed. The state outlives it.
class CellDesk final : public ports::LedgerDesk {
 public:
  static Result<std::unique_ptr<CellDesk>> Open(KeepState& state, const ServedUnder& served);

  CellDesk(const CellDesk&) = delete;
  CellDesk& operator=(const CellDesk&) = delete;
  // What the cell held and did not give back is lost.
  ~CellDesk() override;

  Result<std::optional<Bytes>> Answer(std::uint16_t command, ByteView body) override;

  // How the cell says it stands. Any thread.
  void Take(const gate::CellReading& reading) noexcept;

  const ServedUnder& served() const noexcept { return served_; }

  // From the first to the last: calls are bounded by the licence alone; by the policy's rate too; none is answered.
  enum class Stage : std::uint8_t { kRunning, kDegraded, kStopped };

  // The stage that the licence and the policy want at `now`; `lease_over`: its lease and grace are.
  Stage StageAt(UnixTime now, bool lease_over) const noexcept;

  Stage stage() const noexcept { return stage_; }

  // Requires the state's mutex.
  void Enter(Stage stage) noexcept;

  // The licence was renewed: it ends later, and what was degraded for its end is not any more. Requires the state's
  // mutex.
  void Renew(const formats::LicenceTerms& terms) noexcept;

  // Whether calls have to be drawn, as the cell knows it.
  bool bounded() const noexcept { return bounds_.any(); }

 private:
  CellDesk(KeepState& state, const ServedUnder& served, const formats::ServingId& serving) noexcept;

  Result<gate::DrawnCalls> Draw(const gate::CallDraw& draw);
  Result<Bytes> SignReceipts(const gate::ReceiptsToSign& receipts);
  Result<UnixTime> TimeNow();

  KeepState* state_;
  ServedUnder served_;
  formats::ServingId serving_;
  CallBounds bounds_;
  CallAccounts::Holding holding_;
  CallTotals::Heard heard_;
  std::uint64_t next_receipt_ = 0;
  gate::ReceiptsToSign last_signed_;
  Bytes last_object_;  // over that; empty: nothing was signed
  Stage stage_ = Stage::kRunning;
};

}  // namespace edgekeep::keep
