#include "file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace edgekeep::author {
namespace {

constexpr std::chrono::milliseconds kPause{50};

}  // namespace

Outcome<FileLock> FileLock::Take(const Context& context, const std::string& path, std::chrono::milliseconds patience,
                                 Failure taken) {
  files::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.valid()) return Describe(files::FromErrno(errno, "lock"), path);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return Describe(files::FromErrno(errno, "lock"), path);
    if (context.stop_requested()) return Describe(Error(ErrorCode::kPeerGone, "interrupted"), path);
    if (std::chrono::steady_clock::now() >= end) return taken;
    std::this_thread::sleep_for(kPause);
  }
  return FileLock(std::move(file));
}

}  // namespace edgekeep::author
