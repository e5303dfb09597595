#include "small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

Outcome<std::vector<std::uint8_t>> ReadRegularFile(const std::string& path, const std::string& what,
                                                   std::size_t max_size) {
  // Not blocking: the path may name a pipe.
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.fd() < 0) return SystemFailure("cannot read " + what, path);
  struct stat facts{};
  if (::fstat(file.fd(), &facts) != 0) return SystemFailure("cannot read " + what, path);
  if (!S_ISREG(facts.st_mode)) return Failure{ErrorCode::kBadArgument, what + " is no file", path, "name a file"};
  const Failure too_large{ErrorCode::kTooLarge, what + " is larger than " + std::to_string(max_size >> 10) + " KiB",
                          path, "check that it is the right file"};
  // Files of /proc are longer than they say.
  const auto said = static_cast<std::size_t>(facts.st_size);
  if (said > max_size) return too_large;
  std::vector<std::uint8_t> bytes(std::min(std::max(said, kMaxSize), max_size) + 1);
  std::size_t size = 0;
  for (ssize_t got = 1; got != 0 && size <= max_size; size += static_cast<std::size_t>(got)) {
    if (size == bytes.size()) bytes.resize(std::min(2 * size, max_size + 1));
    got = ::read(file.fd(), bytes.data() + size, bytes.size() - size);
    if (got < 0) return SystemFailure("cannot read " + what, path);
  }
  if (size > max_size) return too_large;
  bytes.resize(size);
  return bytes;
}

Outcome<std::vector<std::uint8_t>> ReadSmallFile(const std::string& path, const std::string& what) {
  return ReadRegularFile(path, what, kMaxSize);
}

Done CheckCanBeMade(const std::string& path) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) == 0) errno = EEXIST;
  if (errno != ENOENT) return SystemFailure("cannot write", path);
  const std::string directory = std::filesystem::path(path).parent_path();
  if (::access(directory.empty() ? "." : directory.c_str(), W_OK | X_OK) != 0)
    return SystemFailure("cannot write", path);
  return {};
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

NewFiles::~NewFiles() {
  if (kept_) return;
  for (const std::string& file : files_) ::unlink(file.c_str());
  for (const std::filesystem::path& directory : directories_) ::rmdir(directory.c_str());
}

void NewFiles::MakeDirectory(const std::string& path) {
  std::error_code failed;
  std::filesystem::path directory = std::filesystem::path(path) / "";
  while (!(directory = directory.parent_path()).empty() && !std::filesystem::exists(directory, failed)) {
    directories_.push_back(directory);
  }
  std::filesystem::create_directories(path, failed);
}

Done NewFiles::Write(const std::string& path, ByteView bytes) {
  Done written = WriteNewFile(path, bytes);
  if (written) files_.push_back(path);
  return written;
}

}  // namespace edgekeep::cli::device
