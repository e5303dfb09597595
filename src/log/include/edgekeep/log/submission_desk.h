// SubmissionDesk: enters what is sent to a log, each content once, and answers when it is there for good.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "edgekeep/log/admission.h"
#include "edgekeep/log/submission.h"

namespace edgekeep::log {

// The log's directory under its lock, for as long as this lives.
struct LockedLog {
  std::unique_ptr<Storage> storage;
  std::unique_ptr<Log> log;
};

// Fails with kBusy where another process has the lock.
using LogOpener = std::function<Result<LockedLog>()>;

class SubmissionDesk {
 public:
  // Borrows all but the opener. `files` is the log's directory, to be read without its lock.
  SubmissionDesk(const crypto::Provider& provider, const LogTrust& trust, const Storage& files, LogOpener open)
      : provider_(provider), trust_(trust), files_(files), open_(std::move(open)), admission_(provider, trust) {}

  // Reads what the log has already: at once before the first submission, so that none waits for it.
  Status Look();

  // All statements, or none. Has the log's lock while it appends and at no other time; one that rates keep out does not
  // even open the log. Fails with what is wrong with the statements (Admission), kExpired where the newest root of the
  // trust has, kOverRate, kBusy, or as reading, opening and appending do: then the submission may be sent again,
  // whatever became of it, and took nothing of anybody's rates.
  Result<Submitted> Enter(std::span<const std::string_view> statements, UnixTime now, EntryRates& rates);

  // Which statement the last submission was refused for; nothing where it was for none of them.
  std::optional<std::size_t> refused() const noexcept { return refused_; }

 private:
  Result<Admitted> Admit(std::span<const std::string_view> statements, UnixTime now, const EntryRates& rates);

  LogView ViewOf(std::string_view origin, const release::log::TreeHead& head) const {
    return {provider_, files_, kPublicPrefix, std::string(origin), head};
  }

  const crypto::Provider& provider_;
  const LogTrust& trust_;
  const Storage& files_;
  LogOpener open_;
  Admission admission_;
  std::optional<std::size_t> refused_;
};

}  // namespace edgekeep::log
