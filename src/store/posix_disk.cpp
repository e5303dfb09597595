#include "edgekeep/store/posix_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "posix_descriptor.h"
#include "posix_error.h"

namespace edgekeep::store {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;

// A path's last part, beside the directory that holds it.
struct Place {
  OwnedDescriptor directory;
  EntryName name;
};

Result<OwnedDescriptor> OpenDirectory(int parent, const char* name) {
  const int fd = ::openat(parent, name, kDirectoryFlags);
  if (fd < 0) return ErrorOfErrno("open directory");
  return OwnedDescriptor(fd);
}

// Walks part by part, because O_NOFOLLOW guards only the last one.
Result<Place> Find(int root, std::string_view path) {
  EK_TRY_ASSIGN(OwnedDescriptor directory, OpenDirectory(root, "."));
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    EK_TRY_ASSIGN(const EntryName part, EntryName::From({path.data(), slash}));
    EK_TRY_ASSIGN(directory, OpenDirectory(directory.get(), part.c_str()));
    path.remove_prefix(slash + 1);
  }
  EK_TRY_ASSIGN(const EntryName name, EntryName::From(path));
  return Place{std::move(directory), name};
}

Result<OwnedDescriptor> FindDirectory(int root, std::string_view path) {
  if (path.empty()) return OpenDirectory(root, ".");
  EK_TRY_ASSIGN(const Place place, Find(root, path));
  return OpenDirectory(place.directory.get(), place.name.c_str());
}

Status CheckRegular(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return ErrorOfErrno("stat file");
  if (!S_ISREG(status.st_mode)) return Error(ErrorCode::kIo, "stored file: not a regular file");
  return {};
}

bool IsDots(std::string_view name) {
  return name == "." || name == "..";
}

struct DirectoryStream {
  DIR* stream;

  ~DirectoryStream() { ::closedir(stream); }
};

// Each level is a descriptor of this process.
constexpr int kMostNested = 64;

Status EraseIn(OwnedDescriptor directory, std::string_view kept, int levels);

Status EraseEntry(int directory, const char* name, int levels) {
  if (::unlinkat(directory, name, 0) == 0) return {};
  const Error refused = ErrorOfErrno("erase");
  OwnedDescriptor inner(::openat(directory, name, kDirectoryFlags));
  if (inner.get() < 0) return refused;
  if (levels == 0) return Error(ErrorCode::kTooLarge, "erase: directories in directories");
  const Status emptied = EraseIn(std::move(inner), {}, levels - 1);
  if (::unlinkat(directory, name, AT_REMOVEDIR) == 0) return {};
  return emptied ? Status(ErrorOfErrno("erase")) : emptied;
}

// Read again as long as something goes: what a stream shows of a directory that changes is left open. What does not go
// holds up nothing else.
Status EraseIn(OwnedDescriptor directory, std::string_view kept, int levels) {
  const int fd = directory.get();
  DIR* const stream = ::fdopendir(fd);
  if (stream == nullptr) return ErrorOfErrno("erase");
  directory.Release();
  const DirectoryStream owner{stream};
  Status left;
  for (bool any = true; any;) {
    any = false;
    left = {};
    ::rewinddir(stream);
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view name(entry->d_name);
      if (IsDots(name) || name == kept) continue;
      const Status erased = EraseEntry(fd, entry->d_name, levels);
      any = any || erased.has_value();
      if (!erased && left) left = erased;
    }
  }
  if (::fsync(fd) != 0 && left) left = ErrorOfErrno("erase");
  return left;
}

}  // namespace

Result<PosixDisk> PosixDisk::Open(const char* root) {
  if (::mkdir(root, kDirectoryMode) != 0 && errno != EEXIST) return ErrorOfErrno("make state directory");
  const int fd = ::open(root, kDirectoryFlags);
  if (fd < 0) return ErrorOfErrno("open state directory");
  return PosixDisk(fd);
}

PosixDisk::~PosixDisk() {
  if (root_ >= 0) ::close(root_);
}

Status PosixDisk::MakeDirectory(std::string_view path) {
  EK_TRY_ASSIGN(const Place place, Find(root_, path));
  if (::mkdirat(place.directory.get(), place.name.c_str(), kDirectoryMode) == 0) return {};
  if (errno != EEXIST) return ErrorOfErrno("make directory");
  EK_TRY(OpenDirectory(place.directory.get(), place.name.c_str()));
  return {};
}

