#include "edgekeep/store/journal_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "posix_descriptor.h"
#include "posix_error.h"

namespace edgekeep::store {
namespace {

constexpr const char* kName = "journal";
constexpr const char* kOldName = "journal.old";
constexpr std::size_t kMaxLine = 512;

// Entries are literals and product names; a byte that could forge a line or drive a terminal does not pass anyway.
Status WritePrintable(Writer& out, std::string_view text) {
  for (const char c : std::string_view(text.data(), std::min<std::size_t>(text.size(), 200))) {
    EK_TRY(out.WriteU8(c >= ' ' && c <= '~' ? static_cast<std::uint8_t>(c) : std::uint8_t{'?'}));
  }
  return {};
}

Status WriteDecimal(Writer& out, std::uint64_t value) {
  std::array<std::uint8_t, 20> digits;
  std::size_t first = digits.size();
  do {
    digits[--first] = static_cast<std::uint8_t>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return out.WriteBytes(ByteView(digits).subspan(first));
}

// Two threads may both find the journal full; the second rename then moves a short journal, which loses entries but
// never the bound.
Status RotateWhenFull(int directory) {
  struct stat status{};
  if (::fstatat(directory, kName, &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
  if (static_cast<std::uint64_t>(status.st_size) + kMaxLine <= JournalFile::kMaxSize) return {};
  return ::renameat(directory, kName, directory, kOldName) == 0 ? Status() : ErrorOfErrno("journal");
}

}  // namespace

Result<JournalFile> JournalFile::Open(const char* directory, ports::Clock& clock) {
  const int fd = ::open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return ErrorOfErrno("open journal's directory");
  return JournalFile(fd, clock);
}

JournalFile::~JournalFile() {
  if (directory_ >= 0) ::close(directory_);
}

Status JournalFile::WriteTime(Writer& out) {
  const Result<UnixTime> now = clock_->Now();
  EK_TRY(WriteDecimal(out, now ? now->value : 0));
  return out.WriteU8(' ');
}

// One write in append mode is one line, whoever else writes.
Status JournalFile::Append(ByteView line) {
  EK_TRY(RotateWhenFull(directory_));
  const OwnedDescriptor file(
      ::openat(directory_, kName, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (file.get() < 0) return ErrorOfErrno("journal");
  const ssize_t put = ::write(file.get(), line.data(), line.size());
  return put == static_cast<ssize_t>(line.size()) ? Status() : ErrorOfErrno("journal");
}

void JournalFile::NoteRefusal(std::string_view what, const Error& why) noexcept {
  const auto note = [&]() -> Status {
    std::array<std::uint8_t, kMaxLine> buffer;
    Writer out(buffer);
    EK_TRY(WriteTime(out));
    EK_TRY(WritePrintable(out, "refused "));
    EK_TRY(WritePrintable(out, what));
    EK_TRY(WritePrintable(out, ": "));
    EK_TRY(WritePrintable(out, NameOf(why.code())));
    EK_TRY(WritePrintable(out, ": "));
    EK_TRY(WritePrintable(out, why.where()));
    EK_TRY(out.WriteU8('\n'));
    return Append(out.written());
  };
  static_cast<void>(note().has_value());
}

void JournalFile::NoteEvent(std::string_view what) noexcept {
  const auto note = [&]() -> Status {
    std::array<std::uint8_t, kMaxLine> buffer;
    Writer out(buffer);
    EK_TRY(WriteTime(out));
    EK_TRY(WritePrintable(out, "event "));
    EK_TRY(WritePrintable(out, what));
    EK_TRY(out.WriteU8('\n'));
    return Append(out.written());
  };
  static_cast<void>(note().has_value());
}

}  // namespace edgekeep::store
