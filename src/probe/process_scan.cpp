#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "counters.h"
#include "edgekeep/probe/scan.h"
#include "file_scan.h"
#include "memory_map.h"
#include "open_file.h"

namespace edgekeep::probe {
namespace {

constexpr std::uint64_t kPiece = 1 << 20;

// Which pages hold something: present, or in swap (Documentation/admin-guide/mm/pagemap.rst: bits 63 and 62).
class PageTable {
 public:
  PageTable(const std::string& process, std::uint64_t page_size)
      : file_(OpenForReading(process + "/pagemap")), page_size_(page_size) {}

  // Where the table cannot be read, every page may hold something.
  bool MayHoldData(std::uint64_t begin, std::uint64_t end) {
    if (!file_) return true;
    entries_.resize((end - begin) / page_size_);
    const auto size = static_cast<ssize_t>(entries_.size() * sizeof(std::uint64_t));
    const auto offset = static_cast<off_t>(begin / page_size_ * sizeof(std::uint64_t));
    if (::pread(file_->fd(), entries_.data(), static_cast<std::size_t>(size), offset) != size) return true;
    for (const std::uint64_t entry : entries_) {
      if (entry >> 62 != 0) return true;
    }
    return false;
  }

 private:
  Result<OpenFile> file_;
  std::uint64_t page_size_;
  std::vector<std::uint64_t> entries_;
};

// What a running process unmapped since its map was read holds nothing any more.
bool IsStillMapped(const std::string& process, std::uint64_t address) {
  std::ifstream maps(process + "/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::optional<Mapping> mapping = ParseMapping(line);
    if (mapping && mapping->begin <= address && address < mapping->end) return true;
  }
  return false;
}

class MemoryScan {
 public:
  MemoryScan(const std::string& process, OpenFile memory, std::span<const Canary> canaries)
      : process_(process),
        memory_(std::move(memory)),
        page_size_(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))),
        pages_(process, page_size_),
        canaries_(canaries),
        piece_(kPiece) {}

  // False when the process has ended.
  bool Scan(const Mapping& mapping, Report& report) {
    Counters counters(canaries_);
    std::uint64_t unreadable = 0;
    for (std::uint64_t at = mapping.begin; at < mapping.end;) {
      const std::uint64_t size = std::min(kPiece, mapping.end - at);
      if (mapping.anonymous() && !pages_.MayHoldData(at, at + size)) {
        counters.Break();
        at += size;
        continue;
      }
      const ssize_t got = ::pread(memory_.fd(), piece_.data(), size, static_cast<off_t>(at));
      if (got == 0) return false;
      // What cannot be read is skipped by the page: the next one may be readable.
      if (got < 0) counters.Break();
      if (got < 0 && (unreadable != 0 || IsStillMapped(process_, at))) unreadable += page_size_;
      if (got > 0) counters.Feed(ByteView(piece_).first(static_cast<std::size_t>(got)));
      if (got > 0) report.scanned_bytes += static_cast<std::uint64_t>(got);
      at += got > 0 ? static_cast<std::uint64_t>(got) : page_size_;
    }
    const std::string where = mapping.name.empty() ? "anonymous memory" : mapping.name;
    AddTo(report.found, where, counters.total());
    AddTo(mapping.secret() ? report.secret : report.unreadable, where, unreadable);
    return true;
  }

 private:
  std::string process_;
  OpenFile memory_;
  std::uint64_t page_size_;
  PageTable pages_;
  std::span<const Canary> canaries_;
  std::vector<std::uint8_t> piece_;
};

// Memory files and files without a name that the process could map again.
void ScanHeldFiles(const std::string& process, std::span<const Canary> canaries, Report& report) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(process + "/fd", ignored)) {
    const std::string target = std::filesystem::read_symlink(entry.path(), ignored).string();
    if (!target.starts_with("/memfd:") && !target.ends_with(" (deleted)")) continue;
    if (IsSecretMemory(target)) {
      report.secret.push_back({"held open: " + target, 0});
      continue;
    }
    if (!std::filesystem::is_regular_file(entry.path(), ignored)) continue;
    ScanFile(entry.path(), "held open: " + target, canaries, report);
  }
}

}  // namespace

Result<Report> ScanProcess(pid_t pid, std::span<const Canary> canaries) {
  const std::string process = "/proc/" + std::to_string(pid);
  EK_TRY_ASSIGN(OpenFile memory, OpenForReading(process + "/mem"));
  std::ifstream maps(process + "/maps");
  if (!maps) return Error(ErrorCode::kNotFound, "the process's memory map");
  MemoryScan scan(process, std::move(memory), canaries);
  Report report;
  for (std::string line; std::getline(maps, line);) {
    const std::optional<Mapping> mapping = ParseMapping(line);
    if (!mapping || mapping->of_kernel()) continue;
    if (!scan.Scan(*mapping, report)) return Error(ErrorCode::kNotFound, "the process ended while it was scanned");
  }
  ScanHeldFiles(process, canaries, report);
  return report;
}

}  // namespace edgekeep::probe
