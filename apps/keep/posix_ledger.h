// PosixLedger: a socket pair and a thread that answers what a cell asks.
#pragma once
#include <pthread.h>

#include <optional>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/ports/session_host.h"

namespace edgekeep::keep {

class PosixLedger final : public ports::Ledger {
 public:
  // `desk` outlives it. Fails with kNoMemory or kIo.
  static Result<std::unique_ptr<ports::Ledger>> Open(ports::LedgerDesk& desk);

  PosixLedger(gate::Channel keep_end, gate::Channel cell_end, Bytes buffer, ports::LedgerDesk& desk) noexcept
      : keep_end_(std::move(keep_end)), cell_end_(std::move(cell_end)), buffer_(std::move(buffer)), desk_(&desk) {}

  PosixLedger(const PosixLedger&) = delete;
  PosixLedger& operator=(const PosixLedger&) = delete;
  ~PosixLedger() override;

  int cell_end() const override { return cell_end_.fd(); }

  void HandOver() override { cell_end_ = gate::Channel(); }

 private:
  Status Start();
  void Serve();
  Status AnswerOne();

  gate::Channel keep_end_;
  gate::Channel cell_end_;
  Bytes buffer_;
  ports::LedgerDesk* desk_;
  std::optional<pthread_t> thread_;
};

}  // namespace edgekeep::keep
