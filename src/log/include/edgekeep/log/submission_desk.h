// SubmissionDesk: enters what is sent to a log, each content once, and answers when it is there for good.
#pragma once
#include <functional>
#include <memory>

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

  // All statements of `body`, or none. Has the log's lock while it appends and at no other time. Fails with what is
  // wrong with the statements (Admission), kExpired where the newest root of the trust has, kOverRate, kBusy, or as
  // opening and appending do: then the submission may be sent again, whatever became of it.
  Result<Submitted> Enter(std::string_view body, UnixTime now, EntryRates& rates);

  // Which statement the last submission was refused for, where it was for one.
  std::size_t refused() const noexcept { return refused_; }

 private:
  LogView ViewOf(const release::log::TreeHead& head) const { return {provider_, files_, kPublicPrefix, head}; }

  const crypto::Provider& provider_;
  const LogTrust& trust_;
  const Storage& files_;
  LogOpener open_;
  Admission admission_;
  std::size_t refused_ = 0;
};

}  // namespace edgekeep::log
