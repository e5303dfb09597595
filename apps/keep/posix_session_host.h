// PosixSessionHost: rings as memory files, session and ledger sockets as socket pairs.
#pragma once
#include "edgekeep/ports/session_host.h"

namespace edgekeep::keep {

class PosixSessionHost final : public ports::SessionHost {
 public:
  Result<std::unique_ptr<ports::SessionLine>> NewLine(std::uint64_t data_bytes, std::uint32_t num_slots) override;
  Result<std::unique_ptr<ports::Ledger>> NewLedger(ports::LedgerDesk& desk) override;
};

}  // namespace edgekeep::keep
