#include "repository_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

#include "repository_files.h"

namespace edgekeep::author {
namespace {

constexpr std::chrono::milliseconds kPause{50};

}  // namespace

Outcome<RepositoryLock> RepositoryLock::Take(const Context& context, const std::string& repository,
                                             std::chrono::milliseconds patience) {
  const std::string path = repository + "/publication.lock";
  EK_TRY(MakeDirectories(path));
  files::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.valid()) return Describe(files::FromErrno(errno, "lock of the repository"), path);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return Describe(files::FromErrno(errno, "lock of the repository"), path);
    }
    if (context.stop_requested()) return Describe(Error(ErrorCode::kPeerGone, "interrupted"), path);
    if (std::chrono::steady_clock::now() >= end) {
      return Failure{ErrorCode::kBusy, "somebody else publishes into this repository", path,
                     "wait until that publish, renew or finish-root has ended, then try again"};
    }
    std::this_thread::sleep_for(kPause);
  }
  return RepositoryLock(std::move(file));
}

}  // namespace edgekeep::author
