#include "file_scan.h"

#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "counters.h"
#include "open_file.h"

namespace edgekeep::probe {
namespace {

constexpr std::size_t kPiece = 1 << 20;

std::uint64_t Total(std::span<const Place> places) noexcept {
  return std::accumulate(places.begin(), places.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Place& place) { return sum + place.count; });
}

}  // namespace

std::uint64_t Report::total_found() const noexcept {
  return Total(found);
}

std::uint64_t Report::total_secret() const noexcept {
  return Total(secret);
}

std::uint64_t Report::total_unreadable() const noexcept {
  return Total(unreadable);
}

void AddTo(std::vector<Place>& places, const std::string& where, std::uint64_t count) {
  if (count == 0) return;
  const auto known = std::ranges::find(places, where, &Place::where);
  if (known != places.end()) {
    known->count += count;
  } else {
    places.push_back({where, count});
  }
}

void ScanFile(const std::filesystem::path& path, const std::string& where, std::span<const Canary> canaries,
              Report& report) {
  const Result<OpenFile> file = OpenForReading(path.string());
  if (!file) {
    // A file that went away since it was listed holds nothing any more.
    if (file.error().code() != ErrorCode::kNotFound) report.unreadable.push_back({where, 0});
    return;
  }
  Counters counters(canaries);
  std::vector<std::uint8_t> piece(kPiece);
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(file->fd(), piece.data(), piece.size(), at);
    if (got < 0) report.unreadable.push_back({where, 0});
    if (got <= 0) break;
    counters.Feed(ByteView(piece).first(static_cast<std::size_t>(got)));
    report.scanned_bytes += static_cast<std::uint64_t>(got);
    at += got;
  }
  AddTo(report.found, where, counters.total());
}

Result<Report> ScanFiles(const std::filesystem::path& path, std::span<const Canary> canaries) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::file_status status = fs::symlink_status(path, failed);
  if (!fs::exists(status)) return Error(ErrorCode::kNotFound, "no such file or directory");
  Report report;
  if (!fs::is_directory(status)) {
    ScanFile(path, path.string(), canaries, report);
    return report;
  }
  fs::recursive_directory_iterator entry(path, failed);
  for (; !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    std::error_code ignored;
    if (fs::is_regular_file(entry->symlink_status(ignored))) {
      ScanFile(entry->path(), entry->path().string(), canaries, report);
    }
  }
  if (failed == std::errc::permission_denied) return Error(ErrorCode::kForbidden, "reading the directory; run as root");
  if (failed) return Error(ErrorCode::kIo, "reading the directory");
  return report;
}

}  // namespace edgekeep::probe
