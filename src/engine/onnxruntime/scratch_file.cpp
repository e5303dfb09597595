#include "scratch_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::engine {
namespace {

constexpr const char* kWhere = "engine: scratch file";
constexpr std::uint64_t kMaxSize = 1ULL << 31;  // a flatbuffer cannot be larger

// A descriptor that is closed when it goes out of scope.
class OpenFile {
 public:
  OpenFile(const char* path, int flags) : fd_(open(path, flags | O_CLOEXEC | O_NOFOLLOW)) {}

  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }

  bool valid() const noexcept { return fd_ >= 0; }

  Result<std::uint64_t> Size() const {
    struct stat status{};
    if (fstat(fd_, &status) != 0) return Error(ErrorCode::kIo, kWhere);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Status ReadAll(MutableByteView out) const {
    while (!out.empty()) {
      const ssize_t got = read(fd_, out.data(), out.size());
      if (got <= 0) return Error(ErrorCode::kIo, kWhere);
      out = out.subspan(static_cast<std::size_t>(got));
    }
    return {};
  }

  void Overwrite(std::uint64_t size) const {
    constexpr std::array<std::uint8_t, 65536> kZeros{};
    while (size > 0) {
      const ssize_t put = write(fd_, kZeros.data(), std::min<std::uint64_t>(size, kZeros.size()));
      if (put <= 0) return;
      size -= static_cast<std::uint64_t>(put);
    }
  }

 private:
  int fd_;
};

}  // namespace

Result<ScratchFile> ScratchFile::In(const char* directory) {
  std::array<std::uint8_t, 255> buffer;
  Writer out(buffer);
  for (const std::string_view part : {std::string_view(directory), std::string_view("/prepared")}) {
    if (!out.WriteBytes(AsBytes(part))) return Error(ErrorCode::kBadArgument, "engine: scratch directory");
  }
  EK_TRY_ASSIGN(const auto path, InlineString<255>::From(AsText(out.written())));
  return ScratchFile(path);
}

ScratchFile::~ScratchFile() {
  if (path_.empty()) return;
  const OpenFile file(path(), O_WRONLY);
  if (file.valid()) {
    if (const auto size = file.Size()) file.Overwrite(*size);
  }
  unlink(path());
}

Result<SecretBytes> ScratchFile::Read() const {
  const OpenFile file(path(), O_RDONLY);
  if (!file.valid()) return Error(ErrorCode::kIo, kWhere);
  EK_TRY_ASSIGN(const std::uint64_t size, file.Size());
  if (size == 0) return Error(ErrorCode::kIo, kWhere);
  if (size >= kMaxSize) return Error(ErrorCode::kTooLarge, kWhere);
  EK_TRY_ASSIGN(SecretBytes bytes, SecretBytes::Allocate(static_cast<std::size_t>(size)));
  EK_TRY(file.ReadAll(bytes.RevealForWriting()));
  return bytes;
}

}  // namespace edgekeep::engine