Result<ports::FileHandle> PosixDisk::Create(std::string_view path) {
  EK_TRY_ASSIGN(const Place place, Find(root_, path));
  const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const int fd = ::openat(place.directory.get(), place.name.c_str(), flags, kFileMode);
  if (fd < 0) return ErrorOfErrno("create file");
  return ports::FileHandle{fd};
}

Result<ports::FileHandle> PosixDisk::Open(std::string_view path) {
  EK_TRY_ASSIGN(const Place place, Find(root_, path));
  // Somebody may have put a FIFO there: without O_NONBLOCK opening it would wait for a writer.
  const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  OwnedDescriptor file(::openat(place.directory.get(), place.name.c_str(), flags));
  if (file.get() < 0) return ErrorOfErrno("open file");
  EK_TRY(CheckRegular(file.get()));
  return ports::FileHandle{file.Release()};
}

Result<std::uint64_t> PosixDisk::SizeOf(ports::FileHandle file) {
  struct stat status{};
  if (::fstat(file.value, &status) != 0) return ErrorOfErrno("stat file");
  return static_cast<std::uint64_t>(status.st_size);
}

Status PosixDisk::ReadAt(ports::FileHandle file, std::uint64_t offset, MutableByteView out) {
  while (!out.empty()) {
    const ssize_t got = ::pread(file.value, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrorOfErrno("read file");
    if (got == 0) return Error(ErrorCode::kIo, "read file: shorter than it was");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

Status PosixDisk::WriteAt(ports::FileHandle file, std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(file.value, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return ErrorOfErrno("write file");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

Status PosixDisk::SyncFile(ports::FileHandle file) {
  return ::fsync(file.value) == 0 ? Status() : ErrorOfErrno("sync file");
}

Status PosixDisk::SyncDirectory(std::string_view path) {
  EK_TRY_ASSIGN(const OwnedDescriptor directory, FindDirectory(root_, path));
  return ::fsync(directory.get()) == 0 ? Status() : ErrorOfErrno("sync directory");
}

Status PosixDisk::Rename(std::string_view from, std::string_view to) {
  EK_TRY_ASSIGN(const Place source, Find(root_, from));
  EK_TRY_ASSIGN(const Place target, Find(root_, to));
  const int result =
      ::renameat(source.directory.get(), source.name.c_str(), target.directory.get(), target.name.c_str());
  return result == 0 ? Status() : ErrorOfErrno("rename file");
}

Status PosixDisk::Remove(std::string_view path) {
  EK_TRY_ASSIGN(const Place place, Find(root_, path));
  return ::unlinkat(place.directory.get(), place.name.c_str(), 0) == 0 ? Status() : ErrorOfErrno("remove file");
}

Status PosixDisk::RemoveDirectory(std::string_view path) {
  EK_TRY_ASSIGN(const Place place, Find(root_, path));
  if (::unlinkat(place.directory.get(), place.name.c_str(), AT_REMOVEDIR) == 0) return {};
  if (errno == ENOTEMPTY || errno == EEXIST) return Error(ErrorCode::kBadState, "remove directory: not empty");
  return ErrorOfErrno("remove directory");
}

Result<EntryNames> PosixDisk::List(std::string_view path) {
  EK_TRY_ASSIGN(OwnedDescriptor directory, FindDirectory(root_, path));
  DIR* const stream = ::fdopendir(directory.get());
  if (stream == nullptr) return ErrorOfErrno("list directory");
  directory.Release();
  const DirectoryStream owner{stream};
  EntryNames names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name(entry->d_name);
    if (IsDots(name)) continue;
    EK_TRY_ASSIGN(const EntryName kept, EntryName::From(name));
    EK_TRY(names.PushBack(kept));
  }
  return errno == 0 ? Result<EntryNames>(names) : ErrorOfErrno("list directory");
}

Status PosixDisk::EraseAll(std::string_view kept) {
  EK_TRY_ASSIGN(OwnedDescriptor root, OpenDirectory(root_, "."));
  return EraseIn(std::move(root), kept, kMostNested);
}

void PosixDisk::Close(ports::FileHandle file) noexcept {
  ::close(file.value);
}

}  // namespace edgekeep::store
