#include "licensor_lock.h"

namespace edgekeep::author {

Outcome<FileLock> LockLicences(const Context& context, const Publisher& publisher, std::chrono::milliseconds patience) {
  const std::string path = publisher.directory() + "/licences.lock";
  return FileLock::Take(context, path, patience,
                        {ErrorCode::kBusy, "somebody else licenses with this publisher's directory", path,
                         "wait until that has ended, then try again"});
}

}  // namespace edgekeep::author
