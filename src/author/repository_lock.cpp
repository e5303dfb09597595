#include "repository_lock.h"

#include "repository_files.h"

namespace edgekeep::author {

Outcome<RepositoryLock> RepositoryLock::Take(const Context& context, const std::string& repository,
                                             std::chrono::milliseconds patience) {
  const std::string path = repository + "/publication.lock";
  EK_TRY(MakeDirectories(path));
  const Failure taken{ErrorCode::kBusy, "somebody else publishes into this repository", path,
                      "wait until that publish, renew or finish-root has ended, then try again"};
  EK_TRY_ASSIGN(FileLock lock, FileLock::Take(context, path, patience, taken));
  return RepositoryLock(std::move(lock));
}

}  // namespace edgekeep::author
