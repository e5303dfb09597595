#include "open_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace edgekeep::probe {

OpenFile::~OpenFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<OpenFile> OpenForReading(const std::string& path) {
  const int follow = path.starts_with("/proc/") ? 0 : O_NOFOLLOW;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | follow);
  if (fd >= 0) return OpenFile(fd);
  if (errno == ENOENT || errno == ESRCH) return Error(ErrorCode::kNotFound, "no such process or file");
  if (errno == EACCES || errno == EPERM) return Error(ErrorCode::kForbidden, "reading it; run as root");
  return Error(ErrorCode::kIo, "opening it");
}

}  // namespace edgekeep::probe
