// LicensorLock: one licence at a time is issued, renewed, transferred, taken back or stopped with a publisher's
// directory, from the first check to the last write: who is told that a licence is stopped, a device retired or a
// class of chips in quarantine is not overtaken by a renewal that was being checked.
#pragma once
#include "edgekeep/author/publisher.h"
#include "file_lock.h"

namespace edgekeep::author {

// A person at the keyboard waits for whoever opens keys meanwhile, which costs seconds.
inline constexpr std::chrono::milliseconds kLicensorPatience = std::chrono::seconds(30);

// As FileLock, by PUBLISHER/licences.lock.
Outcome<FileLock> LockLicences(const Context& context, const Publisher& publisher,
                               std::chrono::milliseconds patience = kLicensorPatience);

}  // namespace edgekeep::author
