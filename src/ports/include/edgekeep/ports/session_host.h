// SessionHost: what an application and a cell share while a model is open.
#pragma once
#include <cstdint>
#include <memory>

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

class SessionHost {
 public:
  virtual ~SessionHost() = default;
  // Makes a ring with `data_bytes` for `num_slots` calls together, and a socket pair. Fails with kTooLarge, kNoMemory
  // or kIo.
  virtual Result<std::unique_ptr<SessionLine>> NewLine(std::uint64_t data_bytes, std::uint32_t num_slots) = 0;
};

}  // namespace edgekeep::ports
