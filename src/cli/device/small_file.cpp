#include "small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace edgekeep::cli::device {
namespace {

constexpr std::size_t kMaxSize = 65536;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}

  File(const File&) = delete;
  File(File&&) = delete;
  File& operator=(const File&) = delete;
  File& operator=(File&&) = delete;

  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

 private:
  int fd_;
};

Failure SystemFailure(const std::string& what, const std::string& path) {
  const int number = errno;
  const std::string where = path + " (" + std::strerror(number) + ")";
  switch (number) {
    case ENOENT:
      return {ErrorCode::kNotFound, what, where, "check the path"};
    case EEXIST:
      return {ErrorCode::kAlreadyExists, what, where, "choose another name; nothing is ever overwritten"};
    case EACCES:
    case EPERM:
      return {ErrorCode::kForbidden, what, where, "check the file's mode and who you are"};
    case ENOSPC:
      return {ErrorCode::kNoSpace, what, where, "make room"};
    case EROFS:
      return {ErrorCode::kReadOnly, what, where, "choose another directory"};
    default:
      return {ErrorCode::kIo, what, where, "check the path and the disk"};
  }
}

bool WriteAll(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Outcome<std::vector<std::uint8_t>> ReadSmallFile(const std::string& path, const std::string& what) {
  // Not blocking: the path may name a pipe.
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.fd() < 0) return SystemFailure("cannot read " + what, path);
  struct stat facts{};
  if (::fstat(file.fd(), &facts) != 0) return SystemFailure("cannot read " + what, path);
  if (!S_ISREG(facts.st_mode)) return Failure{ErrorCode::kBadArgument, what + " is no file", path, "name a file"};
  std::vector<std::uint8_t> bytes(kMaxSize + 1);
  std::size_t size = 0;
  for (ssize_t got = 1; got != 0 && size < bytes.size(); size += static_cast<std::size_t>(got)) {
    got = ::read(file.fd(), bytes.data() + size, bytes.size() - size);
    if (got < 0) return SystemFailure("cannot read " + what, path);
  }
  if (size > kMaxSize) {
    return Failure{ErrorCode::kTooLarge, what + " is larger than 64 KiB", path, "check that it is the right file"};
  }
  bytes.resize(size);
  return bytes;
}

Done WriteNewFile(const std::string& path, ByteView bytes, Readers readers) {
  const mode_t mode = readers == Readers::kAll ? 0644 : 0600;
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (file.fd() < 0) return SystemFailure("cannot write", path);
  if (WriteAll(file.fd(), bytes) && ::fsync(file.fd()) == 0) return {};
  Failure failure = SystemFailure("cannot write", path);
  ::unlink(path.c_str());
  return failure;
}

}  // namespace edgekeep::cli::device
