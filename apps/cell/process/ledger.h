// Ledger: what a serving cell asks of the keep, over a socket of its own.
#pragma once
#include <optional>

#include "edgekeep/gate/ledger.h"
#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/statistics.h"

namespace edgekeep::cell {

// One thread. After a failure nothing more is asked.
class Ledger {
 public:
  // Without a socket: every question fails with kPeerGone.
  Ledger() noexcept = default;

  // Fails with kMalformed for what is no socket, and with kNoMemory.
  static Result<Ledger> Over(gate::Descriptor socket);

  // Does not wait for an answer; AwaitDrawn does.
  Status Send(const gate::CallDraw& draw);
  // The answer to the one draw that was sent. Fails with kTimedOut.
  Result<gate::DrawnCalls> AwaitDrawn(int timeout_ms);
  // What was counted, at the end. Takes no answer.
  Status Report(const gate::CellStatistics& statistics);
  // The signed object. Fails with the keep's refusal, or kTimedOut.
  Result<Bytes> Sign(const gate::ReceiptsToSign& receipts);

 private:
  template <std::size_t kMaxSize = 128, typename Body>
  Status Ask(gate::Command command, const Body& body, Status (*encode)(const Body&, CborWriter&));
  Result<gate::Frame> Receive(int timeout_ms);

  gate::Channel keep_;
  Bytes buffer_;
  std::uint64_t last_id_ = 0;
  std::optional<gate::DrawnCalls> drawn_;  // came while another answer was awaited
};

}  // namespace edgekeep::cell
