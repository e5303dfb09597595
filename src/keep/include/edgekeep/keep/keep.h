// The keep: answers commands one by one, holds the device's keys, decides by core and update, and has cells started.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "edgekeep/base/bytes.h"
#include "edgekeep/core/device.h"
#include "edgekeep/gate/export.h"
#include "edgekeep/gate/frame.h"
#include "edgekeep/keep/door.h"
#include "edgekeep/keep/session.h"
#include "edgekeep/ports/anchor.h"
#include "edgekeep/ports/attestor.h"
#include "edgekeep/ports/cell_host.h"
#include "edgekeep/ports/clock.h"
#include "edgekeep/ports/endorsement.h"
#include "edgekeep/ports/input_files.h"
#include "edgekeep/ports/journal.h"
#include "edgekeep/ports/memory_file_host.h"
#include "edgekeep/ports/owner_certificates.h"
#include "edgekeep/ports/session_host.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

// What a keep needs from the world besides its store; all of it outlives the keep. The keep adds the floor to `clock`.
struct Surroundings {
  const crypto::Provider& provider;
  ports::Anchor& anchor;
  ports::MachineClock& clock;
  ports::CellHost& cells;
  ports::InputFiles& files;
  ports::SessionHost& sessions;
  ports::Journal& journal;
  ports::MemoryFileHost& memory_files;
  ports::Endorsement* endorsement = nullptr;         // of the anchor, where it has one
  ports::Attestor* attestor = nullptr;               // of an anchor whose silicon swears to what it says
  ports::OwnerCertificates* certificates = nullptr;  // null: no owner's credential is to be had
};

// The store apart: the keep puts one over it, and nothing else of the world is named where it does.
struct World : Surroundings {
  ports::Store& store;
};

// What the keep is, as its program found out before it locked itself in.
struct ProgramFacts {
  InlineString<32> version;
  Digest digest;  // SHA-256 of its file
};

struct Settings {
  ProgramFacts program;
  formats::Isolation keep_isolation = formats::Isolation::kProcess;
  formats::Isolation cell_isolation = formats::Isolation::kProcess;
  std::uint32_t default_threads = 1;
  std::uint32_t max_threads = 64;
  std::uint32_t max_sessions = 128;
  // Fewer than one cell takes: one user cannot take them all.
  std::uint32_t max_sessions_of_one_user = 64;
  // Fewer than cells can serve at once.
  std::uint32_t max_products_of_one_user = 5;
};

// One message of a caller that CheckCaller let in. Descriptors stay the caller's.
struct Request {
  Door door = Door::kApplication;
  std::uint32_t user = 0;
  gate::Frame frame;
  std::span<const int> descriptors;
};

// Sealed files with plaintext for an application; the first ones, then null.
using HandedOut = std::array<std::unique_ptr<ports::MemoryFile>, gate::kMaxExportedFiles>;

// What goes back: `command` is the request's own or kError.
struct Answer {
  gate::Command command = gate::Command::kError;
  std::uint64_t id = 0;
  Bytes body;
  std::unique_ptr<Session> session;  // present for an opened model; two descriptors go with the answer
  HandedOut files;                   // present for an exported model: one descriptor each
};

struct KeepState;

class Keep {
 public:
  // Loads what the store has and finishes what a cut left undone, without a human. A store that is another device's, or
  // damaged beyond its two copies, does not fail here: commands are refused then; and so are all of a retired device,
  // but for the order that retired it. Fails with kNoMemory, or as the anchor does.
  static Result<std::unique_ptr<Keep>> Start(const World& world, const Settings& settings);

  ~Keep();

  // This keep has nothing to do any more, and secrets of a device that was retired in its memory: its program ends, and
  // the next one is a retired device's.
  bool must_end() const noexcept;

  // Any number of threads. Waits for cells without holding up other requests; a second install meanwhile is kBusy.
  // Every refusal is an answer, and noted in the journal.
  Answer Handle(const Request& request);

  // For a thread that does what nobody waits for: while (AwaitWork()) Work();
  // Models open without their prepared form where engine or processor have changed, and it is remade meanwhile.
  // AwaitWork waits until there is some; false once EndWork was called. Work waits for cells, and for nothing when
  // there is none. What it is interrupted in, however hard, the next open has done anew. EndWork also writes down what
  // leases have used.
  bool AwaitWork();
  void Work();
  void EndWork();

  // To be called about once a minute: time is noticed to pass even when nobody asks for anything. Waits for nothing but
  // the anchor's clock, four times an hour where something is leased.
  void NoticeTime();

  // Ends cells that nobody uses any more, once they had the time to end by themselves. Returns in how many milliseconds
  // there may be more to do, or -1; there is, too, when a session has ended. Never waits for long. By one thread.
  int CollectCells();

  // Whether TendCells has not heard of a cell that was lost: CollectCells may have been the first to see it.
  bool AnyUntendedLoss() const;

  // Starts successors of cells that were lost or whose product was installed anew, and what is to be there from boot
  // on. Returns in how many milliseconds there is more to do, or -1; there is, too, when a cell has ended or something
  // was installed. Waits for cells. By one thread.
  int TendCells();

  // Looks whether a licence has ended while its product is in use, and does as its policy says: nothing, fewer calls,
  // or an end. Returns the seconds until it is to be called again; none while nothing could end. To be called when a
  // model was opened as well; by one thread. Never waits for cells: one that does not take its end in time is ended
  // when that is seen.
  std::optional<std::uint64_t> TendLicences();

 private:
  Keep(std::unique_ptr<KeepState> state, Bytes certificate) noexcept;

  static Result<std::unique_ptr<Keep>> StartRetired(const World& world);

  std::unique_ptr<KeepState> state_;  // null: this device was retired
  Bytes certificate_;                 // of its retirement; empty where it is gone
  ports::Journal* journal_ = nullptr;
};

}  // namespace edgekeep::keep
