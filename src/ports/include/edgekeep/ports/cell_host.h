// CellHost: starts cells and talks to them.
#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/result.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::ports {

enum class CellPurpose : std::uint8_t { kServe = 1, kInstall = 2, kExport = 4 };

// How a cell ended.
struct CellEnd {
  int signal = 0;      // that it died of; 0: none
  bool wiped = false;  // by itself: its memory holds nothing, whatever the kernel does with it
};

// A running cell; ending the object ends the cell. `command` and bodies as spec/gate.md §6 has them.
class Cell {
 public:
  virtual ~Cell() = default;
  // The body of the cell's CellHello.
  virtual ByteView hello() const = 0;
  // Sends one order and waits for its answer's body. A Failure answer comes back as its code with where "cell"; a cell
  // that ends meanwhile is kPeerGone, one that does not answer in time kTimedOut (it is ended then).
  virtual Result<Bytes> Order(std::uint16_t command, const SecretBytes& body, std::span<const int> descriptors,
                              int timeout_ms) = 0;
  // The same for a question, that has no body and changes nothing: a cell that does not answer in time goes on as it is
  // (kTimedOut). What it answers later is dropped; until then it is asked nothing further. Waits no longer than that
  // for an order that is under way.
  virtual Result<Bytes> Ask(std::uint16_t command, int timeout_ms) = 0;
  // An order without descriptors that nobody waits for; what is answered is dropped. Never waits: kBusy while something
  // else that was asked for is not answered. Of what was posted, TakePosted is kBusy until it is answered.
  virtual Status Post(std::uint16_t command, const SecretBytes& body) = 0;
  virtual Status TakePosted() = 0;
  // In the cell's own words, why it refused the last order: for the journal alone. Empty where it did not say.
  virtual InlineString<96> WhyRefused() = 0;
  // Hangs up: the cell wipes and ends by itself, if it can.
  virtual void AskToEnd() = 0;
  // Ends it at once, and does not wait until it is gone.
  virtual void Kill() = 0;
  // Of one that is not alive; waits shortly for its status, and knows of nothing where none comes.
  virtual CellEnd HowItEnded() = 0;
  // True until the cell ended.
  virtual bool alive() = 0;
  // A descriptor that hangs up when the cell ends, to be watched, not read; the cell keeps owning it.
  virtual int end_signal() const = 0;
};

class CellHost {
 public:
  virtual ~CellHost() = default;
  // Starts a confined cell and waits for its hello. `memory_bytes`: locked memory the cell will need for plaintext.
  // Fails with kBusy (no cell user is free), kTimedOut, kPeerGone (spawner gone), kModelRefused (no engine).
  virtual Result<std::unique_ptr<Cell>> Start(CellPurpose purpose, std::uint64_t memory_bytes) = 0;
};

}  // namespace edgekeep::ports
