#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <thread>

#include "edgekeep/files/descriptor.h"
#include "edgekeep/log/storage.h"

namespace edgekeep::log {
namespace {

using files::Descriptor;
using files::FromErrno;

class PosixStorage final : public Storage {
 public:
  explicit PosixStorage(Descriptor directory) : directory_(std::move(directory)) {}

  Result<std::string> Read(const std::string& path, std::size_t max_size) const override;
  Status Write(const std::string& path, ByteView content) override;
  Status Sync(const std::string& path) override;
  Status SyncDirectory(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;

 private:
  Result<Descriptor> Open(const std::string& path, int flags) const;
  Status MakeDirectoriesAbove(const std::string& path) const;

  Descriptor directory_;  // its lock lasts as long as it is open
};

Result<Descriptor> PosixStorage::Open(const std::string& path, int flags) const {
  Descriptor file(::openat(directory_.get(), path.empty() ? "." : path.c_str(), flags | O_CLOEXEC, 0666));
  if (!file.valid()) return FromErrno(errno, "log storage: open");
  return file;
}

Result<std::string> PosixStorage::Read(const std::string& path, std::size_t max_size) const {
  EK_TRY_ASSIGN(const Descriptor file, Open(path, O_RDONLY));
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return FromErrno(errno, "log storage: read");
  if (!S_ISREG(status.st_mode)) return Error(ErrorCode::kBadArgument, "log storage: no file");
  if (static_cast<std::uint64_t>(status.st_size) > max_size) return Error(ErrorCode::kTooLarge, "log storage");
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + done, content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return FromErrno(got == 0 ? EIO : errno, "log storage: read");
    done += static_cast<std::size_t>(got);
  }
  return content;
}

Status PosixStorage::MakeDirectoriesAbove(const std::string& path) const {
  const std::vector<std::string> directories = DirectoriesAbove(path);
  for (auto name = directories.rbegin(); name != directories.rend(); ++name) {
    if (!name->empty() && ::mkdirat(directory_.get(), name->c_str(), 0777) != 0 && errno != EEXIST) {
      return FromErrno(errno, "log storage: directory");
    }
  }
  return {};
}

Status PosixStorage::Write(const std::string& path, ByteView content) {
  auto file = Open(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file && file.error().code() == ErrorCode::kNotFound) {
    EK_TRY(MakeDirectoriesAbove(path));
    file = Open(path, O_WRONLY | O_CREAT | O_TRUNC);
  }
  if (!file) return file.error();
  while (!content.empty()) {
    const ssize_t written = ::write(file->get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FromErrno(errno, "log storage: write");
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status PosixStorage::Sync(const std::string& path) {
  EK_TRY_ASSIGN(const Descriptor file, Open(path, O_RDONLY));
  return ::fsync(file.get()) == 0 ? Status() : FromErrno(errno, "log storage: sync");
}

Status PosixStorage::SyncDirectory(const std::string& path) {
  EK_TRY_ASSIGN(const Descriptor directory, Open(path, O_RDONLY | O_DIRECTORY));
  return ::fsync(directory.get()) == 0 ? Status() : FromErrno(errno, "log storage: sync");
}

Status PosixStorage::Rename(const std::string& from, const std::string& to) {
  if (::renameat(directory_.get(), from.c_str(), directory_.get(), to.c_str()) == 0) return {};
  return FromErrno(errno, "log storage: rename");
}

Result<Descriptor> OpenAt(const std::string& path) {
  Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return FromErrno(errno, "log directory");
  return directory;
}

}  // namespace

Result<std::unique_ptr<Storage>> OpenDirectory(const std::string& path, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kPause{10};
  EK_TRY_ASSIGN(Descriptor directory, OpenAt(path));
  const auto until = std::chrono::steady_clock::now() + patience;
  while (::flock(directory.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FromErrno(errno, "log directory");
    if (std::chrono::steady_clock::now() >= until) return Error(ErrorCode::kBusy, "log directory: in use");
    std::this_thread::sleep_for(kPause);
  }
  return std::unique_ptr<Storage>(std::make_unique<PosixStorage>(std::move(directory)));
}

Result<std::unique_ptr<Storage>> OpenDirectoryToRead(const std::string& path) {
  EK_TRY_ASSIGN(Descriptor directory, OpenAt(path));
  return std::unique_ptr<Storage>(std::make_unique<PosixStorage>(std::move(directory)));
}

}  // namespace edgekeep::log
