// Log: appends to a transparency log so that what it said once stays true, whenever it is killed.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/base/ids.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/log/note_signer.h"
#include "edgekeep/log/storage.h"

namespace edgekeep::log {

inline constexpr std::size_t kMaxBatch = 65536;
inline constexpr std::size_t kMaxStatementSize = 262144;

// What anybody may read, and any web server can serve, lies below this directory of the storage.
inline constexpr const char* kPublicPrefix = "public/";

// Content of an entry (spec/log-entries.md §2), and the signed object that it is the payload of, if there is one.
struct NewEntry {
  std::string content;
  std::string statement;
};

// What a log makes of the clock of its machine.
enum class LogClock : std::uint8_t {
  // Not before the last entry by more than kClockTolerance, nor more than kMaxSilence after it: refused otherwise.
  kChecked,
  // Somebody has looked at it: it stands where it contradicts the last entry.
  kVouched,
};

inline constexpr std::uint64_t kClockTolerance = 300;
inline constexpr std::uint64_t kMaxSilence = 366ULL * 86400;

struct Appended {
  std::uint64_t first = 0;  // index of the batch's first entry
  release::log::TreeHead head;
};

// Signs its checkpoints with every signer, all of them named as its origin. One process at a time: the storage's lock
// says so. Borrows provider, storage and signers' keys.
class Log {
 public:
  // Makes the empty log. Fails with kAlreadyExists.
  static Result<Log> Create(const crypto::Provider& provider, Storage& storage, std::vector<NoteSigner> signers,
                            UnixTime now);
  // Opens what is there, and completes what a cut left half done. Fails with kBadSignature where the checkpoint is not
  // by all of the signers, kMalformed where the tiles are not the checkpoint's.
  static Result<Log> Open(const crypto::Provider& provider, Storage& storage, std::vector<NoteSigner> signers);
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;
  ~Log();

  std::string_view origin() const noexcept;
  const release::log::TreeHead& head() const noexcept;
  // The signed checkpoint, with the cosignatures that were added.
  const std::string& checkpoint() const noexcept;

  // Appends all of them or none, with the time `now`, or the last entry's where that is later by no more than the
  // tolerance. Fails with kNotYetValid where the clock is not to be believed (LogClock), with kTooLarge where times
  // would go back more often than readers bear (kMaxSetBacks). Once it returns, they are in
  // the log with their statements whatever happens, and the checkpoint that has them is published. Contents are of a
  // known kind, at most kMaxBatch. After a failure of the storage every call fails with kBadState: open the log again.
  Result<Appended> Append(const std::vector<NewEntry>& entries, UnixTime now, LogClock clock = LogClock::kChecked);

  // Publishes the checkpoint with these lines; the caller has verified them. Of each key it has the newest that is not
  // later than `not_after`, and no other one. Fails with kMalformed for lines that are no cosignatures.
  Status AddCosignatures(std::string_view lines, UnixTime not_after);

 private:
  struct State;
  explicit Log(std::unique_ptr<State> state) noexcept;

  Status Commit(const std::string& note);

  std::unique_ptr<State> state_;
};

}  // namespace edgekeep::log
