// SessionHost: what an application and a cell share while a model is open, and what a cell asks of the keep.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::ports {

// A ring's memory and a socket pair: one end for the application, one for the cell. Descriptors end with the object;
// whoever passes one on passes a copy.
class SessionLine {
 public:
  virtual ~SessionLine() = default;
  virtual int ring() const = 0;
  // Bytes of the whole memory.
  virtual std::uint64_t ring_bytes() const = 0;
  virtual int application_end() const = 0;
  virtual int cell_end() const = 0;
  // Closes the keep's copy of the application's end, once it was handed over: from then on the cell's end hangs up when
  // the application closes its own.
  virtual void HandOver() = 0;
  // In place of a cell that is gone: answers with `code` the calls it had begun, or all that wait.
  enum class Calls : std::uint8_t { kBegun, kAll };
  virtual void Refuse(Calls calls, ErrorCode code) = 0;
};

// Who answers what a serving cell asks. Messages as spec/gate.md §10 has them.
class LedgerDesk {
 public:
  virtual ~LedgerDesk() = default;
  // Returns the answer's body; none when the message takes no answer. One message at a time.
  virtual Result<std::optional<Bytes>> Answer(std::uint16_t command, ByteView body) = 0;
};

// One cell's line to its desk, served until the cell's end hangs up. Ending the object takes what the cell has said
// until then, waits for nothing else, and answers no more.
class Ledger {
 public:
  virtual ~Ledger() = default;
  // For the cell.
  virtual int cell_end() const = 0;
  // Closes the keep's copy of the cell's end, once that was handed over.
  virtual void HandOver() = 0;
};

class SessionHost {
 public:
  virtual ~SessionHost() = default;
  // Makes a ring with `data_bytes` for `num_slots` calls together, and a socket pair. Fails with kTooLarge, kNoMemory
  // or kIo.
  virtual Result<std::unique_ptr<SessionLine>> NewLine(std::uint64_t data_bytes, std::uint32_t num_slots) = 0;
  // `desk` outlives the ledger. Fails with kNoMemory or kIo.
  virtual Result<std::unique_ptr<Ledger>> NewLedger(LedgerDesk& desk) = 0;
};

}  // namespace edgekeep::ports
