#include "edgekeep/probe/leftovers.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "file_scan.h"
#include "host_files.h"
#include "shared_segments.h"

namespace edgekeep::probe {
namespace {

namespace fs = std::filesystem;

using Users = std::set<std::uint32_t>;

// name:password:uid:…
Users UsersOf(const HostFiles& host) {
  Users users;
  for (const std::string& line : host.Lines("etc/passwd")) {
    if (!line.starts_with("edgekeep-")) continue;
    const std::size_t password = line.find(':');
    const std::size_t uid = password == std::string::npos ? password : line.find(':', password + 1);
    if (uid == std::string::npos) continue;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(line.data() + uid + 1, line.data() + line.size(), number);
    if (error == std::errc()) users.insert(number);
  }
  return users;
}

bool IsCompressed(const fs::path& file) {
  constexpr std::string_view kEndings[] = {".zst", ".lz4", ".xz", ".gz"};
  return std::ranges::find(kEndings, file.extension().string()) != std::end(kEndings);
}

// Plain files of a directory whose name has `part` in it.
void ScanDumpsIn(const fs::path& directory, const std::string& part, std::span<const Canary> canaries, Report& report) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(directory, failed)) {
    std::error_code ignored;
    if (entry.path().filename().string().find(part) == std::string::npos) continue;
    if (!fs::is_regular_file(entry.symlink_status(ignored))) continue;
    if (IsCompressed(entry.path())) {
      report.unreadable.push_back({entry.path().string() + " (compressed)", 0});
    } else {
      ScanFile(entry.path(), entry.path(), canaries, report);
    }
  }
  if (failed && failed != std::errc::no_such_file_or_directory) report.unreadable.push_back({directory, 0});
}

// Dumps of programs named edgekeep-…, where those lie who collect them; who is not known here is said.
void ScanCollected(const fs::path& host, const std::string& collector, std::span<const Canary> canaries,
                   Report& report) {
  struct Collector {
    std::string_view name;
    std::vector<const char*> directories;
  };

  const Collector known[] = {{"systemd-coredump", {"var/lib/systemd/coredump"}},
                             {"apport", {"var/crash", "var/lib/apport/coredump"}}};
  for (const Collector& one : known) {
    if (collector.find(one.name) == std::string::npos) continue;
    for (const char* directory : one.directories) ScanDumpsIn(host / directory, "edgekeep", canaries, report);
    return;
  }
  report.unreadable.push_back({"what " + collector.substr(1) + " does with core dumps", 0});
}

// core(5): a pattern names a collector, or a file, absolute or where its process works; % begins what differs.
Report CoreDumps(const fs::path& host, std::span<const fs::path> working_directories,
                 std::span<const Canary> canaries) {
  Report report;
  const std::string pattern = HostFiles(host).Text("proc/sys/kernel/core_pattern").value_or("core");
  if (pattern.starts_with('|')) {
    ScanCollected(host, pattern, canaries, report);
    return report;
  }
  const fs::path fixed = pattern.substr(0, pattern.find('%'));
  const std::string name = fixed.filename();
  if (fixed.is_absolute()) {
    ScanDumpsIn(host / fixed.parent_path().relative_path(), name, canaries, report);
    return report;
  }
  for (const fs::path& directory : std::set<fs::path>(working_directories.begin(), working_directories.end())) {
    ScanDumpsIn(directory / fixed.parent_path(), name, canaries, report);
  }
  return report;
}

// A line of titles, then devices and files.
Report Swap(const fs::path& host, std::span<const Canary> canaries) {
  Report report;
  const std::vector<std::string> lines = HostFiles(host).Lines("proc/swaps");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const fs::path path = lines[i].substr(0, lines[i].find_first_of(" \t"));
    ScanFile(host / path.relative_path(), "swap " + path.string(), canaries, report);
  }
  return report;
}

// What goes away while it is looked at holds nothing any more, and ends nothing else's turn.
Report TemporaryFiles(const fs::path& host, const Users& users, std::span<const Canary> canaries) {
  Report report;
  std::vector<fs::path> directories = {host / "tmp", host / "var/tmp", host / "dev/shm"};
  while (!directories.empty()) {
    const fs::path directory = std::move(directories.back());
    directories.pop_back();
    std::error_code failed;
    fs::directory_iterator entry(directory, failed);
    for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
      struct stat status{};
      if (::lstat(entry->path().c_str(), &status) != 0) continue;
      if (S_ISDIR(status.st_mode)) directories.push_back(entry->path());
      if (S_ISREG(status.st_mode) && users.contains(status.st_uid)) {
        ScanFile(entry->path(), entry->path(), canaries, report);
      }
    }
    if (failed && failed != std::errc::no_such_file_or_directory) report.unreadable.push_back({directory, 0});
  }
  return report;
}

}  // namespace

std::vector<NamedReport> ScanLeftovers(const fs::path& host, std::span<const fs::path> working_directories,
                                       std::span<const Canary> canaries) {
  const Users users = UsersOf(HostFiles(host));
  Report segments;
  ScanSharedSegments(host / "proc/sysvipc/shm", users, canaries, segments);
  return {{"core dumps", CoreDumps(host, working_directories, canaries)},
          {"swap", Swap(host, canaries)},
          {"temporary files", TemporaryFiles(host, users, canaries)},
          {"shared memory of nobody", std::move(segments)}};
}

}  // namespace edgekeep::probe
